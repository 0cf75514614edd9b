"""Questions about runs and their metrics."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mediastore.reader import sql
from mediastore.reader.asking import Asking
from mediastore.reader.filters import Conditions, Filters


class Measures(Asking):
    """The part of a store that tells of runs and metrics."""

    def runs(self, project: str | None = None, status: str | None = None) -> pd.DataFrame:
        """One row a run, oldest first; `ref` is `project/run`."""
        return self._frame(sql.text("runs"), {"project": project, "status": status})

    def metrics(self, name: str | Sequence[str] | None = None, *, run: Any = None, step: Any = None) -> pd.DataFrame:
        """One row a value: project, run, step, time, name, value, text; by run, name and step."""
        conditions = Conditions()
        where = conditions.of_metrics(Filters(run=run, step=step), name)
        return self._frame(sql.text("metric_rows").format(conditions=where), conditions.values)

    def metric_names(self, run: Any = None) -> list[str]:
        """The names of the metrics, sorted."""
        conditions = Conditions()
        where = conditions.of_metrics(Filters(run=run), None)
        rows = self._rows(sql.text("metric_names").format(conditions=where), conditions.values)
        return [name for (name,) in rows]
