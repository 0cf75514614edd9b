"""The roll-up at the root of a store: the segments of many runs, merged into few large sorted Parquet files.

A segment never changes under its name, so a roll-up says which segments its parts hold and needs no more to be right:
a segment that no run's index names any more (its run was removed, moved or indexed anew) is not read from a part, and
one that no part holds is read from its run. Derived: it may be deleted at any time.
"""

import contextlib
import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from mediastore import files
from mediastore.reader import damage, folders, sql, state
from mediastore.reader.folders import Folder, Signature
from mediastore.reader.state import Segment, State

VERSION = 3
FOLDER = ".index"
LOOSE_MAX = 200
PART_BYTES = 256 * 2**20
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Part(Segment):
    """The rows of many segments; `segments` are the bytes of journals behind each."""

    segments: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seal:
    """What a run's folder looked like when all of its index was in the parts, and what its index said."""

    index: Signature
    journals: Mapping[str, tuple[int, float]]
    known: State

    @property
    def segments(self) -> set[str]:
        """The names of the run's segments that hold rows."""
        return {segment.name for segment in self.known.segments if segment.files}


@dataclass(slots=True)
class Rollup:
    """All that a roll-up says of itself. retired: files that only slow readers may still use, since when."""

    version: int = VERSION
    parts: list[Part] = field(default_factory=list)
    seals: dict[str, Seal] = field(default_factory=dict)
    retired: dict[str, float] = field(default_factory=dict)

    @property
    def segments(self) -> set[str]:
        """The names of the segments that the parts hold."""
        return {name for part in self.parts for name in part.segments}

    def paths(self, root: Path, table: str) -> list[str]:
        """The Parquet files of a table."""
        return [str(part.path(root / FOLDER, table)) for part in self.parts if table in part.files]

    def keep_true_seals(self) -> None:
        """Let go of the seals of runs that are not wholly in the parts."""
        held = self.segments
        self.seals = {name: seal for name, seal in self.seals.items() if held.issuperset(seal.segments)}

    def sealed(self, folder: Folder, identity: tuple[str, str]) -> State | None:
        """The index of a run whose folder is as it was when it was rolled up: no file of it has to be opened."""
        seal = self.seals.get(folder.name)
        if seal is None or seal.known.identity != identity or seal.index != folder.index:
            return None
        return seal.known if seal.journals == _journals(folder) else None


def signature(root: Path) -> Signature | None:
    """What tells the state of a roll-up from a later one."""
    return folders.signature(root / FOLDER / state.FILE)


def load(root: Path) -> Rollup | None:
    """The roll-up of a store if it can be trusted: ours and whole."""
    try:
        rollup = _parsed(json.loads(files.read_record(root / FOLDER / state.FILE)))
        return rollup if rollup.version == VERSION and state.are_whole(rollup.parts, root / FOLDER) else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def update(
    root: Path,
    indexes: Sequence[tuple[Folder, State]],
    connection: duckdb.DuckDBPyConnection,
    *,
    progress: Progress = lambda _: None,
) -> None:
    """Take the segments of these indexes, which are all of the store's, into the roll-up once they are many.

    progress: called with the number of journal bytes rolled up since the last call; `pending` tells of how many.
    Raises OSError when the folder cannot be written.
    """
    state.check_is_ours(root / FOLDER)
    rolling = _Rolling(root, indexes, connection)
    with contextlib.suppress(state.Overtaken), _as_os_error():
        for batch in rolling.batches():
            progress(rolling.merge(batch))
        rolling.seal()
        state.clear(root / FOLDER, rolling.kept(), rolling.rollup.retired)


def damaged(root: Path) -> list[Path]:
    """The files of parts that are not what was written, which costs reading all of them."""
    known = load(root) or Rollup()
    return damage.damaged(damage.files_of(known.parts, root / FOLDER))


def let_go_of_damaged(root: Path) -> bool:
    """Let go of parts that are not what was written, which costs reading all; whether there were any."""
    known = load(root) or Rollup()
    found = [part for part in known.parts if damage.damaged(damage.files_of([part], root / FOLDER))]
    if found:
        with contextlib.suppress(state.Overtaken):
            _Rolling(root, (), None).let_go(found)
    return bool(found)


def pending(root: Path, indexes: Sequence[tuple[Folder, State]]) -> int:
    """How many bytes of journals stand behind what `update` would take in."""
    held = (load(root) or Rollup()).segments
    segments = [segment for _, known in indexes for segment in known.segments if segment.files]
    loose = [segment.source_bytes for segment in segments if segment.name not in held]
    return sum(loose) if len(loose) > LOOSE_MAX else 0


