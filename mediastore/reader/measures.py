"""Questions about runs and their metrics."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from mediastore.reader import curves, sql
from mediastore.reader.asking import Asking, at_once
from mediastore.reader.conditions import Conditions
from mediastore.reader.curves import Curves
from mediastore.reader.filters import OF_RUNS, Range, pick


class Measures(Asking):
    """The part of a store that tells of runs and metrics."""

    def runs(self, **filters: Any) -> pd.DataFrame:
        """One row a run, oldest first; `ref` is `project/run`.

        filters: run, project, status, tag, config, summary and where of `Filters`.
        """
        conditions = Conditions()
        where = conditions.of_runs(pick(OF_RUNS, filters, "runs"))
        return self._frame(sql.text("runs").format(conditions=where), conditions.values)

    def metrics(self, name: str | Sequence[str] | None = None, **filters: Any) -> pd.DataFrame:
        """One row a value: project, run, step, time, name, value, text; by run, name and step.

        filters: step, and run, project, status, tag, config, summary and where of `Filters`.
        """
        return self._frame(*_with_metrics("metric_rows", name, filters))

    def last_metrics(self, run: Any, step: int | None = None) -> pd.DataFrame:
        """One row a metric of a run: name, value, the last at `step` or before; None for the last of all."""
        asked = {"run": run} | ({} if step is None else {"step": (None, step)})
        return self._frame(*_with_metrics("last_metrics", None, asked))

    @at_once
    def metric_names(self, **filters: Any) -> list[str]:
        """The names of the metrics, sorted. filters: as of `metrics`; without a step they are known without a look."""
        if (wanted := pick(("step", *OF_RUNS), filters, "metrics")).step is not None:
            return [name for (name,) in self._rows(*_with_metrics("metric_names_at", None, filters))]
        conditions = Conditions()
        more = sql.text("metric_names_read") if self._rows("select 1 from store.unnamed limit 1", {}) else ""
        query = sql.text("metric_names").format(conditions=conditions.of_runs(wanted), unnamed=more)
        return [name for (name,) in self._rows(query, conditions.values)]

    @at_once
    def curves(
        self,
        names: str | Iterable[str],
        runs: Any = None,
        *,
        x: str = curves.STEP,
        points: int = curves.POINTS,
        range: Range | None = None,
        **filters: Any,
    ) -> Curves:
        """Metrics by x as lines of at most `points` points each, every one of them logged, no peak lost.

        names: one or several. runs: as the filter run. x: "step", "time" (seconds since 1970), "elapsed" (seconds
        since the run was created), or a metric, of which the value at the same step is taken. range: (first, last) of
        x to look closer at; None leaves an end open. filters: as of `metrics`.
        """
        wanted = pick(("step", *OF_RUNS), filters | {"run": runs}, "curves")
        return curves.ask(self._frame, self._arrays, names, wanted, x, points, range)


def _with_metrics(question: str, name: Iterable[str] | str | None, filters: dict[str, Any]) -> tuple[str, dict]:
    conditions = Conditions()
    where = conditions.of_metrics(pick(("step", *OF_RUNS), filters, "metrics"), name)
    return sql.text(question).format(conditions=where), conditions.values
