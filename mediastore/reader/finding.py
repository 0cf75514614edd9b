"""Annotations found across runs, keys and steps: how many of each kind there are, a page of them, all of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import pandas as pd
import pyarrow as pa

from mediastore.reader import sql
from mediastore.reader.asking import Asking, at_once
from mediastore.reader.questions import ANNOTATION_COLUMNS
from mediastore.reader.search import BINS_OF_ORDERS, ORDERS, Range, Search

BINS = 40
RUNS_TOGETHER = 24
"""So many runs are counted with the labels, keys and bins of each, which reads the annotations once, not twice."""
FACETS = ("labels", "layers", "keys", "runs", "scores", "found")
TIES = 'step desc, project, run, key, "index", position'
_AMONG = {"labels": "label", "layers": "layer", "keys": "key"}
_RANGES = {
    "score": "score",
    "steps": "step",
    "area": "(x1 - x0) * (y1 - y0)",
    "aspect": "(x1 - x0) / nullif(y1 - y0, 0)",
}
_TEXT = "contains(lower(concat_ws(' ', text, sample, label)), lower($text))"
_IN_VIEW = "from runs where list_contains($view::varchar[], project || '/' || run)"
# The first half lets DuckDB leave out what lies elsewhere, which it does for single columns alone.
_VIEW = f"run in (select run {_IN_VIEW}) and (project, run) in (select (project, run) {_IN_VIEW})"


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is in the runs in view: how many annotations, and the lowest and highest of each of `_RANGES`."""

    annotations: int = 0
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def scores(self) -> tuple[float, float]:
        """The range that a histogram of scores covers: 0..1 where all lie in it."""
        low, high = self.ranges.get("score", (0.0, 1.0))
        return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high if high > low else low + 1)


@dataclass(frozen=True, slots=True)
class Spread:
    """How many are found, and how they spread: by label, layer, key and run as (name, count), most frequent first.

    The counts of each are under all other filters; their order is that of all that is in view. scores: how many lie in
    each of the BINS equal parts of `Extent.scores`, under all other filters.
    """

    found: int = 0
    names: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    scores: Sequence[int] = ()


class Finding(Asking):
    """The part of a store that finds annotations across runs, keys and steps."""

    def extent(self, view: Sequence[str]) -> Extent:
        """What there is to find in these runs, `project/run`."""
        asked = self._asked(view)
        query = sql.text("find_extent").format(view=asked.view)
        ((count, *ends),) = self._rows(query, asked.values)
        pairs = zip(_RANGES, zip(ends[::2], ends[1::2], strict=True), strict=True)
        return Extent(count, {name: (float(low), float(high)) for name, (low, high) in pairs if low is not None})

    def spread(self, search: Search, within: Extent) -> Spread:
        """How the annotations in view spread, in one question. `within` is the extent of the search's view."""
        asked = self._asked(search.view)
        rest = [asked.within(name, getattr(search, name)) for name in ("steps", "area", "aspect")]
        conditions = {
            "view": asked.view,
            "label": asked.among("labels", search.labels, "label"),
            "layer": asked.among("layers", search.layers, "layer"),
            "own_label": asked.named("labels", search.labels),
            "own_layer": asked.named("layers", search.layers),
            "key": asked.among("keys", search.keys, "key"),
            "run": asked.of_runs(search.runs),
            "score": asked.within("score", search.score),
            "rest": " and ".join([*rest, asked.text(search.text)]),
        }
        is_together = len(search.view) <= RUNS_TOGETHER
        runs_counted = sql.text("find_spread_together" if is_together else "find_spread_apart").format(**conditions)
        folder = "folder" if is_together else "null::varchar"
        query = sql.text("find_spread").format(**conditions, folder=folder, runs_counted=runs_counted)
        low, high = within.scores
        rows = self._rows(query, {**asked.values, "bins": BINS, "low": low, "high": high})
        by_facet = {facet: [(name, int(n or 0)) for kind, name, _, n in rows if kind == facet] for facet in FACETS}
        bins = {int(place): count for place, count in by_facet.pop("scores")}
        ((_, found),) = by_facet.pop("found")
        return Spread(found, by_facet, [bins.get(place, 0) for place in range(BINS)] if bins else ())

    @at_once
    def find(self, search: Search, *, limit: int | None = None, offset: int = 0) -> list[dict[str, Any]]:
        """Rows of `annotations` with their item's kind, width, height, caption and problem. What is missing is None."""
        query, values = self._rows_of(search, limit, offset)
        rows = self._dicts(query, values)
        if not rows:
            return []
        places = {name: list({row[name] for row in rows}) for name in ("run", "step", "key", "index")}
        ends = {"first": min(places["step"]), "last": max(places["step"])}
        items = {_item_of(item): item for item in self._dicts(sql.text("find_items"), places | ends)}
        return [row | items.get(_item_of(row), {}) for row in rows]

    def find_all(self, search: Search) -> Iterator[pa.RecordBatch]:
        """Every row of `annotations` that is found, in batches, the first of them empty: it tells the columns."""
        return self._batches(*self._rows_of(search))

    def find_pictures(self, search: Search) -> Iterator[pa.RecordBatch]:
        """Every picture on which something is found: file_name, width, height, what names it, sample, caption."""
        where, values = self._conditions(search)
        return self._batches(sql.text("find_pictures").format(conditions=where), values)

    def item_at(self, path: str) -> tuple[Any, ...] | None:
        """What names the item whose media lie at this path: project, run, key, step, index. None where there is none.

        Of several the one of the latest step.
        """
        found = self._rows(sql.text("item_at_path"), {"path": path})
        return found[0] if found else None

    def table_columns(self) -> pd.DataFrame:
        """One row a column of the tables that SQL sees: table, column, type."""
        return self._frame(sql.text("table_columns"), {})

    def _rows_of(self, search: Search, limit: int | None = None, offset: int = 0) -> tuple[str, dict[str, Any]]:
        name, direction = search.sort.removeprefix("-"), "desc" if search.sort.startswith("-") else "asc"
        where, values = self._conditions(search)
        if limit is not None and offset:
            bins = sql.text("find_bins").format(
                place=ORDERS[name], conditions=where, bin=BINS_OF_ORDERS.get(name, "place"), direction=direction
            )
            near, ends, offset = _part(self._rows(bins, values), limit, offset)
            where, values = f"{where} and {near.format(place=ORDERS[name])}", values | ends
        query = sql.text("find_rows").format(
            columns=", ".join(ANNOTATION_COLUMNS),
            conditions=where,
            order=f"{ORDERS[name]} {direction} nulls last, {TIES}",
        )
        return query, values | {"limit": limit, "offset": offset}

    def _conditions(self, search: Search) -> tuple[str, dict[str, Any]]:
        asked = self._asked([ref for ref in search.view if ref in search.runs] if search.runs else search.view)
        found = [asked.view] + [asked.named(name, getattr(search, name)) for name in _AMONG]
        found += [asked.within(name, getattr(search, name)) for name in _RANGES]
        return " and ".join([*found, asked.text(search.text)]), asked.values

    def _asked(self, view: Sequence[str]) -> "_Asked":
        return _Asked(view if self._rows(sql.text("runs_beyond"), {"view": list(view)}) else None)


