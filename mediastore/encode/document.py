"""Rows, pages, figures and texts: files that are written as they stand."""

import json
from typing import Any

import numpy as np

from mediastore import sidecar
from mediastore.encode.encoded import Encoded, kept_as_is
from mediastore.errors import MediaStoreValueError
from mediastore.payload import Payload
from mediastore.tables import BINS, BINS_MAX

_FILES = {
    "table": ("application/jsonl", "jsonl"),
    "html": ("text/html", "html"),
    "plotly": ("application/vnd.plotly.v1+json", "plotly"),
    "text": ("text/plain", "txt"),
}


def encode_table(payload: Payload, options: dict[str, Any]) -> Encoded:
    """Rows as JSON lines, one object a row by column, made when the table was logged."""
    facts = {"columns": options["columns"], "rows": options["rows"]}
    return Encoded(*_FILES["table"], payload.content, facts=facts, problem=options.get("problem"))


def encode_html(payload: Payload, options: dict[str, Any]) -> Encoded:
    """A page."""
    return Encoded(*_FILES["html"], payload.content, payload.path)


def encode_text(payload: Payload, options: dict[str, Any]) -> Encoded:
    """A text."""
    return Encoded(*_FILES["text"], payload.content, payload.path)


def encode_plotly(payload: Payload, options: dict[str, Any]) -> Encoded:
    """A figure as plotly.js reads it; JSON that is no figure is kept with the reason."""
    content = payload.content if payload.path is None else payload.path.read_bytes()
    try:
        figure = json.loads(content or b"", parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        return kept_as_is(payload, "figure", f"it is not JSON ({error})")
    if not isinstance(figure, dict) or not isinstance(figure.get("data"), list):
        return kept_as_is(payload, "figure", "it has no list of traces under 'data'")
    return Encoded(*_FILES["plotly"], content)


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def encode_histogram(payload: Payload, options: dict[str, Any]) -> Encoded:
    """Bins as JSON lines {"low", "high", "count"}; the record holds `edges` and `counts` too."""
    assert payload.array is not None
    counts, edges, facts = options.get("counts"), payload.array, {}
    if counts is None:
        values = payload.array.astype(np.float64)
        finite = values[np.isfinite(values)]
        if not finite.size:
            raise MediaStoreValueError(f"a histogram must have finite values, got none of {values.size}; check them")
        bins = min(max(int(options.get("num_bins", BINS)), 1), BINS_MAX)
        counts, edges = (part.tolist() for part in np.histogram(finite, bins))
        facts = {"not_finite": values.size - finite.size} if finite.size < values.size else {}
    else:
        edges = edges.astype(np.float64).tolist()
    rows = [
        {"low": low, "high": high, "count": count}
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    content = b"".join(sidecar.to_line(row) for row in rows)
    return Encoded(*_FILES["table"], content, facts={"edges": edges, "counts": counts} | facts)
