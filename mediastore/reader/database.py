"""DuckDB in memory, locked: it reads inside one folder, and no statement can write, attach, load or reach out."""

import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from mediastore.errors import QueryError
from mediastore.reader import sql

KINDS = ("items", "annotations", "metrics")
TIME_LIMIT_S = 60.0
_SUPERSEDED = sql.text("find_superseded").format(items="store.items")
_NOT_READING = "a query must be one select statement, got {found}; the store is read only"


class Database:
    """The four views over what was loaded. Queries may come from many threads, each sees one consistent state."""

    def __init__(self, root: Path, memory_limit: str = "2GB") -> None:
        config = {"memory_limit": memory_limit, "temp_directory": f"{tempfile.gettempdir()}/mediastore-query"}
        self._connection = duckdb.connect(config=config)
        self._connection.execute(sql.text("schema"))
        self._connection.execute("set allowed_directories = [$1]", [str(root)])
        self._connection.execute(sql.text("lock"))

    def frame(self, query: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> pd.DataFrame:
        """The answer to a query of ours."""
        with self._snapshot() as cursor:
            return _frame(cursor, query, values)

    def rows(self, query: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> list[tuple]:
        """The same as tuples."""
        with self._snapshot() as cursor:
            return cursor.execute(query, values).fetchall()

    def ask(self, query: str, values: Sequence[Any] | Mapping[str, Any], limit_s: float = TIME_LIMIT_S) -> pd.DataFrame:
        """The answer to a query of the user's. Raises QueryError with DuckDB's own sentence."""
        try:
            with self._snapshot() as cursor, _interrupted_after(limit_s, cursor):
                _check_reads_only(cursor, query)
                return _frame(cursor, query, values)
        except duckdb.InterruptException as error:
            raise QueryError(f"a query must end within {limit_s:g} s, got no end; ask for less") from error
        except duckdb.Error as error:
            raise QueryError(str(error)) from error

    @contextmanager
    def change(self) -> Iterator["Change"]:
        """One transaction of loading: readers see all of it or nothing."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("begin transaction")
            _name_segments(cursor)
            yield Change(cursor)
            cursor.execute("commit")
        finally:
            cursor.close()

    @contextmanager
    def _snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        try:
            cursor.execute("begin transaction read only")
            _name_segments(cursor)
            yield cursor
        finally:
            cursor.close()


class Change:
    """What loading may do inside a transaction."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def add(self, table: str, rows: pa.Table) -> None:
        """Append rows to a table of the loaded tail."""
        self._cursor.register("fresh", rows)
        self._cursor.execute(f"insert into store.live_{table} by name from fresh")
        if table == "items":
            self._cursor.execute(f"insert into store.superseded {_SUPERSEDED}")
        self._cursor.unregister("fresh")

    def forget(self, folder: str) -> None:
        """Drop all that was loaded of a run."""
        for table in ("segments", "superseded", "runs", *(f"live_{kind}" for kind in KINDS)):
            self._cursor.execute(f"delete from store.{table} where folder = $1", [folder])
        self._view_segments()

    def set_segments(self, folder: str, paths: Mapping[str, Sequence[str]], superseded: Sequence[int]) -> None:
        """Read a run's indexed part from these Parquet files."""
        rows = [(folder, kind, path) for kind in KINDS for path in paths.get(kind, ())]
        if rows:
            self._cursor.executemany("insert into store.segments values ($1, $2, $3)", rows)
        self._cursor.execute("insert into store.superseded select $1, unnest($2::bigint[])", [folder, list(superseded)])
        self._view_segments()

    def set_run(self, row: Sequence[Any]) -> None:
        """Replace the row of a run; the first value is its folder."""
        self._cursor.execute("delete from store.runs where folder = $1", [row[0]])
        marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        self._cursor.execute(f"insert into store.runs values ({marks})", list(row))

    def _view_segments(self) -> None:
        _name_segments(self._cursor)
        for kind in KINDS:
            some = self._cursor.execute("select count(*) from store.segments where kind = $1", [kind]).fetchone()[0]
            source = f"read_parquet(getvariable('{kind}_files'))" if some else f"store.live_{kind} limit 0"
            self._cursor.execute(f"create or replace view store.indexed_{kind} as from {source}")


def _name_segments(cursor: duckdb.DuckDBPyConnection) -> None:
    for kind in KINDS:
        cursor.execute(f"set variable {kind}_files = ({sql.text('segments_of')})", {"kind": kind})


def _check_reads_only(cursor: duckdb.DuckDBPyConnection, query: str) -> None:
    statements = cursor.extract_statements(query)
    if len(statements) != 1:
        raise QueryError(_NOT_READING.format(found=f"{len(statements)} statements"))
    if statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError(_NOT_READING.format(found=statements[0].type.name.lower().replace("_", " ")))


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
