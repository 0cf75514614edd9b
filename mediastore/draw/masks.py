"""Masks and label maps for plotly: one heatmap a label, filled, its edge a pixel wide, ruled by the legend."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediastore.draw.colors import with_alpha
from mediastore.geometry import rle_to_mask

CELLS_MAX = 400_000
FILL, EDGE = 1, 2
FILL_ALPHA = 0.35

Annotation = Mapping[str, Any]
Bits = NDArray[np.bool_]


def mask_traces(annotations: Sequence[Annotation], colors: Mapping[str, str], plain: str) -> list[dict[str, Any]]:
    """A heatmap for each label that has a mask among the annotations; a label map comes with its integers as `map`."""
    sheets: dict[str, NDArray[np.uint8]] = {}
    for annotation in annotations:
        for label, mask in labelled_masks(annotation):
            lines = edge(mask) if annotation.get("rle") else False  # the classes of a label map share their edges
            cells = np.where(lines, EDGE, np.where(mask, FILL, 0)).astype(np.uint8)
            sheets[label] = np.maximum(sheets[label], cells) if label in sheets else cells
    return [_heatmap(label, cells, colors.get(label, plain)) for label, cells in sheets.items() if cells.any()]


def labelled_masks(annotation: Annotation) -> Iterator[tuple[str, Bits]]:
    """The pixels of each label in a mask or label map."""
    if rle := annotation.get("rle"):
        yield str(annotation.get("label") or "no label"), rle_to_mask(rle)
    values = annotation.get("map")
    if values is not None:
        for value, label in (annotation.get("classes") or {}).items():
            yield str(label), values == int(value)


def edge(mask: Bits) -> Bits:
    """The pixels of a mask that touch, by a side, one outside of it."""
    padded = np.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inner


def _heatmap(label: str, cells: NDArray[np.uint8], color: str) -> dict[str, Any]:
    rows, columns = cells.any(axis=1).nonzero()[0], cells.any(axis=0).nonzero()[0]
    top, left = int(rows[0]), int(columns[0])
    piece = cells[top : rows[-1] + 1, left : columns[-1] + 1]
    step = max(1, ceil(sqrt(piece.size / CELLS_MAX)))
    return {
        "type": "heatmap",
        "z": piece[::step, ::step],
        "x0": left + step / 2,
        "y0": top + step / 2,
        "dx": step,
        "dy": step,
        "zmin": 0,
        "zmax": EDGE,
        "colorscale": [[0, with_alpha(color, 0)], [0.5, with_alpha(color, FILL_ALPHA)], [1, color]],
        "showscale": False,
        "hoverinfo": "skip",
        "legendgroup": label,
        "showlegend": False,
    }
