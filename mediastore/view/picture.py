"""One picture large: plotly with a legend by label, or a canvas where annotations are too many for it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from mediastore.draw import item
from mediastore.draw.overlay import Record, drawn_annotation, mask_path
from mediastore.encode.image import decode_mask
from mediastore.errors import MediaStoreError
from mediastore.payload import read_file
from mediastore.serve import media_file, media_url
from mediastore.view import components

PLOTLY_CONFIG = {
    "scrollZoom": True,
    "displaylogo": False,
    "showTips": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
}

_viewer = components.component("viewer", "viewer.js", style="viewer.css")


def show(
    record: Record, annotations: Sequence[Mapping[str, Any]], *, root: Path, colors: Mapping[str, str], key: str
) -> None:
    """The picture of a record with those of its annotations that are to be seen."""
    source = media_url(record["path"])
    if len(annotations) > item.LINES_MAX:
        drawn = [drawn_annotation(record, one, media_url) for one in annotations]
        sheet = {"src": source, "w": record["width"], "h": record["height"], "caption": record.get("caption")}
        data = {"item": sheet | {"annotations": drawn}, "colors": dict(colors)}
        _viewer(key=f"{key}-viewer", data=components.versioned(data))
        return
    mapped = [_with_map(record, one, root) for one in annotations]
    figure = item.figure(record, mapped, source=source, colors=colors)
    st.plotly_chart(figure, key=key, config=PLOTLY_CONFIG)


def _with_map(record: Record, annotation: Mapping[str, Any], root: Path) -> Mapping[str, Any]:
    file = media_file(root, mask_path(record, annotation) or "")
    if file is None:
        return annotation
    try:
        return {**annotation, "map": decode_mask(read_file(file, "label map"))}
    except MediaStoreError:
        return annotation
