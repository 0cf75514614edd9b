"""The Parquet indexes of runs, made from their journals: incremental by byte offset, disposable.

Runs that are behind by little are read together, as a statement costs more than the few lines of one of them. Each
run's state is replaced by itself: a crash or another indexer costs a run no more than if it were alone.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from mediastore import files, scratch
from mediastore.reader import damage, sql, state, strays
from mediastore.reader.folders import Folder
from mediastore.reader.parse import Parser, Source, Stretch, key_folder
from mediastore.reader.run_index import RunIndex

MEMORY_LIMIT = "512MB"
Run = tuple[Folder, tuple[str, str]]
Progress = Callable[[int], None]


class NotWritable(OSError):
    """The index of a run cannot be written; `folder` is the run's."""

    def __init__(self, folder: Folder, error: Exception) -> None:
        super().__init__(str(error))
        self.folder = folder


def update(
    runs: Sequence[Run],
    *,
    connection: duckdb.DuckDBPyConnection | None = None,
    with_strays: bool = False,
    progress: Progress = lambda _: None,
) -> None:
    """Bring the indexes of runs up to their journals. Raises NotWritable when one cannot be written.

    runs: their folders and identities.
    connection: one of `connect()`, to be used for many runs one after the other.
    with_strays: also take in sidecars that no journal has, which costs a walk over all files of the runs.
    progress: called with the number of journal bytes indexed since the last call.
    An index that is damaged is made anew: one that fails to be read, or with_strays any.
    """
    connection = connection or connect()
    if with_strays:
        _let_go_of_damaged(runs)
    try:
        _update(runs, connection, with_strays, progress)
    except (duckdb.Error, pa.ArrowException, OSError):
        if not _let_go_of_damaged(runs):
            raise
        _update(runs, connection, with_strays, progress)


def _update(runs: Sequence[Run], connection: duckdb.DuckDBPyConnection, with_strays: bool, progress: Progress) -> None:
    indexing = _Indexing(runs, connection, progress)
    indexing.add_journals()
    if with_strays:
        indexing.add_strays()
    indexing.clear()


def let_go(folder: Folder, identity: tuple[str, str]) -> None:
    """Have the index of a run made anew by who indexes next. Raises OSError where it cannot be written."""
    known = RunIndex(folder, identity, connect())
    known.begin_anew()
    with contextlib.suppress(state.Overtaken):
        known.save()


def _let_go_of_damaged(runs: Iterable[Run]) -> bool:
    """Whether an index of these runs was damaged."""
    found = [run for run in runs if damaged(*run)]
    for folder, identity in found:
        with _told_of(folder):
            let_go(folder, identity)
    return bool(found)


