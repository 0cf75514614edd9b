"""Average precision and recall, and the curve they come from, for all groups and labels at once."""

from dataclasses import dataclass

import numpy as np

from mediastore.analysis.objects import Bools, Floats, Ints, first_of_runs

RECALLS = np.linspace(0.0, 1.0, 101)
CHUNK = 4096
_TINY = np.spacing(1)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Predictions by segment (a label in a group), each segment in the order of falling scores.

    rows: numbers of the predictions in that order. segment: of each of them. segments: how many there are.
    """

    rows: Ints
    segment: Ints
    segments: int

    @classmethod
    def of(cls, segment: Ints, segments: int, counts: Bools | None = None) -> "Ranking":
        """Rank predictions that stand in the order of falling scores; only those that count."""
        rows = np.arange(len(segment)) if counts is None else np.flatnonzero(counts)
        order = rows[np.argsort(segment[rows], kind="stable")]
        return cls(order, segment[order], segments)


def average_precision(ranking: Ranking, is_right: Bools, counts: Bools, truths: Ints) -> Floats:
    """AP of each segment, shape (segments,), 0..1; NaN where there is no truth to find.

    is_right, counts: of each prediction, whether it found a truth, and whether it counts at all. truths: how many there
    are to find in each segment. The mean of the precision at 101 recalls, precision made to fall by taking the largest
    to the right of each: `COCOeval.accumulate` of https://github.com/cocodataset/cocoapi. That largest is always
    reached at a right prediction, so only these are looked at.
    """
    at, segment, nth = _right_ones(ranking, is_right, counts)
    seen = _seen_within(ranking, counts)[at]
    precision = nth / (seen + _TINY)
    lift = 2.0 * (ranking.segments - segment)
    envelope = np.maximum.accumulate((precision + lift)[::-1])[::-1] - lift
    begin = np.searchsorted(segment, np.arange(ranking.segments), "left")
    found = np.searchsorted(segment, np.arange(ranking.segments), "right") - begin
    total = np.zeros(ranking.segments)
    some = np.flatnonzero((truths > 0) & (found > 0))
    for part in np.split(some, range(CHUNK, len(some), CHUNK)):
        needed = _needed(RECALLS, truths[part, None])
        at = begin[part, None] + np.minimum(needed, found[part, None]) - 1
        total[part] = np.where(needed <= found[part, None], envelope[at], 0.0).sum(axis=1)
    return np.where(truths > 0, total / len(RECALLS), np.nan)


def recall_reached(ranking: Ranking, is_right: Bools, counts: Bools, truths: Ints) -> Floats:
    """The share of the truths that was found in each segment, shape (segments,); NaN where there are none."""
    right = (is_right & counts)[ranking.rows]
    found = np.bincount(ranking.segment[right], minlength=ranking.segments)
    return np.divide(found, truths, out=np.full(len(truths), np.nan), where=truths > 0)


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision and recall of one segment as the threshold of the score falls: one row a distinct score.

    prediction: the last prediction that the threshold lets pass. right, wrong: how many passed so far.
    """

    prediction: Ints
    score: Floats
    right: Ints
    wrong: Ints
    truths: int

    @property
    def precision(self) -> Floats:
        return self.right / np.maximum(self.right + self.wrong, 1)

    @property
    def recall(self) -> Floats:
        return self.right / self.truths if self.truths else np.full(len(self.right), np.nan)

    @property
    def f1(self) -> Floats:
        """2 TP / (2 TP + FP + FN)."""
        return 2 * self.right / np.maximum(self.right + self.wrong + self.truths, 1)

    def best(self) -> int | None:
        """The row of the largest F1, of equal ones that of the highest score; None when nothing was found."""
        return int(np.argmax(self.f1)) if len(self.right) and self.right[-1] else None

    def turning_points(self) -> Ints:
        """Rows that a line through the curve must pass: just before and where something right is found, and the end."""
        gains = np.diff(self.right, prepend=0) > 0
        keep = gains | np.append(gains[1:], True) if len(gains) else gains
        return np.flatnonzero(keep)


def curve(rows: Ints, score: Floats, is_right: Bools, counts: Bools, truths: int) -> Curve:
    """The curve of some predictions, in the order of falling scores."""
    rows = rows[counts[rows]]
    last = np.append(first_of_runs(score[rows])[1:], True) if len(rows) else np.zeros(0, dtype=bool)
    right = np.cumsum(is_right[rows])
    ends = np.flatnonzero(last)
    return Curve(rows[ends], score[rows][ends], right[ends], ends + 1 - right[ends], truths)


def mean_where_any(values: Floats, axis: int | tuple[int, ...] | None = None) -> Floats:
    """The mean of what is not NaN; NaN where there is nothing."""
    some = ~np.isnan(values)
    count = some.sum(axis=axis)
    total = np.where(some, values, 0.0).sum(axis=axis)
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)


def _right_ones(ranking: Ranking, is_right: Bools, counts: Bools) -> tuple[Ints, Ints, Ints]:
    """Where in the ranking something right stands, its segment, and the how-manieth right one it is there."""
    at = np.flatnonzero((is_right & counts)[ranking.rows])
    segment = ranking.segment[at]
    begin = np.searchsorted(segment, segment, "left")
    return at, segment, np.arange(len(at)) - begin + 1


def _seen_within(ranking: Ranking, counts: Bools) -> Ints:
    """How many predictions that count stand in the segment up to each row of the ranking, itself included."""
    seen = np.cumsum(counts[ranking.rows])
    begins = np.flatnonzero(first_of_runs(ranking.segment))
    before = np.concatenate([[0], seen])[begins]
    return seen - np.repeat(before, np.diff(np.append(begins, len(seen))))


def _needed(recall: Floats, truths: Ints) -> Ints:
    """How many truths must be found for each recall, by the very comparison of floats that a binary search makes."""
    needed = np.ceil(recall * truths).astype(np.int64)
    needed -= (needed - 1) / truths >= recall
    needed += needed / truths < recall
    return np.maximum(needed, 1)
