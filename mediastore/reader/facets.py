"""What a filter leaves to choose from: counts by label, layer, score, key, kind and run, out of small cubes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mediastore.reader import sql
from mediastore.reader.conditions import Conditions
from mediastore.reader.filters import Filters

BINS = 20
Frame = Callable[..., pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Facets:
    """Exact counts. Each facet leaves its own filter open and obeys all others: it tells what else could be chosen.

    total: items in the store; found: those that all filters accept.
    labels: label, annotations; the most frequent first. layers: layer, annotations. A name that is missing is NA.
    scores: label, low, high, annotations: the histogram of each label, bins without annotations left out; low is
    inclusive, high exclusive but for the last. unscored: annotations without a (finite) score. score: the lowest and
    highest, None where there is none.
    keys: key, kind, items. kinds: kind, items. runs: project, run, items.
    """

    total: int
    found: int
    labels: pd.DataFrame
    layers: pd.DataFrame
    scores: pd.DataFrame
    unscored: int
    score: tuple[float, float] | None
    keys: pd.DataFrame
    kinds: pd.DataFrame
    runs: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Cube:
    """Annotations counted by label, layer and bin of their score; the bins divide `span`."""

    cells: pd.DataFrame
    span: tuple[float, float]


class Cubes:
    """The cubes that were asked for last. A label, layer or score that is chosen does not change them."""

    def __init__(self, kept: int = 16) -> None:
        self._cubes: OrderedDict[str, Cube] = OrderedDict()
        self._kept = kept
        self._lock = threading.Lock()

    def of(self, version: Callable[[], str], filters: Filters, bins: int, make: Callable[[], Cube]) -> Cube:
        """The cube of these filters at this version of the store, kept or made."""
        before = version()
        name = f"{before} {bins} {filters.given!r}"
        with self._lock:
            if found := self._cubes.get(name):
                self._cubes.move_to_end(name)
                return found
        made = make()
        if version() == before:
            with self._lock:
                self._cubes[name] = made
                while len(self._cubes) > self._kept:
                    self._cubes.popitem(last=False)
        return made


def ask(frame: Frame, filters: Filters, cube: Cube, bins: int) -> Facets:
    """The facets out of the cube of `open_to_choice(filters)`, and of what is counted anew."""
    boxes, span = cube.cells, cube.span
    reaching = boxes if filters.score is None else frame(*_in_range(filters))
    cells = frame(*_items(filters))
    items = cells[cells["facet"] == "items"]
    drawn = boxes[_fits(boxes, filters, "label") & _fits(boxes, filters, "layer")]
    scored = drawn[drawn["bin"].notna()]
    named = ["run", "key", "kind"]
    fits = {name: _fits(items, filters, name) for name in named}
    others = {name: items[_all(fits[other] for other in named if other != name)] for name in named}
    return Facets(
        total=int(cells.loc[cells["facet"] == "total", "counted"].iloc[0]),
        found=int(items.loc[_all(fits.values()), "counted"].sum()),
        labels=_counted(reaching[_fits(reaching, filters, "layer")], ["label"], "annotations"),
        layers=_counted(reaching[_fits(reaching, filters, "label")], ["layer"], "annotations"),
        scores=_histogram(scored, bins, span),
        unscored=int(drawn.loc[drawn["bin"].isna(), "counted"].sum()),
        score=(float(scored["low"].min()), float(scored["high"].max())) if len(scored) else None,
        keys=_counted(others["key"], ["key", "kind"], "items"),
        kinds=_counted(others["kind"], ["kind"], "items"),
        runs=_counted(others["run"], ["project", "run"], "items"),
    )


def open_to_choice(filters: Filters) -> Filters:
    """The filters without those whose values the cube of annotations counts."""
    return filters.without("label", "layer", "score")


def cube(frame: Frame, filters: Filters, bins: int) -> Cube:
    """Counted at once where scores lie in 0..1, else once more, so that the bins span them all."""
    found = _cube(frame, filters, bins, (0.0, 1.0), "score")
    low, high = found.cells["low"].min(), found.cells["high"].max()
    if not (low < 0 or high > 1):
        return found
    finite = "if(isfinite(score), score, null)"
    cells = _cube(frame, filters, bins, (0.0, 1.0), finite).cells
    return _cube(frame, filters, bins, (min(cells["low"].min(), 0.0), max(cells["high"].max(), 1.0)), finite)


def _cube(frame: Frame, filters: Filters, bins: int, span: tuple[float, float], score: str) -> Cube:
    conditions = Conditions({"bins": bins, "low": span[0], "bins_a_unit": bins / (span[1] - span[0])})
    query = sql.text("facets_of_annotations").format(conditions=conditions.of_annotations(filters), score=score)
    return Cube(frame(query, conditions.values), span)


def _in_range(filters: Filters) -> tuple[str, dict[str, Any]]:
    conditions = Conditions()
    where = conditions.of_annotations(filters.without("label", "layer"))
    return sql.text("facets_in_range").format(conditions=where), conditions.values


def _items(filters: Filters) -> tuple[str, dict[str, Any]]:
    conditions = Conditions()
    where = conditions.of_items(filters.without("run", "key", "kind"))
    return sql.text("facets_of_items").format(conditions=where), conditions.values


def _fits(cells: pd.DataFrame, filters: Filters, name: str) -> "pd.Series[bool]":
    wanted = getattr(filters, name)
    if wanted is None:
        return pd.Series(True, index=cells.index)
    fits = cells[name].isin(wanted)
    return fits | (cells["project"] + "/" + cells["run"]).isin(wanted) if name == "run" else fits


def _all(conditions: Any) -> "pd.Series[bool]":
    first, *others = conditions
    for other in others:
        first = first & other
    return first


def _counted(cells: pd.DataFrame, names: Sequence[str], what: str) -> pd.DataFrame:
    counts = cells.groupby(list(names), dropna=False)["counted"].sum().astype("int64").rename(what).reset_index()
    order = {what: False} | dict.fromkeys(names, True)
    return counts.sort_values(list(order), ascending=list(order.values()), kind="stable", ignore_index=True)


def _histogram(scored: pd.DataFrame, bins: int, span: tuple[float, float]) -> pd.DataFrame:
    counts = scored.groupby(["label", "bin"], dropna=False)["counted"].sum().astype("int64").reset_index()
    for edge, beyond in (("low", 0), ("high", 1)):
        counts[edge] = span[0] + (counts["bin"] + beyond) * (span[1] - span[0]) / bins
    return counts.rename(columns={"counted": "annotations"})[["label", "low", "high", "annotations"]]