def damaged(folder: Folder, identity: tuple[str, str]) -> list[Path]:
    """The files of a run's index that are not what was written, which costs reading all of them."""
    known = state.load(folder, identity)
    return damage.damaged(damage.files_of(known.segments if known else (), folder.path / state.FOLDER))


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory to index with."""
    spill = str(scratch.place("index"))
    config = {"memory_limit": MEMORY_LIMIT, "preserve_insertion_order": False, "temp_directory": spill}
    connection = duckdb.connect(config=config)
    connection.execute("set enable_progress_bar = false")  # else DuckDB draws one wherever Python is interactive
    return connection


class _Indexing:
    def __init__(self, runs: Iterable[Run], connection: duckdb.DuckDBPyConnection, progress: Progress) -> None:
        self._connection = connection
        self._parser = Parser(connection)
        self._progress = progress
        self._indexes: dict[str, RunIndex] = {}
        for folder, identity in runs:
            with _told_of(folder):
                state.check_is_ours(folder.path / state.FOLDER)
            self._indexes[folder.name] = RunIndex(folder, identity, connection)

    def add_journals(self) -> None:
        self._add([index.source() for index in self._indexes.values()])

    def add_strays(self) -> None:
        for index in list(self._indexes.values()):
            if strays.have_changed(index.folder, index.state.strays):
                index.begin_anew()
                self._add([index.source()])
        unknown = self._unknown_sidecars()
        for folder, names in unknown.items():
            with self._unless_overtaken(folder) as index:
                self._take_in(index, names)

    def clear(self) -> None:
        for index in self._indexes.values():
            index.clear()

    def _add(self, sources: Iterable[Source]) -> None:
        for stretch in self._parser.stretches(sources):
            portions = [portion for portion in stretch.portions if portion.folder in self._indexes]
            rows = {table: self._folders_in(stretch.tables[table]) for table in stretch.tables}
            superseded = self._superseded([portion.folder for portion in portions], stretch)
            names = self._names_in(stretch.tables["metrics"]) if "metrics" in rows else {}
            for portion in portions:
                tables = {table: stretch.tables[table] for table in rows if portion.folder in rows[table]}
                with self._unless_overtaken(portion.folder) as index:
                    index.add(portion, tables, superseded.get(portion.folder, ()), names.get(portion.folder, ()))
                self._progress(portion.size)

    def _folders_in(self, relation: str) -> set[str]:
        query = sql.text("folders_in").format(relation=relation)
        return {folder for (folder,) in self._connection.execute(query).fetchall()}

    def _names_in(self, relation: str) -> dict[str, list[str]]:
        return dict(self._connection.execute(sql.text("names_in").format(relation=relation)).fetchall())

    def _superseded(self, folders: Iterable[str], stretch: Stretch) -> dict[str, list[int]]:
        if "items" not in stretch.tables:
            return {}
        fresh = stretch.tables["items"]
        self._view_items([self._indexes[folder] for folder in folders], f"from {fresh}")
        query = sql.text("find_superseded").format(items="(from indexed anti join gone using (id))", fresh=fresh)
        found: dict[str, list[int]] = {}
        for folder, id in self._connection.execute(query).fetchall():
            found.setdefault(folder, []).append(id)
        return found

    def _view_items(self, indexes: Iterable[RunIndex], *sources: str) -> None:
        paths = [path for index in indexes for path in index.paths("items")]
        gone = [id for index in indexes for id in index.state.superseded]
        self._connection.execute("set variable indexed_paths = $1", [paths])
        self._connection.register("gone", pa.table({"id": pa.array(gone, pa.int64())}))
        sources = (*sources, "from read_parquet(getvariable('indexed_paths'))") if paths else sources
        self._connection.execute(f"create or replace temp view indexed as {' union all by name '.join(sources)}")

    def _take_in(self, index: RunIndex, names: Iterable[str]) -> None:
        found = strays.read(index.folder, index.state.identity, names)
        if not found.sidecars:
            return
        index.state.strays |= found.sidecars
        index.state.problems += found.problems
        name = f"{state.FOLDER}/strays-{len(index.state.strays):06d}-{secrets.token_hex(4)}.jsonl"
        files.write(index.folder.path / name, b"".join(found.lines))
        self._add([index.source([name])])
        index.save()

    def _unknown_sidecars(self) -> dict[str, list[str]]:
        """Sidecars that no journal has, by run."""
        names = {
            name: [one for one in strays.sidecars(index.folder) if one not in index.state.strays]
            for name, index in self._indexes.items()
        }
        names = {folder: some for folder, some in names.items() if some}
        indexes = [self._indexes[folder] for folder in names if self._indexes[folder].paths("items")]
        if not indexes:
            return names
        self._view_items(indexes)
        keys = [key for (key,) in self._connection.execute("select distinct key from indexed").fetchall()]
        places = [f"{strays.MEDIA}/{key_folder(key)}/" for key in keys]
        self._connection.register("folders", pa.table({"key": pa.array(keys, pa.string()), "path": places}))
        given = [pa.table({"folder": pa.repeat(folder, len(some)), "name": some}) for folder, some in names.items()]
        self._connection.register("sidecars", pa.concat_tables(given))
        found: dict[str, list[str]] = {}
        for folder, name in self._connection.execute(sql.text("unknown_sidecars")).fetchall():
            found.setdefault(folder, []).append(name)
        return found

    @contextlib.contextmanager
    def _unless_overtaken(self, folder: str) -> Iterator[RunIndex]:
        """A run's index; it is let go of when another indexer replaced its state meanwhile: that one's work stands."""
        index = self._indexes[folder]
        try:
            with _told_of(index.folder):
                yield index
        except state.Overtaken:
            self._indexes.pop(folder, None)


@contextlib.contextmanager
def _told_of(folder: Folder) -> Iterator[None]:
    try:
        yield
    except NotWritable:
        raise
    except (duckdb.IOException, OSError) as error:
        raise NotWritable(folder, error) from error
