"""What loading may do to the tables behind the views, inside one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from mediastore.reader import sql
from mediastore.reader.parse import Parser, Stretch
from mediastore.reader.state import TABLES as KINDS

MASKED = ("items", "annotations")
NAME_FILES = sql.text("name_files")
_SUPERSEDED = sql.text("find_superseded").format(items="store.items", fresh="read_items")


class Change:
    """What loading may do inside a transaction: forget runs first, then set them, then add rows."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self.parser = Parser(cursor)

    def forget(self, folders: Sequence[str]) -> None:
        """Drop all that was loaded of these runs."""
        tables = ("segments", "superseded", "names", "unnamed", "runs", *(f"live_{kind}" for kind in KINDS))
        for table in tables if folders else ():
            self._cursor.execute(f"delete from store.{table} where folder in (select unnest($1))", [folders])

    def set_runs(self, rows: Sequence[Sequence[Any]]) -> None:
        """Replace the rows of these runs; the first value of each is its folder."""
        by_folder = {row[0]: row for row in rows}
        self._cursor.execute("delete from store.runs where folder in (select unnest($1::varchar[]))", [[*by_folder]])
        self._insert("runs", [*by_folder.values()])

    def set_segments(self, runs: Sequence[tuple[str, Sequence[tuple[str, str, str]], Sequence[int]]]) -> None:
        """Read the indexed part of runs from Parquet files: (folder, segments, superseded ids) of each.

        segments: (table, path, name of the segment).
        """
        self._insert("segments", [(name, *segment) for name, segments, _ in runs for segment in segments])
        self._insert("superseded", [(name, id) for name, _, superseded in runs for id in superseded])

    def set_names(self, runs: Mapping[str, Iterable[str] | None]) -> None:
        """The names of the metrics in what is indexed of runs, by folder; None where only the files tell them."""
        self._insert("names", [(folder, name) for folder, names in runs.items() for name in names or ()])
        self._insert("unnamed", [(folder,) for folder, names in runs.items() if names is None])

    def set_parts(self, paths: Mapping[str, Sequence[str]], segments: Iterable[str]) -> None:
        """Read these segments from the parts of a roll-up, whose paths these are by table."""
        self._cursor.execute("delete from store.parts")
        self._cursor.execute("delete from store.rolled")
        self._insert("parts", [(kind, path) for kind in paths for path in paths[kind]])
        self._insert("rolled", [(segment,) for segment in segments])

    def settle(self) -> None:
        """To be called once after the above: the views read what is there now."""
        self._cursor.execute(NAME_FILES)
        places = self._cursor.execute("select unnest(map_keys(getvariable('files')))").fetchall()
        rolled = "rolled_masked" if self._cursor.execute("from store.masked limit 1").fetchall() else "rolled"
        for kind in KINDS:
            known = [(kind, "loose"), (f"rolled_{kind}", rolled)]
            sources = [sql.text(source).format(place=place) for place, source in known if (place,) in places]
            source = " union all by name ".join(sources) or f"(from store.live_{kind} limit 0)"
            self._cursor.execute(f"create or replace view store.indexed_{kind} as {source}")

    def add(self, stretch: Stretch) -> None:
        """Append what was read of journals to what is held in memory."""
        for table, source in stretch.tables.items():
            self._cursor.execute(f"insert into store.live_{table} by name from {source}")
        if "items" in stretch.tables:
            self._cursor.execute(f"insert into store.superseded {_SUPERSEDED}")

    def mask(self, is_masked: bool) -> bool:
        """Have the views leave out what is superseded while there is such a row, and not look for it while not.

        is_masked: whether they do now. Returns whether they do from now on.
        """
        must = bool(self._cursor.execute("from store.superseded limit 1").fetchall())
        for kind in MASKED if must != is_masked else ():
            self._cursor.execute(sql.text("gathered_masked" if must else "gathered").format(kind=kind))
        return must

    def _insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            columns = {f"_{number}": pa.array(column) for number, column in enumerate(zip(*rows, strict=True))}
            self._cursor.register("given", pa.table(columns))
            self._cursor.execute(f"insert into store.{table} from given")
