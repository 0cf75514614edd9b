"""Which predictions overlap which truths, and how much: intersection over union of boxes and spans."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mediastore.analysis.objects import Bools, Floats, Ints, Objects, Pairs

FLOOR = 0.05
"""Pairs that overlap less are not kept: no threshold below it can be asked for."""
CHUNK = 2_000_000


def overlapping(predictions: Objects, truths: Objects, floor: float = FLOOR) -> Pairs:
    """Every prediction and truth of one place, whatever their labels, whose boxes overlap by `floor` or more."""
    sides = _columns(predictions), _columns(truths)
    found = [
        _kept(rows, columns, pair_overlap(*sides, rows, columns, truths.crowd), floor)
        for rows, columns in candidates(predictions.place, truths.place)
    ]
    return together(found)


def candidates(place_of_prediction: Ints, place_of_truth: Ints) -> Iterator[tuple[Ints, Ints]]:
    """All pairs within a place, prediction by prediction, in pieces of some million; truths are sorted by place."""
    first = np.searchsorted(place_of_truth, place_of_prediction, "left")
    count = np.searchsorted(place_of_truth, place_of_prediction, "right") - first
    ends = np.cumsum(count)
    begin = 0
    while begin < len(count):
        done = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + CHUNK, "right")))
        some = count[begin:end]
        offset = first[begin:end] - (np.cumsum(some) - some)
        yield np.repeat(np.arange(begin, end), some), np.arange(some.sum()) + np.repeat(offset, some)
        begin = end


def together(parts: list[Pairs]) -> Pairs:
    """Pairs that were found piece by piece."""
    if not parts:
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    return Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__slots__))


def in_order(prediction: Ints, truth: Ints, overlap: Floats) -> Pairs:
    """Pairs by prediction, then falling overlap; of equal ones the later truth comes first, as COCO prefers it."""
    return Pairs(prediction, truth, overlap).take(np.lexsort((-truth, -overlap, prediction)))


def pair_overlap(
    predictions: list[Floats], truths: list[Floats], rows: Ints, columns: Ints, crowd: Bools
) -> NDArray[np.float64]:
    """Overlap of each pair, shape (len(rows),), in the order of operations of COCO's `bbIou` (common/maskApi.c).

    Intersection over union; over the prediction's area alone where the truth is a crowd. So a value that lies exactly
    on a threshold falls on the same side as there.
    """
    x, y, width, height, right, bottom = truths
    px, py, p_width, p_height, p_right, p_bottom = predictions
    across = np.minimum(p_right[rows], right[columns]) - np.maximum(px[rows], x[columns])
    down = np.minimum(p_bottom[rows], bottom[columns]) - np.maximum(py[rows], y[columns])
    shared = across * down
    shared[(across <= 0) | (down <= 0)] = 0
    area = (p_width * p_height)[rows]
    union = area + (width * height)[columns] - shared
    union = np.where(crowd[columns], area, union) if crowd.any() else union
    return np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)


def _kept(rows: Ints, columns: Ints, overlap: Floats, floor: float) -> Pairs:
    kept = np.flatnonzero(overlap >= floor)
    return in_order(rows[kept], columns[kept], overlap[kept])


def _columns(objects: Objects) -> list[Floats]:
    """x, y, width, height, and the far corner as COCO computes it from these."""
    x0, y0, x1, y1 = np.ascontiguousarray(objects.box.T)
    width, height = x1 - x0, y1 - y0
    return [x0, y0, width, height, width + x0, height + y0]
