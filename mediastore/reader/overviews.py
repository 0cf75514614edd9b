"""What is known of runs from afar: a picture each, and at which steps they have how much."""

from typing import Any

import pandas as pd

from mediastore.reader import sql
from mediastore.reader.asking import Asking
from mediastore.reader.conditions import Conditions
from mediastore.reader.filters import Filters


class Overviews(Asking):
    """The part of a store that tells of runs as wholes."""

    def latest_pictures(self) -> pd.DataFrame:
        """One row a run that has an image or video that can be shown: ref (`project/run`), path of the latest."""
        return self._frame(sql.text("latest_pictures"), {})

    def step_counts(self, **filters: Any) -> pd.DataFrame:
        """One row a run and step: ref (`project/run`), step, items that `Filters(**filters)` accepts."""
        conditions = Conditions()
        where = conditions.of_items(Filters(**filters))
        return self._frame(sql.text("step_counts").format(conditions=where), conditions.values)

    def item_places(self, **filters: Any) -> list[tuple[int, int]]:
        """(step, index) of every item that `Filters(**filters)` accepts, in that order."""
        conditions = Conditions()
        where = conditions.of_items(Filters(**filters))
        return self._rows(sql.text("item_places").format(conditions=where), conditions.values)

    def layers(self, **filters: Any) -> pd.DataFrame:
        """One row a run, key, layer and type: also annotations, items, first_step, last_step."""
        conditions = Conditions()
        where = conditions.of_annotations(Filters(**filters))
        return self._frame(sql.text("evaluable").format(conditions=where), conditions.values)

    def sample_counts(self, **filters: Any) -> pd.DataFrame:
        """One row a sample: sample, items that `Filters(**filters)` accepts."""
        conditions = Conditions()
        where = conditions.of_items(Filters(**filters))
        return self._frame(sql.text("sample_counts").format(conditions=where), conditions.values)

    def media_numbers(self, key: str, run: Any = None) -> pd.DataFrame:
        """One row a run, step and number that the media of a key carry: ref, step, sort, name, layer, value.

        sort: value (mean of the items' values of that name), duration (mean, seconds), count (of a label and layer, an
        item), score (mean, of a label and layer). A label that a run has at some step counts 0 where it is not.
        """
        conditions = Conditions()
        filters = Filters(key=key, run=run)
        query = sql.text("media_numbers").format(
            items=conditions.of_items(filters), annotations=conditions.of_annotations(filters)
        )
        return self._frame(query, conditions.values)

    def media_files(self, key: str, run: Any = None, *, kind: Any = None, limit: int | None = None) -> pd.DataFrame:
        """One row an item of a key that has a file: ref, step, path, kind, found (how many there are).

        The first item of every step comes first, then the second of every step, and so on: a limit takes of each.
        """
        conditions = Conditions({"limit": limit})
        where = conditions.of_items(Filters(key=key, run=run, kind=kind))
        return self._frame(sql.text("media_files").format(items=where), conditions.values)
