"""Lines as few points of which every one was logged: of each bucket the first, last, lowest and highest.

After Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014.
Arrays alone; many lines stand one after the other in the same arrays.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEPT_A_BUCKET = 4
GRAIN, FACTOR = 64, 4
FILLED = 16


@dataclass(frozen=True, slots=True)
class Rows:
    """Values of some lines, by line and step: of each the line's number, step, x, value, and how many it stands for."""

    line: NDArray[np.int64]
    step: NDArray[np.int64]
    x: NDArray[np.float64]
    value: NDArray[np.float64]
    weight: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.line)

    def __getitem__(self, chosen: NDArray) -> "Rows":
        return Rows(self.line[chosen], self.step[chosen], self.x[chosen], self.value[chosen], self.weight[chosen])


@dataclass(frozen=True, slots=True)
class Thinned:
    """What is left: rows, which of them lie in the range, and of each line how many drawable values do."""

    rows: Rows
    is_inside: NDArray[np.bool_]
    in_range: NDArray[np.int64]


def grain_of(span: NDArray, logged: NDArray, points: int, *, by_step: bool) -> NDArray[np.int64]:
    """How many steps go into a bucket together; 1 where each row is put into one by itself.

    span: how many steps the line has in the range. logged: how many values are expected there. by_step: whether x is
    the step, so that buckets of equal width hold equally many steps; else they are borne for finer.
    """
    width = span / max(1, points // KEPT_A_BUCKET)
    room = width * 1.3 if by_step else np.maximum(width / 3, np.where(width * 1.3 >= GRAIN, GRAIN, 0))
    level = np.floor(np.log(np.maximum(room, 1) / GRAIN) / np.log(FACTOR) + 1e-9)
    grain = np.where(level >= 0, GRAIN * FACTOR ** np.maximum(level, 0), 1).astype(np.int64)
    is_filled = (logged > 2 * points) & (logged * grain >= FILLED * span)
    return np.where(is_filled, grain, 1)


def starts_of(*keys: NDArray) -> NDArray[np.intp]:
    """Where a stretch of equal keys begins."""
    if not len(keys[0]):
        return np.empty(0, np.intp)
    differs = np.zeros(len(keys[0]) - 1, bool)
    for key in keys:
        differs |= key[1:] != key[:-1]
    return np.concatenate([[0], np.flatnonzero(differs) + 1])


def corners(starts: NDArray, x: NDArray | None, value: NDArray) -> NDArray[np.intp]:
    """The places of the first, last, lowest and highest of each stretch. x: None where rows are in its order."""
    ends = np.append(starts[1:], len(value))
    places = [starts, ends - 1] if x is None else []
    found = places or [_first_at(starts, ends, x, end) for end in (np.minimum, np.maximum)]
    return _each_once([*found, *(_first_at(starts, ends, value, end) for end in (np.minimum, np.maximum))], len(value))


def sorted_by(line: NDArray, step: NDArray) -> NDArray[np.intp] | None:
    """The order by line and step, None where that is how they stand. line: numbers from 0."""
    if not _falls(line, step).any():
        return None
    order = by_number(line, int(line.max()) + 1)
    return np.lexsort((step, line)) if _falls(line[order], step[order]).any() else order


def by_number(number: NDArray, count: int) -> NDArray[np.intp]:
    """The stable order of numbers below `count`; 16 bits are ten times as fast."""
    return np.argsort(number.astype(np.uint16) if count <= 2**16 else number, kind="stable")


def at_same_steps(these: tuple[NDArray, NDArray], others: tuple[NDArray, NDArray]) -> NDArray[np.intp] | None:
    """Where among the others each of these stands, None where they are the same, their number where it is not there.

    these, others: line and step, sorted by them, each pair once.
    """
    if all(np.array_equal(ours, theirs) for ours, theirs in zip(these, others, strict=True)):
        return None
    lines = np.arange(max(int(line.max(initial=-1)) for line, _ in (these, others)) + 2)
    bounds = [np.searchsorted(line, lines) for line, _ in (these, others)]
    found = np.full(len(these[0]), len(others[0]))
    for (first, last), (begin, end) in zip(*(itertools.pairwise(one.tolist()) for one in bounds), strict=True):
        if first < last and begin < end:
            wanted, there = these[1][first:last], others[1][begin:end]
            at = np.minimum(np.searchsorted(there, wanted), end - begin - 1)
            found[first:last] = np.where(there[at] == wanted, at + begin, len(others[0]))
    return found


def once(line: NDArray, step: NDArray, time: NDArray, value: NDArray) -> tuple[NDArray, ...]:
    """The same by line and step, and of each step the one that was logged last."""
    order = sorted_by(line, step)
    if order is not None:
        line, step, time, value = (column[order] for column in (line, step, time, value))
    if not ((step[1:] == step[:-1]) & (line[1:] == line[:-1])).any():
        return line, step, time, value
    starts = starts_of(line, step)
    order = np.lexsort((np.nan_to_num(time, nan=0.0), step, line))
    last = np.append(starts[1:], len(line)) - 1
    latest = np.fmax.reduceat(time[order], starts)
    return line[order][last], step[order][last], latest, value[order][last]


def in_order(line: NDArray, x: NDArray, lines: int) -> NDArray[np.bool_]:
    """Whether the x of each line never falls from row to row."""
    falls = (line[1:] == line[:-1]) & (x[1:] < x[:-1])
    return np.bincount(line[1:][falls], minlength=lines) == 0


def _falls(line: NDArray, step: NDArray) -> NDArray[np.bool_]:
    return (line[1:] < line[:-1]) | ((line[1:] == line[:-1]) & (step[1:] < step[:-1]))


def thin(rows: Rows, ends: tuple[float, float], points: int, grain: NDArray, ordered: NDArray) -> Thinned:
    """At most `points` rows of each line inside the range, and one beyond either end. rows: drawable ones.

    grain, ordered: of each line, from `grain_of` and `in_order`.
    """
    low, high = ends
    inside = (rows.x >= low) & (rows.x <= high)
    lines = len(grain)
    in_range = np.bincount(rows.line, np.where(inside, rows.weight, 0), lines).astype(np.int64)
    is_whole = in_range[rows.line] <= points
    kept = [np.flatnonzero(inside & is_whole)]
    for beyond, end in ((rows.x < low, np.maximum), (rows.x > high, np.minimum)):
        if (at := np.flatnonzero(beyond)).size:
            starts = starts_of(rows.line[at])
            kept.append(at[_first_at(starts, np.append(starts[1:], len(at)), rows.x[at], end)])
    at = np.flatnonzero(inside & ~is_whole)
    if at.size:
        kept.append(at[_bucketed(rows[at], points, grain, ordered)])
    chosen = _each_once(kept, len(rows))
    found, is_inside = rows[chosen], inside[chosen]
    order = np.lexsort((found.step, found.x, found.line))
    return Thinned(found[order], is_inside[order], in_range)


def _bucketed(rows: Rows, points: int, grain: NDArray, ordered: NDArray) -> NDArray[np.intp]:
    """The places of what is kept of rows that are all inside."""
    buckets = max(1, points // KEPT_A_BUCKET)
    of_line = starts_of(rows.line)
    number = np.repeat(np.arange(len(of_line)), np.diff(np.append(of_line, len(rows))))
    low = np.minimum.reduceat(rows.x, of_line)[number]
    width = np.maximum.reduceat(rows.x, of_line)[number] - low
    first = rows.x
    if (grain[rows.line[of_line]] > 1).any():
        of_chunk = starts_of(rows.line, np.where(grain[rows.line] > 1, rows.step // grain[rows.line], rows.step))
        first = np.repeat(rows.x[of_chunk], np.diff(np.append(of_chunk, len(rows))))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        place = np.floor((first - low) / width * buckets)
    place = np.clip(np.nan_to_num(place, nan=0.0), 0, buckets - 1).astype(np.int64) + rows.line * buckets
    if ordered[rows.line].all():
        return corners(starts_of(place), None, rows.value)
    order = by_number(place, int(place.max()) + 1)
    return order[corners(starts_of(place[order]), rows.x[order], rows.value[order])]


def _first_at(starts: NDArray, ends: NDArray, column: NDArray, end: np.ufunc) -> NDArray[np.intp]:
    """The place of the least or greatest of each stretch, the first of equals."""
    number = np.repeat(np.arange(len(starts)), ends - starts)
    at = np.flatnonzero(column == end.reduceat(column, starts)[number])
    return at[starts_of(number[at])]


def _each_once(places: Iterable[NDArray], count: int) -> NDArray[np.intp]:
    """Places among `count` in order, as np.unique gives them, in a tenth of its time."""
    is_one = np.zeros(count, bool)
    for some in places:
        is_one[some] = True
    return np.flatnonzero(is_one)
