"""The bounds and the area of an annotation, in pixels of its picture."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from mediastore.geometry import rle_to_mask


def annotation_bounds(annotation: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    """x0, y0, x1, y1 of what an annotation covers; None where it has no place of its own."""
    if box := annotation.get("box"):
        return tuple(box)
    if points := [point for point in annotation.get("points") or () if point[0] is not None]:
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        return min(xs), min(ys), max(xs), max(ys)
    if rle := annotation.get("rle"):
        mask = rle_to_mask(rle)
        columns, rows = mask.any(axis=0).nonzero()[0], mask.any(axis=1).nonzero()[0]
        if len(columns):
            return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
    return None


def area_px(annotation: Mapping[str, Any]) -> float | None:
    """Area in square pixels: of the box, the polygon, or the mask's own pixels; None where there is none."""
    if rle := annotation.get("rle"):
        return float(rle_to_mask(rle).sum())
    if annotation.get("type") == "polygon" and (points := annotation.get("points")):
        edges = pairwise([*points, points[0]])
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in edges)) / 2
    if box := annotation.get("box"):
        return float((box[2] - box[0]) * (box[3] - box[1]))
    return None
