"""Overlap of what is no box: filled outlines and masks pixel by pixel, keypoints by their similarity."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediastore.analysis.objects import Bools, Floats, Ints, Objects, Pairs
from mediastore.analysis.overlap import FLOOR, candidates, in_order, together
from mediastore.geometry import polygons_to_mask, rle_to_mask

PERSON = np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
"""How far apart people place each of COCO's 17 keypoints, `Params.setKpParams` of pycocotools."""
PIXELS_MAX, SIDE_MAX = 2**28, 2**14
OTHER = 0.05
"""The same for every point of any other skeleton: about the mean of the above is 0.06; nobody has measured it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The pixels of one object, cut to what is set: left and top edge, and bools of shape (height, width)."""

    x: int
    y: int
    pixels: NDArray[np.bool_]

    @classmethod
    def of(cls, pixels: NDArray[np.bool_]) -> "Shape":
        """Cut a mask of the whole picture."""
        rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
        if not len(rows):
            return cls(0, 0, np.zeros((0, 0), bool))
        top, left = int(rows[0]), int(columns[0])
        return cls(left, top, pixels[top : rows[-1] + 1, left : columns[-1] + 1].copy())

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """The bounding box."""
        height, width = self.pixels.shape
        return float(self.x), float(self.y), float(self.x + width), float(self.y + height)

    @property
    def area(self) -> float:
        """Pixels set."""
        return float(self.pixels.sum())


def shape_from_record(record: Mapping[str, Any], size_wh: tuple[int, int] | None) -> Shape:
    """A mask by its run lengths, or an outline filled by the even-odd rule; empty where the record is broken.

    size_wh: of the picture; without it an outline is filled as far as it goes.
    """
    try:
        if size_wh is not None and size_wh[0] * size_wh[1] > PIXELS_MAX:
            raise ValueError("no picture is as large")
        if "rle" in record:
            if int(np.prod(record["rle"]["size"])) > PIXELS_MAX:
                raise ValueError("no picture is as large")
            return Shape.of(rle_to_mask(record["rle"]))
        outlines = [record["points"], *record.get("holes", ())]
        corners = [np.asarray(outline, dtype=float).reshape(-1, 2) for outline in outlines]
        if not all(np.isfinite(some).all() and (np.abs(some) < PIXELS_MAX).all() for some in corners):
            raise ValueError("no picture is as large")
        furthest = np.clip(np.ceil(corners[0].max(axis=0)), 0, SIDE_MAX).astype(int)
        size = size_wh or (int(furthest[0]), int(furthest[1]))
        return Shape.of(polygons_to_mask(outlines, size))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, MemoryError):
        return Shape(0, 0, np.zeros((0, 0), bool))


def overlapping_shapes(
    predictions: Objects, truths: Objects, found: Sequence[Shape], asked: Sequence[Shape], floor: float = FLOOR
) -> Pairs:
    """Every prediction and truth of one place whose pixels overlap by `floor` or more.

    Intersection over union, over the prediction alone where the truth is a crowd: `rleIou` of COCO's common/maskApi.c.
    """
    sizes = [np.array([shape.area for shape in shapes]) for shapes in (found, asked)]
    parts = []
    for rows, columns in candidates(predictions.place, truths.place):
        touches = _touches(predictions.box[rows], truths.box[columns])
        rows, columns = rows[touches], columns[touches]
        shared = np.array([_shared(found[row], asked[column]) for row, column in zip(rows, columns, strict=True)])
        union = np.where(truths.crowd[columns], sizes[0][rows], sizes[0][rows] + sizes[1][columns] - shared)
        overlap = np.divide(shared, union, out=np.zeros(len(rows)), where=union > 0) if len(rows) else np.zeros(0)
        kept = np.flatnonzero(overlap >= floor)
        parts.append(in_order(rows[kept], columns[kept], overlap[kept]))
    return together(parts)


