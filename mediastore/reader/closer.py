"""What lies in a range of long lines: a level from afar tells where it is, the values or a finer level what it is."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mediastore.reader import thinning
from mediastore.reader.points import STEP_MAX, Points, joined
from mediastore.reader.thinning import FACTOR, GRAIN, Rows

COARSE = 64
INDEXED = "store.indexed_metrics"
GrainOf = Callable[[NDArray, NDArray], NDArray]


def coarse_grain(span: NDArray) -> NDArray[np.int64]:
    """The grain of the level that tells where a range lies, of lines of so many steps."""
    grain = np.maximum(span / COARSE / GRAIN, 1)
    return GRAIN * FACTOR ** np.floor(np.log(grain) / np.log(FACTOR)).astype(np.int64)


def look_closer(
    points: Points,
    lines: pd.DataFrame,
    coarse: Rows,
    grain: NDArray,
    live: Rows,
    ends: tuple[float, float],
    grain_of: GrainOf,
) -> tuple[Rows, NDArray]:
    """Drawable rows of these lines in the range and next to it, and by line how fine they are, 1 for values.

    coarse: the lines' corners of `grain` steps, with those in memory, which `live` are alone. grain_of: what grain is
    fine enough for so many steps and so many values.
    """
    low, high = ends
    before = last_step(coarse, coarse.x < low, np.maximum, lines)
    after = last_step(coarse, coarse.x > high, np.minimum, lines)
    after = np.where(after < 0, STEP_MAX, after)
    whole = (lines["last"] - lines["first"] + 1).to_numpy()
    logged = lines["logged"].to_numpy()
    most = np.minimum(after, lines["last"]) - np.maximum(before, lines["first"]) + 1
    far = grain_of(most, logged * most / whole) > 1
    read, width = [of(live, lines)], np.ones(len(lines), np.int64)
    left = ~far
    if far.any():
        found, width[far] = _from_a_level(
            points, lines[far], of(coarse, lines[far]), grain[far], before[far], after[far], ends, grain_of
        )
        left |= width == 1
        read.append(found)
    rest = lines[left].assign(logged=np.minimum(logged, most)[left], low=before[left], high=after[left])
    for block in points.blocks(rest):
        read.append(points.between(block, (block["low"], block["high"]), source=INDEXED))
    rows = joined(read)
    return rows[np.isfinite(rows.value) & np.isfinite(rows.x)], by_line(lines, width, 1)


def _from_a_level(
    points: Points,
    lines: pd.DataFrame,
    coarse: Rows,
    grain: NDArray,
    before: NDArray,
    after: NDArray,
    ends: tuple[float, float],
    grain_of: GrainOf,
) -> tuple[Rows, NDArray]:
    """The values at both ends of the range, between them a level, and its grain; 1 where values alone will do."""
    low, high = ends
    begin = last_step(coarse, coarse.x >= low, np.minimum, lines)
    end = last_step(coarse, coarse.x <= high, np.maximum, lines)
    inner = np.where(before < 0, -STEP_MAX, (begin // grain + 1) * grain)
    outer = np.where(after >= STEP_MAX, STEP_MAX, end // grain * grain)
    left = before, np.where(before < 0, -1, inner - 1)
    right = np.maximum(outer, inner), after
    edges = points.between(lines, left, right, source=INDEXED)
    known = joined([edges, coarse])
    drawn = (known.x >= low) & (known.x <= high) & np.isfinite(known.value)
    first, last = (last_step(known, drawn, end, lines) for end in (np.minimum, np.maximum))
    span = np.maximum(last - first + 1, 1)
    whole = (lines["last"] - lines["first"] + 1).to_numpy()
    wanted = grain_of(span, lines["logged"].to_numpy() * span / whole)
    is_level = (wanted > 1) & (lines["base"].to_numpy() <= wanted) & (wanted <= grain)
    some = lines[is_level]
    if some.empty:
        return edges[:0], np.where(is_level, wanted, 1)
    level = points.levels(some, wanted[is_level], inner[is_level], outer[is_level] - 1)
    return joined([of(edges, some), level]), np.where(is_level, wanted, 1)


def of(rows: Rows, lines: pd.DataFrame) -> Rows:
    """Those of these lines."""
    return rows[np.isin(rows.line, lines.index)]


def by_line(lines: pd.DataFrame, given: NDArray, other: int = -1) -> NDArray[np.int64]:
    """What is given of each of these lines by a line's number; `other` for all that are not among them."""
    found = np.full(int(lines.index.max()) + 1, other, np.int64)
    found[lines.index] = given
    return found


def last_step(rows: Rows, chosen: NDArray, end: np.ufunc, lines: pd.DataFrame) -> NDArray[np.int64]:
    """The highest or lowest step of each line among the chosen rows, -1 where there is none."""
    line, step = rows.line[chosen], rows.step[chosen]
    starts = thinning.starts_of(line)
    found = np.full(max(int(lines.index.max()), int(line.max(initial=0))) + 1, -1, np.int64)
    if len(starts):
        found[line[starts]] = end.reduceat(step, starts)
    return found[lines.index]
