"""Questions about items and annotations: which, how many, of what kinds and labels."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mediastore.reader import records, sort, sql
from mediastore.reader.asking import Asking
from mediastore.reader.filters import Conditions, Filters

ITEM_COLUMNS = (
    "project run key step index kind path caption sample width height sample_rate channels duration_s fps frames codec "
    "columns rows bytes sha256 values problem time"
).split()
ANNOTATION_COLUMNS = (
    "project run key step index path sample layer type label score x0 y0 x1 y1 start_s end_s frame track text attrs "
    "rest"
).split()


class Questions(Asking):
    """The part of a store that tells of items and annotations."""

    def items(
        self,
        *,
        sort: str = "step",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
        **filters: Any,
    ) -> pd.DataFrame:
        """One row an item that `Filters(**filters)` accepts.

        sort: a column, "score" (of the best annotation that the filters accept) or "values.<name>".
        """
        columns = ", ".join(ITEM_COLUMNS)
        return self._frame(*_item_query(columns, Filters(**filters), sort, descending, limit, offset))

    def count(self, **filters: Any) -> int:
        """How many items `Filters(**filters)` accepts, exactly."""
        return self._rows(*_with_items("count_items", filters))[0][0]

    def annotations(
        self,
        *,
        sort: str = "step",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
        **filters: Any,
    ) -> pd.DataFrame:
        """One row an annotation that `Filters(**filters)` accepts."""
        conditions = Conditions()
        query = sql.text("annotation_rows").format(
            columns=", ".join(ANNOTATION_COLUMNS),
            conditions=conditions.of_annotations(Filters(**filters)),
            order=_order_of_annotations(sort, descending),
        )
        return self._frame(query, {**conditions.values, "limit": limit, "offset": offset})

    def records(
        self,
        *,
        sort: str = "step",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
        **filters: Any,
    ) -> list[dict[str, Any]]:
        """The sidecars of the items that `Filters(**filters)` accepts, whole, each with its `path` from the root."""
        query = _item_query(records.COLUMNS, Filters(**filters), sort, descending, limit, offset)
        return records.read(self.root, self._rows(*query))

    def keys(self, run: Any = None) -> pd.DataFrame:
        """One row a key and kind: key, kind, items, first_step, last_step."""
        return self._frame(*_with_items("keys", {"run": run}))

    def steps(self, **filters: Any) -> list[int]:
        """The steps at which there are items that `Filters(**filters)` accepts, in order."""
        return [step for (step,) in self._rows(*_with_items("steps", filters))]

    def labels(self, **filters: Any) -> pd.DataFrame:
        """One row a label and layer: label, layer, annotations, items, score_min, score_max; by first appearance."""
        return self._frame(*_with_annotations("labels", filters))

    def label_names(self, **filters: Any) -> list[str]:
        """Every label by first appearance: what `labels()` tells without its counts, ten times as fast."""
        return [label for (label,) in self._rows(*_with_annotations("label_names", filters))]


_order_of_items, _order_of_annotations = sort.of_items, sort.of_annotations


def _item_query(
    columns: str, filters: Filters, sort: str, descending: bool, limit: int | None, offset: int
) -> tuple[str, dict[str, Any]]:
    conditions = Conditions()
    where = conditions.of_items(filters)
    values = conditions.values | {"limit": limit, "offset": offset}
    order = _order_of_items(sort, descending, values)
    scores = sql.text("best_scores").format(conditions=conditions.of_annotations(filters)) if sort == "score" else ""
    return sql.text("item_rows").format(columns=columns, scores=scores, conditions=where, order=order), values


def _with_items(name: str, filters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    conditions = Conditions()
    where = conditions.of_items(Filters(**filters))
    return sql.text(name).format(conditions=where), conditions.values


def _with_annotations(name: str, filters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    conditions = Conditions()
    where = conditions.of_annotations(Filters(**filters))
    return sql.text(name).format(conditions=where), conditions.values
