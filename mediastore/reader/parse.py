"""Journals as rows: what a record says, column by column, and what could not be read."""

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from mediastore import naming
from mediastore.errors import MediaStoreValueError
from mediastore.reader import lines, sql
from mediastore.reader.folders import Folder
from mediastore.reader.state import Problem

_PLACES = pa.schema([("key", pa.string()), ("file", pa.string()), ("path", pa.string())])
_OUTSIDE = "file must stay inside the run's media folder, got {file!r}; it is not followed"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by table (`items` and `annotations`, or `metrics`) of a stretch of a journal, and what was wrong in it."""

    journal: str
    tables: Mapping[str, pa.Table]
    problems: list[Problem]
    start: int
    end: int
    lines: int


class Parser:
    """Reads records with DuckDB's JSON functions. Not thread-safe."""

    def __init__(self, memory_limit: str = "1GB") -> None:
        config = {"memory_limit": memory_limit, "python_enable_replacements": False, "preserve_insertion_order": False}
        self.connection = duckdb.connect(config=config)

    def journal(
        self, folder: Folder, identity: tuple[str, str], journal: str, start: int, rows_before: int
    ) -> Iterator[Rows]:
        """What a journal of a run says from byte `start` on; `rows_before` lines of the run were read before."""
        file = f"{folder.name}/{journal}"
        for block in lines.read(folder.path / journal, start):
            if journal.startswith("metrics/"):
                tables, found = self._metrics(block.lines, folder.name, identity)
            else:
                tables, found = self._items(block.lines, folder.name, journal, _first_id(folder.name) + rows_before)
            problems = [Problem(file, *problem) for problem in sorted(block.problems + found)]
            yield Rows(journal, tables, problems, block.start, block.end, block.lines.num_rows)
            rows_before += block.lines.num_rows

    def _items(self, read: pa.Table, folder: str, journal: str, first_id: int) -> tuple[dict, list[tuple[int, str]]]:
        problems = self._parse(read, "items")
        places, outside = _places(folder, self._table(sql.text("place_files")).to_pylist())
        self.connection.register("places", pa.Table.from_pylist(places, _PLACES))
        items = self._table(sql.text("items"), {"folder": folder, "journal": journal, "first_id": first_id})
        self.connection.register("parsed_items", items)
        problems += [problem for place in outside for problem in self._problems_of(*place)]
        return {"items": items, "annotations": self._table(sql.text("annotations"))}, problems

    def _metrics(self, read: pa.Table, folder: str, identity: tuple[str, str]) -> tuple[dict, list[tuple[int, str]]]:
        problems = self._parse(read, "metrics")
        values = {"folder": folder, "project": identity[0], "run": identity[1]}
        return {"metrics": self._table(sql.text("metrics"), values)}, problems

    def _parse(self, read: pa.Table, table: str) -> list[tuple[int, str]]:
        self.connection.register("lines", read)
        try:
            self.connection.execute(sql.text(f"parse_{table}"))
        except duckdb.InvalidInputException:
            self.connection.register("lines", self._table(sql.text("valid_lines")))
            self.connection.execute(sql.text(f"parse_{table}"))
        unreadable = self._table(sql.text(f"problems_of_{table}"))
        self.connection.register("unreadable", unreadable)
        return [(row["offset"], row["problem"]) for row in unreadable.to_pylist()]

    def _problems_of(self, key: str, file: str) -> list[tuple[int, str]]:
        found = self._table(sql.text("records_of_file"), {"key": key, "file": file})
        return [(offset, _OUTSIDE.format(file=file)) for offset in found["offset"].to_pylist()]

    def _table(self, query: str, values: Mapping[str, Any] | None = None) -> pa.Table:
        return self.connection.sql(query, params=values).to_arrow_table()


def _first_id(folder: str) -> int:
    """Ids are unique in a store: 39 bits of the run's folder, then the number of the line in the run."""
    digest = hashlib.blake2b(folder.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest) >> 25 << 24


def _places(folder: str, found: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Where the files of a key lie: a prefix for plain names (file None), the whole path for others ("" if outside)."""
    media = f"{folder}/media"
    places, outside = [], []
    for row in found:
        prefix = f"{media}/{_key_folder(row['key'])}/"
        path = prefix if row["file"] is None else _resolved(prefix, row["file"], media)
        if not path:
            outside.append((row["key"], row["file"]))
        places.append({**row, "path": path})
    return places, outside


def _key_folder(key: str) -> str:
    try:
        return naming.encode_key(key)
    except MediaStoreValueError:
        return naming.encode_part("")


def _resolved(prefix: str, file: str, media: str) -> str:
    """A file relative to a sidecar's folder, as a path from the root; "" when it would leave the run's media."""
    path = posixpath.normpath(posixpath.join(prefix, file))
    lies = "\\" in file or "\0" in file or not path.startswith(f"{media}/") or not file.strip(".")
    return "" if lies else path
