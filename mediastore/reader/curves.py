"""Metrics as lines of a bounded number of points, of which every one was logged and no peak is lost.

A line of more points than asked for is cut into buckets of about equal width in x; of each its first, last, lowest and
highest point are kept. What is drawn of a long line is read from the levels beside the index; where they will not do,
as with another metric as x, or where a resumed run logged its steps again, from its values. Both give the same points.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mediastore.errors import MediaStoreValueError
from mediastore.reader import closer, sql, thinning
from mediastore.reader import points as values_of
from mediastore.reader.closer import by_line, last_step, look_closer, of
from mediastore.reader.conditions import Conditions
from mediastore.reader.filters import Filters, Range, check_pair
from mediastore.reader.points import ELAPSED, NUMBERS, STEP, Columns, Points
from mediastore.reader.sql import curves as texts
from mediastore.reader.thinning import KEPT_A_BUCKET, Rows, Thinned

POINTS = 2000
Frame = Callable[..., pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines and their points, both by project, run, name.

    lines: logged (how many values there are), not_finite (of these NaN, infinite, or without an x: never drawn),
    in_range (drawable ones in the range asked for), shown (how many of those are here).
    points: step, x, value, is_inside; in the order of x. Not inside is the one next point on either side of the range,
    so that a line goes on to the edge.
    """

    lines: pd.DataFrame
    points: pd.DataFrame

    @property
    def is_thinned(self) -> bool:
        """Whether a line has more points than are here, so that a narrower range tells more."""
        return bool((self.lines["shown"] < self.lines["in_range"]).any())


def ask(
    frame: Frame,
    columns: Columns,
    names: Iterable[str] | str,
    filters: Filters,
    x: str,
    points: int,
    span: Range | None,
) -> Curves:
    """The curves. A value logged again at its step replaces the earlier one, as items do."""
    if points < KEPT_A_BUCKET:
        raise MediaStoreValueError(f"points must be at least {KEPT_A_BUCKET}, got {points}; ask for more")
    if span is not None:
        check_pair("range", span)
    low, high = span or (None, None)
    ends = -inf if low is None else float(low), inf if high is None else float(high)
    named = list(dict.fromkeys([names] if isinstance(names, str) else names))
    asking = _Asking(frame, columns, filters, x, points, ends)
    return asking.answer(asking.lines(named))