@dataclass(frozen=True, slots=True)
class Points:
    """Keypoints of N objects: xy (N, K, 2), NaN where absent; seen (N, K); count: how many points each object has.

    around: boxes that were given with them, as corners (N, 4), NaN where none was.
    """

    xy: Floats
    seen: Bools
    count: Ints
    around: Floats

    @classmethod
    def from_records(cls, records: Sequence[Mapping[str, Any]]) -> "Points":
        """Points as the store has them; one counts as seen unless its visibility is 0. `bbox` is COCO's box around."""
        lists = [_listed(record.get("points")) for record in records]
        longest = max((len(points) for points in lists), default=0)
        xy, seen = np.full((len(records), longest, 2), np.nan), np.zeros((len(records), longest), dtype=bool)
        for row, (record, points) in enumerate(zip(records, lists, strict=True)):
            if points:
                xy[row, : len(points)] = points
                visibility = record.get("visibility") or [1] * len(points)
                seen[row, : len(points)] = [bool(one) for one in visibility[: len(points)]]
        count = np.array([len(points) for points in lists], np.int64)
        return cls(xy, seen & ~np.isnan(xy).any(axis=2), count, _boxes_around(records))

    @property
    def box(self) -> Floats:
        """The bounding box of the points that are seen, shape (N, 4)."""
        if not self.xy.shape[1]:
            return np.zeros((len(self.xy), 4))
        seen = self.seen[:, :, None]
        low = np.where(seen, self.xy, np.inf).min(axis=1)
        high = np.where(seen, self.xy, -np.inf).max(axis=1)
        return np.where(self.seen.any(axis=1)[:, None], np.concatenate([low, high], axis=1), 0.0)

    def take(self, rows: Ints) -> "Points":
        """Some objects, in this order."""
        return Points(self.xy[rows], self.seen[rows], self.count[rows], self.around[rows])


def overlapping_points(
    predictions: Objects, truths: Objects, found: Points, asked: Points, floor: float = FLOOR
) -> Pairs:
    """Every prediction and truth of one place with as many points, whose similarity (OKS, 0..1) is `floor` or more."""
    parts = []
    for rows, columns in candidates(predictions.place, truths.place):
        alike = found.count[rows] == asked.count[columns]
        rows, columns = rows[alike], columns[alike]
        similarity = _similarity(found.take(rows), asked.take(columns), truths.area[columns])
        kept = np.flatnonzero(similarity >= floor)
        parts.append(in_order(rows[kept], columns[kept], similarity[kept]))
    return together(parts)


def _similarity(found: Points, asked: Points, area: Floats) -> Floats:
    """The mean over the truth's seen points of exp(-d² / (2 area (2σ)²)): `COCOeval.computeOks` of pycocotools.

    Where the truth has none in sight, d is how far a predicted point lies outside of three times the truth's box.
    """
    width = min(found.xy.shape[1], asked.xy.shape[1])
    if not width or not len(area):
        return np.zeros(len(area))
    spread = np.full((len(area), width), OTHER)
    spread[asked.count == len(PERSON), : len(PERSON)] = PERSON[:width]
    seen, is_unseen = asked.seen[:, :width], ~asked.seen.any(axis=1)
    distance = ((found.xy[:, :width] - asked.xy[:, :width]) ** 2).sum(axis=2)
    distance[is_unseen] = _outside(found.xy[is_unseen, :width], asked.around[is_unseen])
    falls = distance / (2 * spread) ** 2 / (area[:, None] + np.spacing(1)) / 2
    there = seen | (is_unseen[:, None] & (np.arange(width) < asked.count[:, None]))
    near = np.where(there, np.exp(-np.nan_to_num(falls, nan=np.inf)), 0.0)
    points = there.sum(axis=1)
    return np.divide(near.sum(axis=1), points, out=np.zeros(len(area)), where=points > 0)


def _outside(xy: Floats, box: Floats) -> Floats:
    """The square of how far each point (N, K, 2) lies outside of its box (N, 4) made three times as wide and high."""
    size = box[:, 2:] - box[:, :2]
    low, high = (box[:, :2] - size)[:, None], (box[:, 2:] + size)[:, None]
    return ((np.maximum(0, low - xy) + np.maximum(0, xy - high)) ** 2).sum(axis=2)


def _boxes_around(records: Sequence[Mapping[str, Any]]) -> Floats:
    around = np.full((len(records), 4), np.nan)
    for row, record in enumerate(records):
        with contextlib.suppress(TypeError, ValueError):
            x, y, width, height = map(float, record.get("bbox") or ())
            around[row] = x, y, x + width, y + height
    return around


def _touches(first: Floats, second: Floats) -> Bools:
    low, high = np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:])
    return (high > low).all(axis=1)


def _shared(first: Shape, second: Shape) -> int:
    """Pixels that both set."""
    left, top = max(first.x, second.x), max(first.y, second.y)
    right = min(first.x + first.pixels.shape[1], second.x + second.pixels.shape[1])
    bottom = min(first.y + first.pixels.shape[0], second.y + second.pixels.shape[0])
    cuts = (
        shape.pixels[top - shape.y : bottom - shape.y, left - shape.x : right - shape.x] for shape in (first, second)
    )
    return int(np.logical_and(*cuts).sum())


def _listed(points: Any) -> list[tuple[float, float]]:
    try:
        return [_point(point) for point in points or ()]
    except (TypeError, ValueError, IndexError):
        return []


def _point(point: Any) -> tuple[float, float]:
    if point is None or point[0] is None or point[1] is None:
        return (np.nan, np.nan)
    return (float(point[0]), float(point[1]))
