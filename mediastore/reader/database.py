"""DuckDB in memory, locked: it reads inside one folder, and no statement can write, attach, load or reach out."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from mediastore import scratch
from mediastore.errors import QueryError
from mediastore.reader import sql
from mediastore.reader.change import NAME_FILES, Change

TIME_LIMIT_S = 60.0
BATCH_ROWS = 20_000
SPILL_MAX = "8GB"
INTEGER_MAX = 2**63 - 1
INTERRUPTED = "a query must be let run to its end, got an interrupt; ask again"
_NOT_READING = "a query must be one select statement, got {found}; the store is read only"


_OF_FILES = (
    duckdb.Error,
    duckdb.FatalException,
    duckdb.IOException,
    duckdb.InternalException,
    duckdb.InvalidInputException,
    duckdb.OutOfMemoryException,
    duckdb.SerializationException,
)
"""What DuckDB raises for noise in Parquet, some of it without the name of a file."""


class FilesUnread(QueryError):
    """A file could not be read: an indexer has replaced it since the last refresh, or it is damaged.

    are_named: whether that is sure, for DuckDB named one.
    """

    def __init__(self, error: duckdb.Error) -> None:
        super().__init__(str(error))
        self.are_named = ".parquet" in str(error)


class Database:
    """The views over what was loaded, and the tables behind them in the schema `store`.

    Queries may come from many threads; each sees one consistent state.
    """

    def __init__(self, root: Path, memory_limit: str = "256MB") -> None:
        config = {
            "memory_limit": memory_limit,
            "temp_directory": str(scratch.place("query")),
            "max_temp_directory_size": SPILL_MAX,
            "preserve_insertion_order": False,
        }
        self._connection = duckdb.connect(config=config)
        self._asking: dict[duckdb.DuckDBPyConnection, int] = {}
        self._asking_lock = threading.Lock()
        self._pinned = threading.local()
        self._is_masked = True
        self._connection.execute(sql.text("bookkeeping"))
        self._connection.execute(sql.text("tables").format(prefix="store.live_"))
        self._connection.execute(sql.text("macros"))
        self._connection.execute(sql.text("views"))
        self._connection.execute(sql.text("views_of_evaluations"))
        self._connection.execute("set allowed_directories = [$1]", [str(root)])
        self._connection.execute(sql.text("lock"))

    @property
    def is_pinned(self) -> bool:
        """Whether this thread asks inside `pinned`."""
        return getattr(self._pinned, "cursor", None) is not None

    def frame(self, query: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> pd.DataFrame:
        """The answer to a query of ours."""
        with self._snapshot() as cursor:
            return _frame(cursor, query, _bindable(values))

    def rows(self, query: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> list[tuple]:
        """The same as tuples."""
        with self._snapshot() as cursor:
            return cursor.execute(query, _bindable(values)).fetchall()

    def dicts(self, query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The same as a dictionary a row; what is missing or not a number is None."""
        with self._snapshot() as cursor:
            answer = cursor.execute(query, _bindable(values))
            names = [name for name, *_ in answer.description]
            return [
                {name: None if value != value else value for name, value in zip(names, row, strict=True)}
                for row in answer.fetchall()
            ]

    def arrays(self, query: str, values: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
        """The same as one array a column; none of its values may be missing."""
        with self._snapshot() as cursor:
            return cursor.execute(query, _bindable(values)).fetchnumpy()

    def ask(self, query: str, values: Sequence[Any] | Mapping[str, Any], limit_s: float = TIME_LIMIT_S) -> pd.DataFrame:
        """The answer to a query of the user's. Raises QueryError with DuckDB's own sentence."""
        began = time.monotonic()
        try:
            with self._snapshot() as cursor, _interrupted_after(limit_s, cursor), self._interruptible(cursor):
                _check_reads_only(cursor, query)
                return _frame(cursor, query, values)
        except duckdb.InterruptException as error:
            if time.monotonic() - began < limit_s:
                raise QueryError(INTERRUPTED) from error
            raise QueryError(f"a query must end within {limit_s:g} s, got no end; ask for less") from error
        except UnicodeEncodeError as error:
            raise QueryError(f"a query must be text that UTF-8 can hold, got {error.object[error.start]!r}") from error
        except duckdb.Error as error:
            raise QueryError(str(error)) from error

    def batches(self, query: str, values: Mapping[str, Any]) -> Iterator[pa.RecordBatch]:
        """The answer to a query of ours, a part at a time, after an empty batch that tells the columns."""
        with self._snapshot() as cursor:
            reader = cursor.sql(query, params=values).to_arrow_reader(BATCH_ROWS)
            yield pa.RecordBatch.from_pylist([], schema=reader.schema)
            yield from reader

    def fill(self, table: str, folder: str, frames: Iterable[pd.DataFrame]) -> None:
        """Replace a run's rows of a table that is made from evaluations."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("begin transaction")
            cursor.execute(f"delete from store.{table} where folder = $1", [folder])
            for frame in frames:
                cursor.register("given", pa.Table.from_pandas(frame.assign(folder=folder), preserve_index=False))
                cursor.execute(f"insert into store.{table} by name from given")
            cursor.execute("commit")
        finally:
            cursor.close()

    def interrupt(self, thread: int | None = None) -> None:
        """End what `ask` is answering now, of one thread or of all; it raises QueryError."""
        with self._asking_lock:
            for cursor, asking in self._asking.items():
                if thread in (None, asking):
                    cursor.interrupt()

    @contextmanager
    def _interruptible(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        with self._asking_lock:
            self._asking[cursor] = threading.get_ident()
        try:
            yield
        finally:
            with self._asking_lock:
                self._asking.pop(cursor, None)

    @contextmanager
    def change(self) -> Iterator["Change"]:
        """One transaction of loading: readers see all of it or nothing."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("begin transaction")
            cursor.execute(NAME_FILES)
            change = Change(cursor)
            yield change
            is_masked = change.mask(self._is_masked)
            cursor.execute("commit")
            self._is_masked = is_masked
        finally:
            cursor.close()

    def compact(self) -> None:
        """Give back what deleted rows hold: a table in memory keeps the place of every row until a checkpoint."""
        with suppress(duckdb.TransactionException):  # somebody else's turn; the next one gives it back
            self._connection.cursor().execute("checkpoint")

    @contextmanager
    def pinned(self) -> Iterator[None]:
        """All that this thread asks inside is answered from what is there now, whatever is loaded meanwhile."""
        before = getattr(self._pinned, "cursor", None)
        with self._snapshot() as cursor:
            self._pinned.cursor = cursor
            try:
                yield
            finally:
                self._pinned.cursor = before

    @contextmanager
    def _snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        pinned = getattr(self._pinned, "cursor", None)
        cursor = pinned or self._connection.cursor()
        try:
            if pinned is None:
                cursor.execute("begin transaction read only")
                cursor.execute(NAME_FILES)
            yield cursor
        except duckdb.Error as error:
            if type(error) not in _OF_FILES:
                raise
            raise FilesUnread(error) from error
        finally:
            if pinned is None:
                cursor.close()


def _check_reads_only(cursor: duckdb.DuckDBPyConnection, query: str) -> None:
    kinds = [statement.type.name.lower().replace("_", " ") for statement in cursor.extract_statements(query)]
    if kinds != ["select"]:
        raise QueryError(_NOT_READING.format(found=kinds[0] if len(kinds) == 1 else f"{len(kinds)} statements"))


def _bindable(value: Any) -> Any:
    """A value as DuckDB can hold it. No step is beyond 64 bits, no text holds half a pair."""
    if isinstance(value, int) and not isinstance(value, bool):
        return min(max(value, -INTEGER_MAX), INTEGER_MAX)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {name: _bindable(one) for name, one in value.items()}
    return [_bindable(one) for one in value] if isinstance(value, (list, tuple)) else value


def _frame(cursor: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | Sequence[Any]) -> pd.DataFrame:
    answer = cursor.execute(query, values)
    texts = {column[0] for column in answer.description if str(column[1]) in ("VARCHAR", "JSON", "STRING")}
    frame = answer.df()
    return frame.astype({name: "str" for name in frame.columns if name in texts and frame[name].dtype == object})


@contextmanager
def _interrupted_after(limit_s: float, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    timer = threading.Timer(limit_s, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
