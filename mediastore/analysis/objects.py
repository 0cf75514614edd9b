"""What is compared: predictions and truths as columns, and the pairs of them that overlap."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Objects:
    """Annotations as columns, all of length N; a row's number is its identity.

    item: number of its item. place: number of what it is matched within (an item, or one frame of a video). label:
    number of its label. score: NaN for truths. area: square pixels, or seconds for spans. position: its place in the
    sidecar's list. box: (N, 4) corners in pixels; the bounding box of what is no box. crowd, ignored: as in COCO; both
    only ever hold for truths. Truths are in the order of their places, predictions in that of falling scores, equal
    ones by item and position.
    """

    item: Ints
    place: Ints
    label: Ints
    score: Floats
    area: Floats
    position: Ints
    box: Floats
    crowd: Bools
    ignored: Bools

    def __len__(self) -> int:
        return len(self.item)

    def take(self, rows: NDArray) -> Self:
        """Some rows, in this order."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Predictions and truths of one place that overlap, by prediction, then falling overlap, equal ones later first."""

    prediction: Ints
    truth: Ints
    overlap: Floats

    def __len__(self) -> int:
        return len(self.prediction)

    def take(self, rows: NDArray) -> Self:
        """Some pairs, in this order."""
        return type(self)(self.prediction[rows], self.truth[rows], self.overlap[rows])


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that an evaluation is made from. `group` is a number for each item: items of one group are told together.

    unscored: how many predictions of the whole runs have no score, and count as if it were 1.
    """

    labels: tuple[str, ...]
    group: Ints
    groups: int
    predictions: Objects
    truths: Objects
    pairs: Pairs
    unscored: int = 0

    def of_items(self, rows: NDArray, group: Ints, groups: int) -> "Comparison":
        """The part that lies on some items (ascending numbers), which are counted anew from 0."""
        number = np.full(len(self.group), -1, np.int64)
        number[rows] = np.arange(len(rows))
        predictions, kept_predictions, new_prediction = _renumbered(self.predictions, number)
        truths, kept_truths, new_truth = _renumbered(self.truths, number)
        kept = kept_predictions[self.pairs.prediction] & kept_truths[self.pairs.truth]
        pairs = self.pairs.take(np.flatnonzero(kept))
        pairs = Pairs(new_prediction[pairs.prediction], new_truth[pairs.truth], pairs.overlap)
        return Comparison(self.labels, group, groups, predictions, truths, pairs, self.unscored)


def joined(parts: list[Comparison]) -> Comparison:
    """Several comparisons as one: labels are united, items, places and groups counted on."""
    if len(parts) == 1:
        return parts[0]
    labels = tuple(sorted({label for part in parts for label in part.labels}))
    code = {label: number for number, label in enumerate(labels)}
    items = places = groups = rows_p = rows_t = 0
    found: list[tuple[Objects, Objects, Pairs, Ints]] = []
    for part in parts:
        codes = np.array([code[label] for label in part.labels], dtype=np.int64)
        predictions, truths = (_shifted(objects, items, places, codes) for objects in (part.predictions, part.truths))
        pairs = Pairs(part.pairs.prediction + rows_p, part.pairs.truth + rows_t, part.pairs.overlap)
        found.append((predictions, truths, pairs, part.group + groups))
        items, groups = items + len(part.group), groups + part.groups
        places += max((int(side.place.max()) + 1 for side in (part.predictions, part.truths) if len(side)), default=0)
        rows_p, rows_t = rows_p + len(predictions), rows_t + len(truths)
    predictions = _stacked([entry[0] for entry in found])
    order = np.lexsort((predictions.position, predictions.item, -predictions.score))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    pairs = Pairs(
        rank[np.concatenate([entry[2].prediction for entry in found])],
        np.concatenate([entry[2].truth for entry in found]),
        np.concatenate([entry[2].overlap for entry in found]),
    )
    pairs = pairs.take(np.argsort(pairs.prediction, kind="stable"))
    group = np.concatenate([entry[3] for entry in found])
    truths, unscored = _stacked([entry[1] for entry in found]), sum(part.unscored for part in parts)
    return Comparison(labels, group, groups, predictions.take(order), truths, pairs, unscored)


def first_of_runs(sorted_values: NDArray) -> Bools:
    """Where a sorted array begins a new value, shape (N,)."""
    begins = np.ones(len(sorted_values), dtype=bool)
    np.not_equal(sorted_values[1:], sorted_values[:-1], out=begins[1:])
    return begins


def rank_within(groups: NDArray) -> Ints:
    """How many rows of the same group stand before each row, shape (N,)."""
    order = np.argsort(groups, kind="stable")
    begins = np.flatnonzero(first_of_runs(groups[order]))
    sizes = np.diff(np.append(begins, len(order)))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(begins, sizes)
    return rank


def _renumbered(objects: Objects, number: Ints) -> tuple[Objects, Bools, Ints]:
    kept = number[objects.item] >= 0
    part = objects.take(np.flatnonzero(kept))
    part = Objects(number[part.item], *(getattr(part, field.name) for field in fields(part)[1:]))
    return part, kept, np.cumsum(kept) - 1


def _shifted(objects: Objects, items: int, places: int, codes: Ints) -> Objects:
    rest = (getattr(objects, field.name) for field in fields(objects)[3:])
    label = codes[objects.label] if len(objects) else objects.label
    return Objects(objects.item + items, objects.place + places, label, *rest)


def _stacked(parts: list[Objects]) -> Objects:
    return Objects(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Objects)))
