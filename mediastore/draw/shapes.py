"""The outline and the centre of an annotation, in pixels of its picture."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from mediastore.geometry import rle_to_mask

Point = tuple[float | None, float | None]


def outline(annotation: Mapping[str, Any]) -> list[Point]:
    """The line around a box or polygon, closed, or along a skeleton, broken by (None, None); empty for the rest."""
    kind = annotation.get("type")
    if kind == "box" and (box := annotation.get("box")):
        x0, y0, x1, y1 = box
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    points = annotation.get("points") or []
    if kind == "polygon" and points:
        return [(x, y) for x, y, *_ in [*points, points[0]]]
    if kind == "keypoints":
        bones = [(points[a], points[b]) for a, b in annotation.get("skeleton") or () if max(a, b) < len(points)]
        return [end for a, b in bones for end in ((a[0], a[1]), (b[0], b[1]), (None, None))][:-1]
    return []


def annotation_bounds(annotation: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    """x0, y0, x1, y1 of what an annotation covers; None where it has no place of its own."""
    if box := annotation.get("box"):
        return tuple(box)
    if points := annotation.get("points"):
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        return min(xs), min(ys), max(xs), max(ys)
    if rle := annotation.get("rle"):
        mask = rle_to_mask(rle)
        columns, rows = mask.any(axis=0).nonzero()[0], mask.any(axis=1).nonzero()[0]
        if len(columns):
            return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
    return None


def annotation_centre(annotation: Mapping[str, Any]) -> tuple[float, float] | None:
    """Where the hover of an annotation hangs: the middle of its bounds."""
    bounds = annotation_bounds(annotation)
    return None if bounds is None else ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)


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
