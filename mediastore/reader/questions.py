"""Questions about items and annotations: which, how many, of what kinds and labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mediastore.reader import facets, records, sql
from mediastore.reader import sort as orders
from mediastore.reader.asking import Asking, at_once
from mediastore.reader.conditions import Conditions
from mediastore.reader.facets import BINS, Cubes, Facets
from mediastore.reader.filters import Filters
from mediastore.reader.sort import Order

ITEM_COLUMNS = (
    "project run key step index kind path caption sample width height sample_rate channels duration_s fps frames codec "
    "columns rows bytes sha256 values problem time"
).split()
ANNOTATION_COLUMNS = (
    "project run key step index position path sample layer type label score x0 y0 x1 y1 start_s end_s frame track "
    "text attrs rest"
).split()
RANKS = {"score": "best", "count": "coalesce(fitting, 0)", "disagreement": "rank"}
OF_EVALUATIONS = ("disagreement",)
TOLD_BY_ANNOTATIONS = ("score", "count", "step", "time", "key", "index", "sample", "project", "run")
PAGE_ITEMS = 24


@dataclass(frozen=True, slots=True)
class Page:
    """Sidecars, each with its `path`; `after` begins the next page, None on the last; of `found` items in all."""

    records: list[dict[str, Any]]
    after: str | None
    found: int


class Questions(Asking):
    """The part of a store that tells of items and annotations."""

    version: str
    _cubes: Cubes

    def items(
        self,
        *,
        sort: str = "step",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
        after: str | None = None,
        **filters: Any,
    ) -> pd.DataFrame:
        """One row an item that `Filters(**filters)` accepts.

        sort: a column, "values.<name>", of the annotations that the filters accept "score" (the best) or "count", or
        "disagreement" of predictions and truth: 1 - F1 of the item at an overlap of 0.5, from the lowest score asked.
        after: `items(…).attrs["after"]` of the rows before, None in it when they were the last; it costs the same
        however deep, and nothing comes twice or is passed over while the store grows. offset counts rows instead.
        """
        order = self._order_of_items(sort, descending)
        query = _item_query(", ".join(ITEM_COLUMNS), Filters(**filters), order, limit, offset, after)
        return _paged(self._frame(*query), order, limit)

    def records(
        self,
        *,
        sort: str = "step",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
        after: str | None = None,
        **filters: Any,
    ) -> list[dict[str, Any]]:
        """The sidecars of what `items` tells, whole, each with its `path` from the root."""
        order = self._order_of_items(sort, descending)
        return self._records(_item_query(records.COLUMNS, Filters(**filters), order, limit, offset, after))

    def page(
        self,
        *,
        sort: str = "step",
        descending: bool = False,
        limit: int = PAGE_ITEMS,
        after: str | None = None,
        **filters: Any,
    ) -> Page:
        """`limit` sidecars, what begins the next page, and how many items there are in all."""
        wanted = Filters(**filters)
        order = self._order_of_items(sort, descending)
        rows = self._rows(*_item_query(records.COLUMNS, wanted, order, limit + 1, 0, after))
        shown = rows[:limit]
        more = order.token(shown[-1][records.WIDTH :]) if len(rows) > limit else None
        return Page(records.read(self.root, [row[: records.WIDTH] for row in shown]), more, self.count(**filters))

    def count(self, **filters: Any) -> int:
        """How many items `Filters(**filters)` accepts, exactly."""
        if Filters(**filters).on_annotations_alone:
            return self._rows(*_with_annotations("count_fitting_items", filters))[0][0]
        return self._rows(*_with_items("count_items", filters))[0][0]

    @at_once
    def facets(self, *, bins: int = BINS, **filters: Any) -> Facets:
        """Exact counts by label, layer, score, key, kind and run of what `Filters(**filters)` accepts, at once.

        bins: how many of equal width the scores from 0 to 1 fall into, or from the lowest to the highest beyond.
        """
        wanted = Filters(**filters)
        common = facets.open_to_choice(wanted)
        cube = self._cubes.of(lambda: self.version, common, bins, lambda: facets.cube(self._frame, common, bins))
        return facets.ask(self._frame, wanted, cube, bins)

    def annotations(
        self,
        *,
        sort: str = "step",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
        after: str | None = None,
        **filters: Any,
    ) -> pd.DataFrame:
        """One row an annotation that `Filters(**filters)` accepts. sort: a column. after: as in `items`."""
        conditions = Conditions({"limit": limit, "offset": offset})
        order = orders.of_annotations(sort, descending)
        where = conditions.of_annotations(Filters(**filters))
        query = sql.text("annotation_rows").format(
            columns=", ".join(ANNOTATION_COLUMNS),
            place=order.place,
            conditions=where if after is None else f"{where} and {order.after(after, conditions.values)}",
            order=order.order_by(),
        )
        return _paged(self._frame(query, conditions.values), order, limit)

    def keys(self, **filters: Any) -> pd.DataFrame:
        """One row a key and kind: key, kind, items, first_step, last_step."""
        return self._frame(*_with_items("keys", filters))

    def steps(self, **filters: Any) -> list[int]:
        """The steps at which there are items that `Filters(**filters)` accepts, in order."""
        return [step for (step,) in self._rows(*_with_items("steps", filters))]

    def labels(self, **filters: Any) -> pd.DataFrame:
        """One row a label and layer: label, layer, annotations, items, score_min, score_max; by first appearance."""
        return self._frame(*_with_annotations("labels", filters))

    def label_names(self, **filters: Any) -> list[str]:
        """Every label by first appearance: what `labels()` tells without its counts, ten times as fast."""
        return [label for (label,) in self._rows(*_with_annotations("label_names", filters))]

    def _order_of_items(self, sort: str, descending: bool) -> Order:
        if sort in OF_EVALUATIONS:
            self._fill_views_of("matches")
        return orders.of_items(sort, descending, RANKS)

    def _records(self, query: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        return records.read(self.root, [row[: records.WIDTH] for row in self._rows(*query)])


def _item_query(
    columns: str, filters: Filters, order: Order, limit: int | None, offset: int, after: str | None
) -> tuple[str, dict[str, Any]]:
    conditions = Conditions({"limit": limit, "offset": offset, **order.bound})
    is_ranked = order.name in RANKS and order.name not in OF_EVALUATIONS
    where, rows = "true", "store.items"
    if limit is not None and order.name in TOLD_BY_ANNOTATIONS and filters.on_annotations_alone:
        rows = _fitting_items(conditions, filters)
    else:
        where = conditions.of_items(filters, has_annotation=is_ranked)
        rows += f"\n{_ranks(conditions, filters, order, is_ranked)}"
    query = sql.text("item_rows" if limit is None else "item_page").format(
        columns=columns,
        place=order.place,
        rows=rows,
        conditions=where if after is None else f"{where} and {order.after(after, conditions.values)}",
        order=order.order_by(),
        order_again=order.order_by(by_place=True),
    )
    return query, conditions.values


def _ranks(conditions: Conditions, filters: Filters, order: Order, is_ranked: bool) -> str:
    if is_ranked:
        side = "inner" if filters.on_annotations else "left"
        return sql.text("rank_by_fitting").format(side=side, fitting=_fitting_items(conditions, filters))
    if order.name in OF_EVALUATIONS:
        conditions.values["lowest_score"] = (filters.score or (None, None))[0] or 0.0
        return sql.text(f"rank_by_{order.name}")
    return ""


def _fitting_items(conditions: Conditions, filters: Filters) -> str:
    return sql.text("fitting_items").format(conditions=conditions.of_annotations(filters))


def _paged(frame: pd.DataFrame, order: Order, limit: int | None) -> pd.DataFrame:
    places = [name for name in frame.columns if name.startswith(orders.PLACE)]
    ended = limit is None or len(frame) < limit or frame.empty
    last = None if ended else [_python(frame[name].iloc[-1]) for name in places]
    shown = frame.drop(columns=places)
    shown.attrs["after"] = None if last is None else order.token(tuple(last))
    return shown


def _python(value: Any) -> Any:
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value


def _with_items(name: str, filters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    conditions = Conditions()
    where = conditions.of_items(Filters(**filters))
    return sql.text(name).format(conditions=where), conditions.values


def _with_annotations(name: str, filters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    conditions = Conditions()
    where = conditions.of_annotations(Filters(**filters))
    return sql.text(name).format(conditions=where), conditions.values
