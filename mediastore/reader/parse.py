"""Lines of journals as rows: what a record says, column by column, and what could not be read."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from mediastore import naming
from mediastore.errors import MediaStoreValueError
from mediastore.reader import sql

ID_BITS = 24
_PLACES = pa.schema([("key", pa.string()), ("file", pa.string()), ("path", pa.string())])
_OUTSIDE = "file must stay inside the run's media folder, got {file!r}; it is not followed"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the tables by name (`items` and `annotations`, or `metrics`), and (byte position, sentence) problems."""

    tables: Mapping[str, pa.Table]
    problems: list[tuple[int, str]]


class Parser:
    """Reads records with DuckDB's JSON functions. Not thread-safe."""

    def __init__(self, memory_limit: str = "1GB") -> None:
        self._connection = duckdb.connect(config={"memory_limit": memory_limit, "python_enable_replacements": False})

    def items(self, lines: pa.Table, *, folder: str, journal: str, first_id: int) -> Rows:
        """Items and their annotations of a run's `folder`; ids follow `first_id`."""
        problems = self._parse(lines, "items", "item")
        found = self._rows(sql.text("place_files"))
        places, outside = _places(folder, found)
        problems += self._outside(outside)
        self._connection.register("places", pa.Table.from_pylist(places, _PLACES))
        values = {"folder": folder, "journal": journal, "first_id": first_id}
        items = self._table(sql.text("items"), values)
        self._connection.register("parsed_items", items)
        return Rows({"items": items, "annotations": self._table(sql.text("annotations"))}, problems)

    def metrics(self, lines: pa.Table, *, folder: str, project: str, run: str) -> Rows:
        """Metric values; their project and run are those of the run, since the lines do not repeat them."""
        problems = self._parse(lines, "metrics", "metric")
        values = {"folder": folder, "project": project, "run": run}
        return Rows({"metrics": self._table(sql.text("metrics"), values)}, problems)

    def _parse(self, lines: pa.Table, kind: str, one: str) -> list[tuple[int, str]]:
        self._connection.register("lines", lines)
        self._connection.execute(sql.text(f"parse_{kind}"))
        unreadable = self._table(sql.text(f"{one}_problems"))
        self._connection.register("unreadable", unreadable)
        return [(row["offset"], row["problem"]) for row in unreadable.to_pylist()]

    def _outside(self, outside: list[tuple[str, str]]) -> list[tuple[int, str]]:
        found = []
        for key, file in outside:
            rows = self._rows(sql.text("records_of_file"), {"key": key, "file": file})
            found += [(row["offset"], _OUTSIDE.format(file=file)) for row in rows]
        return found

    def _table(self, query: str, values: Mapping[str, Any] | None = None) -> pa.Table:
        return self._connection.sql(query, params=values).to_arrow_table()

    def _rows(self, query: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        return self._table(query, values).to_pylist()


def _places(folder: str, found: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Where the files of a key lie: the prefix for plain names (file None), the whole path for others."""
    places, outside = [], []
    for row in found:
        media = f"{folder}/media"
        try:
            prefix = f"{media}/{naming.encode_key(row['key'])}/"
        except MediaStoreValueError:
            prefix = f"{media}/"
        if row["file"] is None:
            path = prefix
        elif not (path := _resolved(prefix, row["file"], media)):
            outside.append((row["key"], row["file"]))
        places.append({**row, "path": path})
    return places, outside


def _resolved(prefix: str, file: str, media: str) -> str:
    """A file relative to a sidecar's folder, as a path from the root; "" when it would leave the run's media."""
    path = posixpath.normpath(posixpath.join(prefix, file))
    lies = "\\" in file or "\0" in file or not path.startswith(f"{media}/") or not file.strip(".")
    return "" if lies else path