class _Rolling:
    def __init__(
        self, root: Path, indexes: Sequence[tuple[Folder, State]], connection: duckdb.DuckDBPyConnection | None
    ) -> None:
        self._indexes = indexes
        self._path = root / FOLDER
        self._connection = connection
        self._saved = state.content(self._path)
        self.rollup = load(root) or Rollup()
        self._wanted = {
            segment.name: (folder, segment) for folder, known in indexes for segment in known.segments if segment.files
        }

    def batches(self) -> Iterator[list[str]]:
        """The segments to take in, some at a time; parts that are dead for the most part are let go before."""
        dead = [part for part in self.rollup.parts if 2 * self._living(part) <= part.source_bytes]
        held = {name for part in self.rollup.parts if part not in dead for name in part.segments}
        loose = [name for name in self._wanted if name not in held]
        if dead:
            self.let_go(dead)
        if len(loose) <= LOOSE_MAX:
            return
        batch, size = [], 0
        for name in loose:
            batch.append(name)
            size += self._wanted[name][1].source_bytes
            if size >= PART_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def merge(self, batch: list[str]) -> int:
        """Write a part of these segments and of the newest small parts; the bytes of journals behind the segments."""
        fresh = {name: self._wanted[name][1].source_bytes for name in batch}
        size = sum(fresh.values())
        merged = state.to_merge(self.rollup.parts, size, PART_BYTES)
        older = {name: size for part in merged for name, size in part.segments.items() if name in self._wanted}
        self._connection.register("alive", pa.table({"segment": pa.array(list(older), pa.string())}))
        name = secrets.token_hex(8)
        self._path.mkdir(exist_ok=True)
        sizes = {table: self._write(name, table, batch, merged) for table in state.TABLES}
        whole = fresh | older
        files_of = {table: size for table, size in sizes.items() if size}
        digests = state.digests(self._path, name, files_of)
        self._replace(merged, Part(name, sum(whole.values()), files_of, digests, segments=whole))
        return size

    def let_go(self, parts: Iterable[Part]) -> None:
        """Have no segment in these parts any more."""
        self._replace(parts, None)

    def seal(self) -> None:
        """Note which runs are wholly in the parts, so that their own index needs no look."""
        self.rollup.seals = {
            folder.name: Seal(folder.index, _journals(folder), known.without_strays())
            for folder, known in self._indexes
            if folder.index
        }
        self.rollup.keep_true_seals()
        self._save()

    def kept(self) -> set[str]:
        """The names of the files that the roll-up needs."""
        return {path.name for part in self.rollup.parts for path in part.paths(self._path)}

    def _living(self, part: Part) -> int:
        return sum(size for name, size in part.segments.items() if name in self._wanted)

    def _write(self, name: str, table: str, batch: Iterable[str], merged: list[Part]) -> int:
        """The size of the table's Parquet file; 0 when there are no rows and so no file."""
        found = [self._wanted[name] for name in batch]
        loose = [str(entry.path(folder.path / state.FOLDER, table)) for folder, entry in found if table in entry.files]
        older = [str(part.path(self._path, table)) for part in merged if table in part.files]
        values = {"loose": loose} if loose else {}
        values |= {"older": older} if older else {}
        if not values:
            return 0
        path = state.segment_path(self._path, name, table)
        rows = " union all by name ".join(sql.text(f"rollup_{source}") for source in values)
        query = sql.text(f"segment_{table}").format(rows=f"({rows})")
        self._connection.execute(query, values | {"path": str(path)})
        return path.stat().st_size

    def _replace(self, old: Iterable[Part], new: Part | None) -> None:
        self.rollup.retired |= {path.name: time.time() for part in old for path in part.paths(self._path)}
        self.rollup.parts = [part for part in self.rollup.parts if part not in old] + ([new] if new else [])
        self._save()

    def _save(self) -> None:
        if state.content(self._path) != self._saved:
            raise state.Overtaken
        content = json.dumps(asdict(self.rollup)).encode()
        if content != self._saved and (self._saved or self.rollup.parts):
            files.write(self._path / state.FILE, content)
            self._saved = content


def _journals(folder: Folder) -> dict[str, tuple[int, float]]:
    return {journal.name: (journal.size, journal.changed) for journal in folder.journals}


def _parsed(content: dict) -> Rollup:
    rollup = Rollup(**content)
    rollup.parts = [state.plain(Part(**part)) for part in rollup.parts]
    rollup.seals = {name: _parsed_seal(**seal) for name, seal in rollup.seals.items()}
    rollup.keep_true_seals()
    return rollup


def _parsed_seal(index: list, journals: Mapping[str, list], known: dict) -> Seal:
    return Seal(tuple(index), {name: tuple(found) for name, found in journals.items()}, State.parsed(known))


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except duckdb.IOException as error:
        raise OSError(str(error)) from error
