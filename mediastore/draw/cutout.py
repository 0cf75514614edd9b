"""One annotation as a picture of its own: which part of its item is shown around it, and how it is drawn there."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from mediastore.draw.overlay import UrlOf, drawn_annotation
from mediastore.draw.shapes import annotation_bounds

MARGIN = 1.7
SIDE_MIN_PX = 40

Row = Mapping[str, Any]


def annotation_of(row: Row) -> dict[str, Any]:
    """The annotation that a row of `Store.annotations` stands for, as its sidecar has it; what is missing is None."""
    found = {
        name: row[name] for name in ("layer", "type", "label", "score", "track", "text") if row.get(name) is not None
    }
    if row.get("frame") is not None:
        found["frame"] = int(row["frame"])
    for name, sides in (("box", ("x0", "y0", "x1", "y1")), ("span", ("start_s", "end_s"))):
        if all(row.get(side) is not None for side in sides):
            found[name] = [float(row[side]) for side in sides]
    return {**_object(row.get("rest")), **found}


def window_around(bounds: Sequence[float], size_wh: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The square part of a picture, x0, y0, x1, y1 in whole pixels, that shows an object and what is around it.

    It is moved to lie inside the picture, and cut where it is larger; None for an object that is not on the picture.
    """
    x0, y0, x1, y1 = bounds
    side = math.ceil(max((x1 - x0) * MARGIN, (y1 - y0) * MARGIN, SIDE_MIN_PX))
    columns, rows = (
        _inside((low + high) / 2, side, size) for low, high, size in ((x0, x1, size_wh[0]), (y0, y1, size_wh[1]))
    )
    off = x0 >= size_wh[0] or y0 >= size_wh[1] or x1 <= 0 or y1 <= 0
    return None if off else (columns[0], rows[0], columns[1], rows[1])


def cutout(row: Row, media_url: UrlOf) -> dict[str, Any]:
    """The annotation of a row as overlay.js draws it, and the `window` of its picture to show; None shows all of it.

    The row has the columns of `Store.annotations`, and its item's width and height.
    """
    annotation = annotation_of(row)
    drawn = drawn_annotation(row, annotation, media_url)
    if not row.get("width") or not row.get("height"):
        return {"annotation": drawn, "window": None}
    size_wh = (int(row["width"]), int(row["height"]))
    bounds = annotation_bounds(annotation)
    window = None if bounds is None else window_around(bounds, size_wh)
    return {"annotation": drawn, "window": window, "w": size_wh[0], "h": size_wh[1]}


def _inside(centre: float, side: int, size: int) -> tuple[int, int]:
    if side >= size:
        return 0, size
    start = min(max(0, round(centre - side / 2)), size - side)
    return start, start + side


def _object(text: Any) -> dict[str, Any]:
    if not isinstance(text, str):
        return {}
    found = json.loads(text)
    return found if isinstance(found, dict) else {}
