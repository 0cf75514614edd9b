"""Metrics as lines of a bounded number of points, of which every one was logged and no peak is lost.

A line of more points than asked for is cut into buckets of equal width in x; of each its first, last, lowest and
highest point are kept, after Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data
Aggregation", VLDB 2014.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import pandas as pd

from mediastore.errors import MediaStoreValueError
from mediastore.reader import sql
from mediastore.reader.conditions import Conditions
from mediastore.reader.filters import Filters, Range, check_pair
from mediastore.reader.sql import curves as texts

POINTS = 2000
KEPT_A_BUCKET = 4
STEP, TIME, ELAPSED = "step", "time", "elapsed"
_BITS_MAX = 2**31
_PLACED = "select folder, name, step, value, {x} as x from ({values}) {joined}"
Rows = Callable[..., list[tuple]]
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
    rows: Rows, frame: Frame, names: Iterable[str] | str, filters: Filters, x: str, points: int, span: Range | None
) -> Curves:
    """The curves. A value logged again at its step replaces the earlier one, as items do."""
    if points < KEPT_A_BUCKET:
        raise MediaStoreValueError(f"points must be at least {KEPT_A_BUCKET}, got {points}; ask for more")
    if span is not None:
        check_pair("range", span)
    conditions = Conditions()
    low, high = span or (None, None)
    bound = {"low": -inf if low is None else low, "high": inf if high is None else high}
    where = conditions.of_metrics(filters, names)
    placed = _placed(rows, _values(rows, where, conditions.values), x, filters, conditions)
    bound |= conditions.values
    found = sql.text("curve_lines").format(placed=placed, drawable=texts.DRAWABLE, inside=texts.INSIDE)
    lines = frame(f"{found} order by line", bound)
    shown = frame(
        sql.text("curve_points").format(placed=placed, drawable=texts.DRAWABLE),
        bound | _bound(lines) | {"points": points, "buckets": max(1, points // KEPT_A_BUCKET)},
    )
    lines["shown"] = shown[shown["is_inside"]].groupby("line").size().reindex(lines["line"], fill_value=0).to_numpy()
    named = lines[["line", "project", "run", "name"]]
    return Curves(
        lines[["project", "run", "name", "logged", "not_finite", "in_range", "shown"]],
        named.merge(shown, on="line").drop(columns="line"),
    )


def _values(rows: Rows, where: str, bound: dict[str, Any]) -> str:
    """The values under a condition, each step's last one where a run logged a metric twice at one step."""
    values = sql.text("curve_values").format(conditions=where)
    ((low, high, lines),) = rows(sql.text("curve_span").format(values=values), bound)
    if not lines:
        return values
    is_narrow = (high - low + 1) * lines <= _BITS_MAX
    distinct = texts.DISTINCT_NARROW if is_narrow else texts.DISTINCT
    ends = {"step_least": low, "step_most": high} if is_narrow else {}
    repeats = rows(sql.text("curve_repeats").format(values=values, distinct_steps=distinct), bound | ends)
    return sql.text("curve_values_once").format(conditions=where) if repeats else values


def _placed(rows: Rows, values: str, x: str, filters: Filters, conditions: Conditions) -> str:
    if x in texts.X:
        return _PLACED.format(values=values, **texts.X[x])
    other = Conditions()
    where = f"{other.of_metrics(filters, None)} and name = $x"
    other.values["x"] = x
    joined = texts.JOINED_METRIC.format(values=_values(rows, where, other.values))
    conditions.values |= other.values
    return _PLACED.format(values=values, x="other", joined=joined)


def _bound(lines: pd.DataFrame) -> dict[str, Sequence[Any]]:
    wanted = {"folders": "folder", "names": "name", "lines": "line", "x_lows": "x_low", "x_highs": "x_high"}
    return {name: lines[column].tolist() for name, column in (wanted | {"counts": "in_range"}).items()}