def _part(bins: Sequence[tuple[Any, Any, int]], limit: int, offset: int) -> tuple[str, dict[str, Any], int]:
    """The condition on a `place` that a part of the rows and few others satisfy, what it binds, the offset among them.

    So that a part deep within costs no more than one near the beginning. bins: (lowest, highest, count), in order.
    """
    ends = list(accumulate(count for *_, count in bins))
    first, last = bisect_right(ends, offset), bisect_left(ends, offset + limit)
    near = bins[first : last + 1]
    known = [end for low, high, _ in near if low is not None for end in (low, high)]
    texts = ["{place} between $part_low and $part_high"] if known else []
    texts += ["{place} is null"] if any(low is None for low, *_ in near) else []
    known.sort(key=lambda end: (end != end, end))  # NaN is the largest, as in DuckDB
    values = {"part_low": known[0], "part_high": known[-1]} if known else {}
    return f"({' or '.join(texts) or 'false'})", values, offset - (ends[first - 1] if first else 0)


def _item_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("project", "run", "key", "step", "index"))


class _Asked:
    """Conditions as SQL, and the values that they bind."""

    def __init__(self, runs: Sequence[str] | None) -> None:
        """runs: those in view, None where all are."""
        self.values: dict[str, Any] = {} if runs is None else {"view": list(runs)}
        self.view = "true" if runs is None else _VIEW

    def among(self, name: str, wanted: Sequence[str], column: str) -> str:
        bound = {f"{name}_{number}": value for number, value in enumerate(wanted)}
        self.values |= bound
        return f"{column} in ({', '.join(f'${mark}' for mark in bound)})" if bound else "true"

    def named(self, name: str, wanted: Sequence[str]) -> str:
        """The names wanted, of which "" stands for none; without it row groups that have none of them are left out."""
        column = _AMONG[name]
        return self.among(name, wanted, f"coalesce({column}, '')" if "" in wanted else column)

    def of_runs(self, wanted: Sequence[str]) -> str:
        ref = self.among("runs", wanted, "project || '/' || run")
        return f"folder in (select folder from store.runs where {ref})" if wanted else "true"

    def within(self, name: str, wanted: Range | None) -> str:
        ends = zip(("low", "high"), (">=", "<="), wanted or (None, None), strict=True)
        given = {end: (sign, value) for end, sign, value in ends if value is not None}
        self.values |= {f"{name}_{end}": value for end, (_, value) in given.items()}
        return " and ".join(f"{_RANGES[name]} {sign} ${name}_{end}" for end, (sign, _) in given.items()) or "true"

    def text(self, wanted: str) -> str:
        if not wanted:
            return "true"
        self.values["text"] = wanted
        return _TEXT
