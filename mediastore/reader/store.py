"""The reading side's public face: a store as frames, records and SQL."""

import os
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from mediastore import sidecar
from mediastore.errors import StoreFormatError
from mediastore.reader import folders, records, sort, sql
from mediastore.reader.database import TIME_LIMIT_S, Database, FilesReplaced
from mediastore.reader.edits import StoredRun, find_run
from mediastore.reader.filters import Conditions, Filters
from mediastore.reader.live import Live

MARK = "mediastore.json"
ROOT_VARIABLE = "MEDIASTORE_DIR"
DEFAULT_ROOT = "mediastore-runs"
Answer = TypeVar("Answer")
ITEM_COLUMNS = (
    "project run key step index kind path caption sample width height sample_rate channels duration_s fps frames codec "
    "columns rows bytes sha256 values problem time"
).split()
ANNOTATION_COLUMNS = (
    "project run key step index path sample layer type label score x0 y0 x1 y1 start_s end_s frame track text attrs "
    "rest"
).split()


class Store:
    """A folder of runs, read.

    root: the folder; by default MEDIASTORE_DIR, else ./mediastore-runs. It may be missing, empty or half written: then
    frames are empty. Raises StoreFormatError for a folder that holds something else, or was written by a later format.
    What is appended later is seen after `refresh()`. Methods may be called from many threads.
    """

    def __init__(self, root: str | os.PathLike[str] | None = None) -> None:
        given = Path(root if root is not None else os.environ.get(ROOT_VARIABLE) or DEFAULT_ROOT)
        self.root = given.resolve()
        self._unmarked = _check_mark(self.root)
        self._lock = threading.Lock()
        self._database = Database(self.root)
        self._live = Live(self.root, self._database)
        self._opened = secrets.token_hex(4)
        self._changes = 0
        self.refresh()

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"

    @property
    def version(self) -> str:
        """A text that changes whenever something new was read."""
        return f"{self._opened}-{self._changes}"

    def refresh(self) -> bool:
        """Read what was written since; whether there was anything. Costs what is new, not what is there."""
        with self._lock:
            changed = self._live.refresh()
            self._changes += changed
        return changed

    def sql(
        self, query: str, params: Sequence[Any] | Mapping[str, Any] = (), *, limit_s: float = TIME_LIMIT_S
    ) -> pd.DataFrame:
        """The answer to one select statement over the views runs, metrics, items and annotations.

        params: values for `?`, `$1` or `$name`. Raises QueryError: DuckDB's own sentence, or that it took over limit_s
        seconds.
        """
        return self._again(self._database.ask, query, params, limit_s)

    def runs(self, project: str | None = None, status: str | None = None) -> pd.DataFrame:
        """One row a run, oldest first; `ref` is `project/run`."""
        return self._frame(sql.text("runs"), {"project": project, "status": status})

    def run(self, name: str) -> StoredRun:
        """One run, to change its name, notes, tags, config or summary: `store.run("…").update(tags=["best"])`.

        name: the run's id, or "project/run". Raises NotFoundError unless that is one run.
        """
        return find_run(self.root, name)

    def metrics(self, name: str | Sequence[str] | None = None, *, run: Any = None, step: Any = None) -> pd.DataFrame:
        """One row a value: project, run, step, time, name, value, text; by run, name and step."""
        conditions = Conditions()
        where = conditions.of_metrics(Filters(run=run, step=step), name)
        return self._frame(sql.text("metric_rows").format(conditions=where), conditions.values)

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

    def metric_names(self, run: Any = None) -> list[str]:
        """The names of the metrics, sorted."""
        conditions = Conditions()
        where = conditions.of_metrics(Filters(run=run), None)
        rows = self._rows(sql.text("metric_names").format(conditions=where), conditions.values)
        return [name for (name,) in rows]

    def problems(self) -> pd.DataFrame:
        """One row a thing that could not be read: project, run, file, problem."""
        with self._lock:
            found = [("", "", MARK, problem) for problem in self._unmarked] + self._live.problems()
        return pd.DataFrame(found, columns=["project", "run", "file", "problem"], dtype="str")

    def _frame(self, query: str, values: Mapping[str, Any]) -> pd.DataFrame:
        return self._again(self._database.frame, query, values)

    def _rows(self, query: str, values: Mapping[str, Any]) -> list[tuple]:
        return self._again(self._database.rows, query, values)

    def _again(self, answer: Callable[..., Answer], *question: Any) -> Answer:
        """Ask once more when an indexer has replaced files meanwhile."""
        try:
            return answer(*question)
        except FilesReplaced:
            self.refresh()
            return answer(*question)


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


def _check_mark(root: Path) -> list[str]:
    """What to say of a root without its mark; an empty one needs none. Raises StoreFormatError for what is no store."""
    mark = root / MARK
    if mark.is_file():
        sidecar.parse(mark.read_bytes(), str(mark))
    elif root.exists() and not root.is_dir():
        raise StoreFormatError(f"a store must be a folder, got the file {root}; give the folder that holds it")
    elif root.is_dir() and any(not entry.name.startswith(".") for entry in root.iterdir()):
        if not folders.scan(root)[0]:
            raise StoreFormatError(
                f"a store must hold {MARK} or runs, got the folder {root} with neither; give one that a run wrote to"
            )
        return [f'{MARK} must be there, got none; write {{"format": {sidecar.FORMAT}}} into it']
    return []
