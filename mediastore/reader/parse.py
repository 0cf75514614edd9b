"""Journals as rows: what a record says, column by column, and what could not be read."""

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from mediastore import naming
from mediastore.errors import MediaStoreValueError
from mediastore.reader import lines as journal_lines
from mediastore.reader import sql
from mediastore.reader.folders import Folder
from mediastore.reader.lines import Block
from mediastore.reader.state import Problem

_PLACES = pa.schema([(name, pa.string()) for name in ("folder", "key", "file", "path")])
STRETCH_BYTES = 16 * 2**20
BATCH_LINES = 512
METRICS_WEIGH = 2  # a byte of metrics makes so much more memory than one of items


@dataclass(frozen=True, slots=True)
class Source:
    """Journals of a run to be read beyond `offsets`. lines: those of the run read before, from which ids go on."""

    folder: Folder
    identity: tuple[str, str]
    names: Iterable[str]
    offsets: Mapping[str, int]
    lines: int


@dataclass(frozen=True, slots=True)
class Portion:
    """What a stretch holds of one run."""

    folder: str
    ends: Mapping[str, int]
    size: int
    lines: int
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the journals of some runs as rows; `tables` maps each table to its temporary relation."""

    tables: Mapping[str, str]
    portions: list[Portion]


class Parser:
    """Reads records with DuckDB's JSON functions, into temporary relations of a connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def stretches(self, sources: Iterable[Source]) -> Iterator[Stretch]:
        """What these journals say, of small runs many at once; a stretch must be used before the next is asked for."""
        lines: dict[str, int] = {}
        for found in _gathered(sources):
            tables: dict[str, str] = {}
            problems = [(source.folder.name, block.journal, *one) for source, block in found for one in block.problems]
            ids = []
            for source, block in found:
                before = lines.get(source.folder.name, source.lines)
                ids.append(_first_id(source.folder.name) + before)
                lines[source.folder.name] = before + block.lines.num_rows
            for kind, read in (("metrics", self._metrics), ("items", self._items)):
                some = [(*one, id) for one, id in zip(found, ids, strict=True) if _is_of(one[1], kind)]
                if some:
                    tables |= read(some)
                    problems += self._connection.execute(sql.text("problems_read")).fetchall()
            yield Stretch(tables, _portions(found, problems))
            self._connection.execute(sql.text("let_go"))

    def _items(self, found: list[tuple[Source, Block, int]]) -> dict[str, str]:
        self._parse(found, "items")
        places = _places(self._connection.execute(sql.text("place_files")).fetchall())
        self._connection.register("places", pa.Table.from_pylist(places, _PLACES))
        self._connection.execute(sql.text("items"))
        has_rest = self._connection.execute(sql.text("has_rest")).fetchall()[0][0]
        raw, rest = (sql.text(f"{name}_{'kept' if has_rest else 'none'}") for name in ("raw", "rest"))
        if has_rest:
            self._connection.execute(sql.text("raw_annotations"))
        self._connection.execute(sql.text("annotations").format(raw=raw, rest=rest))
        if any(place["path"] == "" for place in places):
            self._connection.execute(sql.text("problems_of_places"))
        return {"items": "read_items", "annotations": "read_annotations"}

    def _metrics(self, found: list[tuple[Source, Block, int]]) -> dict[str, str]:
        self._parse(found, "metrics")
        identities = {source.folder.name: source.identity for source, *_ in found}
        rows = [(folder, *identity) for folder, identity in identities.items()]
        columns = dict(zip(("folder", "project", "run"), map(list, zip(*rows, strict=True)), strict=True))
        self._connection.register("identities", pa.table(columns))
        self._connection.execute(sql.text("metrics"))
        self._connection.execute("drop table parsed")
        return {"metrics": "read_metrics"}

    def _parse(self, found: list[tuple[Source, Block, int]], table: str) -> None:
        read = pa.concat_tables([_placed(block.lines, source.folder.name, id) for source, block, id in found])
        # small batches, so that all threads share the work
        self._connection.register("lines", pa.Table.from_batches(read.to_batches(BATCH_LINES), read.schema))
        all_valid = self._connection.execute(sql.text("all_valid")).fetchall()[0][0]
        self._connection.execute(sql.text("lines_as_they_are" if all_valid else "valid_lines"))
        self._connection.execute(sql.text(f"parse_{table}"))
        self._connection.execute(sql.text(f"problems_of_{table}"))


def _is_of(block: Block, kind: str) -> bool:
    return block.journal.startswith("metrics/") == (kind == "metrics")


def _placed(lines: pa.Table, folder: str, first_id: int) -> pa.Table:
    ids = np.arange(first_id, first_id + lines.num_rows, dtype=np.int64)
    return lines.append_column("folder", pa.repeat(folder, lines.num_rows)).append_column(
        "id", journal_lines.arrow(ids)
    )


def _portions(found: list[tuple[Source, Block]], problems: list[tuple]) -> list[Portion]:
    blocks: dict[str, list[Block]] = {}
    for source, block in found:
        blocks.setdefault(source.folder.name, []).append(block)
    told: dict[str, list[Problem]] = {folder: [] for folder in blocks}
    for folder, journal, position, sentence in sorted(problems):
        told[folder].append(Problem(f"{folder}/{journal}", position, sentence))
    return [
        Portion(
            folder,
            {block.journal: block.end for block in some},
            _size(some),
            sum(block.lines.num_rows for block in some),
            told[folder],
        )
        for folder, some in blocks.items()
    ]


def _gathered(sources: Iterable[Source]) -> Iterator[list[tuple[Source, Block]]]:
    """Blocks of several journals and runs together, so that few statements read many small files."""
    found: list[tuple[Source, Block]] = []
    size = 0
    for source in sources:
        for name in sorted(source.names):
            for block in _readable(source.folder, name, source.offsets.get(name, 0)):
                found.append((source, block))
                size += (block.end - block.start) * (METRICS_WEIGH if _is_of(block, "metrics") else 1)
                if size >= STRETCH_BYTES:
                    yield found
                    found, size = [], 0
    if found:
        yield found


def _readable(folder: Folder, name: str, start: int) -> Iterator[Block]:
    try:
        yield from journal_lines.read(folder.path, name, start)
    except FileNotFoundError:
        return
    except OSError as error:
        problem = f"a journal must be readable, got {error.strerror}; mend its rights"
        yield Block(name, journal_lines.SCHEMA.empty_table(), start, start, [(start, problem)])


def _size(blocks: Iterable[Block]) -> int:
    return sum(block.end - block.start for block in blocks)


def _first_id(folder: str) -> int:
    """Ids are unique in a store: 39 bits of the run's folder, then the number of the line in the run."""
    digest = hashlib.blake2b(folder.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest) >> 25 << 24


def _places(found: list[tuple[str, str, str | None]]) -> list[dict[str, str | None]]:
    """Where the files of a key lie: a prefix for plain names (file None), the whole path for others ("" if outside)."""
    places = []
    for folder, key, file in found:
        media = f"{folder}/media"
        prefix = f"{media}/{key_folder(key)}/"
        path = prefix if file is None else _resolved(prefix, file, media)
        places.append({"folder": folder, "key": key, "file": file, "path": path})
    return places


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