class _Asking:
    def __init__(
        self, frame: Frame, columns: Columns, filters: Filters, x: str, points: int, ends: tuple[float, float]
    ) -> None:
        self._frame, self._filters, self._x = frame, filters, x
        self._number, self._ends = points, ends
        of_step = Conditions()
        self._conditions = of_step.of_steps(filters)
        self._points = Points(columns, x, self._conditions, of_step.values)
        self._found: list[tuple[Rows, NDArray]] = []

    def lines(self, names: list[str]) -> pd.DataFrame:
        """Every line that is asked for, by project, run, name: what is known of it without its values."""
        of_runs = Conditions()
        runs = self._frame(texts.RUNS.format(conditions=of_runs.of_runs(self._filters)), of_runs.values)
        with_levels = set(self._frame(texts.LEVELLED, {})["folder"]) if self._filters.step is None else set()
        marks, bound = values_of.marked("one", names, {})
        parts = []
        for question, is_level in (("curve_pieces", True), ("curve_counts", False)):
            folders = [folder for folder in runs["folder"] if (folder in with_levels) == is_level]
            if folders and names:
                chosen, values = values_of.among("folder", folders, bound)
                if not is_level:
                    values |= self._points.bound
                    chosen = f"{chosen} and {self._conditions}"
                query = sql.text(question).format(names=marks, chosen=chosen, conditions=chosen)
                found = self._frame(query, values)
                parts.append(found[found["folder"].isin(folders)].assign(is_level=is_level))
        empty = runs[["folder"]].iloc[:0].assign(name=pd.Series(dtype="str"), logged=0, is_level=False)
        known = runs.merge(pd.concat(parts) if parts else empty, on="folder")
        known = known.sort_values(["project", "run", "name"], ignore_index=True)
        for column in ("base", "not_finite", "first", "last"):
            known[column] = known[column].fillna(0).astype(np.int64) if column in known else 0
        known["logged"] = known["logged"].fillna(0).astype(np.int64)
        known["is_level"] = known["is_level"].astype(bool) & self._can_be_level(known)
        return known

    def answer(self, lines: pd.DataFrame) -> Curves:
        told = {name: np.zeros(len(lines), np.int64) for name in ("logged", "not_finite", "in_range", "shown")}
        levelled = lines[lines["is_level"]]
        left = [lines[~lines["is_level"]]]
        if len(levelled):
            live = self._points.live(levelled)
            drawn = np.isfinite(live.value) & np.isfinite(live.x)
            count = np.bincount(live.line, minlength=len(lines))
            dropped = np.bincount(live.line[~drawn], minlength=len(lines))
            told["logged"][levelled.index] = levelled["logged"] + count[levelled.index]
            told["not_finite"][levelled.index] = levelled["not_finite"] + dropped[levelled.index]
            rest = self._from_levels(levelled.assign(logged=told["logged"][levelled.index]), live[drawn], told)
            left.append(rest)
        for block in self._points.blocks(pd.concat(left)):
            self._from_values(block, told)
        found = [rows for rows, _ in self._found]
        inside = np.concatenate([np.empty(0, bool), *(one for _, one in self._found)])
        columns = {
            name: np.concatenate([np.empty(0, kind), *(getattr(one, name) for one in found)])
            for name, kind in (("line", np.int64), ("step", np.int64), ("x", float), ("value", float))
        }
        shown = pd.DataFrame(columns | {"is_inside": inside}).sort_values(["line", "x", "step"], ignore_index=True)
        told["shown"] = np.bincount(shown["line"][shown["is_inside"]], minlength=len(lines))
        ids = lines[["project", "run", "name"]]
        points = ids.iloc[shown["line"]].reset_index(drop=True)
        points = points.assign(**{name: shown[name] for name in ("x", "step", "value", "is_inside")})
        return Curves(ids.assign(**told), points)

    def _may_use_levels(self) -> bool:
        return self._x in NUMBERS and self._filters.step is None

    def _can_be_level(self, lines: pd.DataFrame) -> NDArray:
        if "meets" not in lines or not self._may_use_levels():
            return np.zeros(len(lines), bool)
        can = ~lines["meets"].eq(True)
        if self._x != STEP:
            can &= lines["in_order"].eq(True)
        return (can & (lines["created"].notna() | (self._x != ELAPSED))).to_numpy()

    def _from_levels(self, lines: pd.DataFrame, live: Rows, told: dict[str, NDArray]) -> pd.DataFrame:
        """Thin what levels tell; the lines of which they do not tell enough."""
        spans, logged = (lines["last"] - lines["first"] + 1).to_numpy(), lines["logged"].to_numpy()
        is_whole = self._ends == (-inf, inf)
        grain = self._grain(spans, logged)
        if not is_whole:
            coarse = np.maximum(np.maximum(grain, closer.coarse_grain(spans)), lines["base"])
            grain = np.where(logged > 2 * self._number, coarse, 1)
        can = (grain > 1) & (lines["base"] <= grain) & (lines["base"] > 0)
        chosen, grain = lines[can], grain[can]
        done = set()
        for number in np.array_split(np.arange(len(chosen)), -(-len(chosen) // 400) or 1):
            block = chosen.iloc[number]
            if len(block):
                here = of(live, block)
                read = values_of.joined([self._points.levels(block, grain[number]), here])
                width = by_line(block, grain[number])
                if not is_whole:
                    read, width = look_closer(self._points, block, read, grain[number], here, self._ends, self._grain)
                done |= self._thin(block, read, width, told, can_be_whole=width == 1)
        return lines[~lines.index.isin(done)]

    def _grain(self, span: NDArray, logged: NDArray) -> NDArray:
        return thinning.grain_of(span, logged, self._number, by_step=self._x == STEP)

    def _from_values(self, lines: pd.DataFrame, told: dict[str, NDArray]) -> None:
        """Thin what was logged, row by row."""
        may = self._may_use_levels()
        rows = self._points.between(lines) if self._x in NUMBERS else self._points.over(lines, self._x)
        drawn = np.isfinite(rows.value) & np.isfinite(rows.x)
        size = int(lines.index.max()) + 1
        logged = np.bincount(rows.line, minlength=size)
        told["logged"][lines.index] = logged[lines.index]
        told["not_finite"][lines.index] = np.bincount(rows.line[~drawn], minlength=size)[lines.index]
        grain = np.ones(size, np.int64)
        if may:
            grain = by_line(lines, self._grain(*self._expected(rows, drawn, lines, logged[lines.index])), 1)
        self._thin(lines, rows if drawn.all() else rows[drawn], grain, told, can_be_whole=grain > 0)

    def _expected(self, rows: Rows, drawn: NDArray, lines: pd.DataFrame, logged: NDArray) -> tuple[NDArray, NDArray]:
        """How many steps each line has in the range, and about how many values."""
        low, high = self._ends
        all_of_them = np.ones(len(rows), bool)
        first, last = (last_step(rows, all_of_them, end, lines) for end in (np.minimum, np.maximum))
        whole = last - first + 1
        if self._ends == (-inf, inf):
            return whole, logged
        inside = drawn & (rows.x >= low) & (rows.x <= high)
        first, last = (last_step(rows, inside, end, lines) for end in (np.minimum, np.maximum))
        span = np.maximum(last - first + 1, 1)
        return span, logged * span / np.maximum(whole, 1)

    def _thin(
        self, lines: pd.DataFrame, rows: Rows, grain: NDArray, told: dict[str, NDArray], *, can_be_whole: NDArray
    ) -> set[int]:
        """Keep what is left of these lines; the numbers of those for which the rows were enough."""
        ordered = thinning.in_order(rows.line, rows.x, len(grain))
        is_raw = can_be_whole.all()
        found: Thinned = thinning.thin(rows, self._ends, self._number, np.where(ordered, grain, 1), ordered)
        good = np.isin(np.arange(len(grain)), lines.index)
        if not is_raw:
            good &= can_be_whole | ((found.in_range > self._number) & ordered)
        kept = good[found.rows.line]
        self._found.append((found.rows[kept], found.is_inside[kept]))
        told["in_range"][: len(grain)][good] = found.in_range[good]
        return set(np.flatnonzero(good).tolist())
