"""Journals as rows: what a record says, column by column, and what could not be read."""

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from mediastore import naming
from mediastore.errors import MediaStoreValueError
from mediastore.reader import lines, sql
from mediastore.reader.folders import Folder
from mediastore.reader.lines import Block
from mediastore.reader.state import Problem

_PLACES = pa.schema([("key", pa.string()), ("file", pa.string()), ("path", pa.string())])


STRETCH_BYTES = 16 * 2**20
BATCH_LINES = 512


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a run's journals as rows; `tables` maps each table to the temporary relation that holds its rows."""

    ends: Mapping[str, int]
    size: int
    lines: int
    tables: Mapping[str, str]
    problems: list[Problem]


class Parser:
    """Reads records with DuckDB's JSON functions, into temporary relations of a connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def stretches(
        self, folder: Folder, identity: tuple[str, str], names: Iterable[str], offsets: Mapping[str, int], lines: int
    ) -> Iterator[Stretch]:
        """What these journals of a run say beyond `offsets`; a stretch must be used before the next is asked for.

        lines: how many lines of the run were read before, which keeps the ids of items apart.
        """
        names = sorted(names)
        for is_metrics in (False, True):
            some = [name for name in names if name.startswith("metrics/") == is_metrics]
            for blocks in _gathered(folder, some, offsets):
                tables = (
                    self._metrics(blocks, folder.name, identity)
                    if is_metrics
                    else self._items(blocks, folder.name, lines)
                )
                stretch = Stretch(
                    {block.journal: block.end for block in blocks},
                    _size(blocks),
                    sum(block.lines.num_rows for block in blocks),
                    tables,
                    self._problems(blocks, folder.name),
                )
                lines += stretch.lines
                yield stretch

    def _items(self, blocks: list[Block], folder: str, lines_before: int) -> dict[str, str]:
        self._parse(blocks, "items")
        places = _places(folder, self._connection.execute(sql.text("place_files")).fetchall())
        self._connection.register("places", pa.Table.from_pylist(places, _PLACES))
        first_id = _first_id(folder) + lines_before
        self._connection.execute(sql.text("items"), {"folder": folder, "first_id": first_id})
        self._connection.execute(sql.text("read_items"))
        self._connection.execute(sql.text("annotations"))
        self._connection.execute(sql.text("problems_of_places"))
        return {"items": "read_items", "annotations": "read_annotations"}

    def _metrics(self, blocks: list[Block], folder: str, identity: tuple[str, str]) -> dict[str, str]:
        self._parse(blocks, "metrics")
        values = {"folder": folder, "project": identity[0], "run": identity[1]}
        self._connection.execute(sql.text("metrics"), values)
        return {"metrics": "read_metrics"}

    def _parse(self, blocks: list[Block], table: str) -> None:
        read = pa.concat_tables([block.lines for block in blocks])
        read = read.append_column("number", pa.array(range(read.num_rows), pa.int64()))
        # small batches, so that all threads share the work
        self._connection.register("lines", pa.Table.from_batches(read.to_batches(BATCH_LINES), read.schema))
        all_valid = self._connection.execute(sql.text("all_valid")).fetchall()[0][0]
        self._connection.execute(sql.text("lines_as_they_are" if all_valid else "valid_lines"))
        self._connection.execute(sql.text(f"parse_{table}"))
        self._connection.execute(sql.text(f"problems_of_{table}"))

    def _problems(self, blocks: list[Block], folder: str) -> list[Problem]:
        found = [(block.journal, *problem) for block in blocks for problem in block.problems]
        found += self._connection.execute('select journal, "offset", problem from problems_read').fetchall()
        return [Problem(f"{folder}/{journal}", position, problem) for journal, position, problem in sorted(found)]


def _gathered(folder: Folder, names: Iterable[str], offsets: Mapping[str, int]) -> Iterator[list[Block]]:
    """Blocks of several journals together, so that few statements read many small files."""
    blocks: list[Block] = []
    for name in names:
        for block in _readable(folder, name, offsets.get(name, 0)):
            blocks.append(block)
            if _size(blocks) >= STRETCH_BYTES:
                yield blocks
                blocks = []
    if blocks:
        yield blocks


def _readable(folder: Folder, name: str, start: int) -> Iterator[Block]:
    try:
        yield from lines.read(folder.path, name, start)
    except FileNotFoundError:
        return
    except OSError as error:
        problem = f"a journal must be readable, got {error.strerror}; mend its rights"
        yield Block(name, lines.SCHEMA.empty_table(), start, start, [(start, problem)])


def _size(blocks: Iterable[Block]) -> int:
    return sum(block.end - block.start for block in blocks)


def _first_id(folder: str) -> int:
    """Ids are unique in a store: 39 bits of the run's folder, then the number of the line in the run."""
    digest = hashlib.blake2b(folder.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest) >> 25 << 24


def _places(folder: str, found: list[tuple[str, str | None]]) -> list[dict[str, str | None]]:
    """Where the files of a key lie: a prefix for plain names (file None), the whole path for others ("" if outside)."""
    media = f"{folder}/media"
    prefixes = {key: f"{media}/{key_folder(key)}/" for key, _ in found}
    paths = [prefixes[key] if file is None else _resolved(prefixes[key], file, media) for key, file in found]
    return [{"key": key, "file": file, "path": path} for (key, file), path in zip(found, paths, strict=True)]


def key_folder(key: str) -> str:
    """The folder of a key below `media`; of one that no writer can have, that of the empty key."""
    try:
        return naming.encode_key(key)
    except MediaStoreValueError:
        return naming.encode_part("")


def _resolved(prefix: str, file: str, media: str) -> str:
    """A file relative to a sidecar's folder, as a path from the root; "" when it would leave the run's media."""
    path = posixpath.normpath(posixpath.join(prefix, file))
    lies = "\\" in file or "\0" in file or not path.startswith(f"{media}/") or not file.strip(".")
    return "" if lies else path
