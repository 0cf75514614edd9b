"""What a filter leaves to choose from: counts by label, layer, score, key, kind and run, out of two small cubes."""

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


def ask(frame: Frame, filters: Filters, bins: int) -> Facets:
    """The facets, by one statement; by a second one where scores leave 0..1, so that the bins span them all."""
    found = _facets(frame, filters, bins, (0.0, 1.0), "score")
    if found.score is None or (found.score[0] >= 0 and found.score[1] <= 1):
        return found
    finite = "if(isfinite(score), score, null)"
    found = _facets(frame, filters, bins, (0.0, 1.0), finite)
    low, high = found.score or (0.0, 1.0)
    return _facets(frame, filters, bins, (min(low, 0.0), max(high, 1.0)), finite)


def _facets(ask: Frame, filters: Filters, bins: int, span: tuple[float, float], score: str) -> Facets:
    cells = ask(*_query(filters, bins, span, score))
    boxes, items = (cells[cells["facet"] == name] for name in ("annotations", "items"))
    drawn = boxes[_fits(boxes, filters, "label") & _fits(boxes, filters, "layer")]
    scored = drawn[drawn["bin"].notna()]
    named = ["run", "key", "kind"]
    fits = {name: _fits(items, filters, name) for name in named}
    others = {name: items[_all(fits[other] for other in named if other != name)] for name in named}
    return Facets(
        total=int(cells.loc[cells["facet"] == "total", "counted"].iloc[0]),
        found=int(items.loc[_all(fits.values()), "counted"].sum()),
        labels=_counted(boxes[boxes["is_in_range"] & _fits(boxes, filters, "layer")], ["label"], "annotations"),
        layers=_counted(boxes[boxes["is_in_range"] & _fits(boxes, filters, "label")], ["layer"], "annotations"),
        scores=_histogram(scored, bins, span),
        unscored=int(drawn.loc[drawn["bin"].isna(), "counted"].sum()),
        score=(float(scored["low"].min()), float(scored["high"].max())) if len(scored) else None,
        keys=_counted(others["key"], ["key", "kind"], "items"),
        kinds=_counted(others["kind"], ["kind"], "items"),
        runs=_counted(others["run"], ["project", "run"], "items"),
    )


def _query(filters: Filters, bins: int, span: tuple[float, float], score: str) -> tuple[str, dict[str, Any]]:
    conditions = Conditions({"bins": bins, "low": span[0], "bins_a_unit": bins / (span[1] - span[0])})
    query = sql.text("facets").format(
        annotations=conditions.of_annotations(filters.without("label", "layer", "score")),
        items=conditions.of_items(filters.without("run", "key", "kind")),
        in_range=conditions.of_score(filters),
        score=score,
    )
    return query, conditions.values


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
