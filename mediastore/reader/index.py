"""The Parquet index of one run, made from its journals: incremental by byte offset, disposable.

Parquet files are written under new names, then `state.json` is replaced. A crash leaves the old state. Of two indexers
the later one finds the state changed and lets go of its own work. Files that no state names any more are removed when
they are old enough for no reader to need them.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterable

import duckdb
import pyarrow as pa

from mediastore import files
from mediastore.reader import sql, state, strays
from mediastore.reader.folders import Folder
from mediastore.reader.parse import Parser, Stretch, key_folder
from mediastore.reader.state import Segment, State

SEGMENT_BYTES = 32 * 2**20
MEMORY_LIMIT = "512MB"
Progress = Callable[[int], None]


def update(
    folder: Folder,
    identity: tuple[str, str],
    *,
    connection: duckdb.DuckDBPyConnection | None = None,
    with_strays: bool = False,
    progress: Progress = lambda _: None,
) -> None:
    """Bring the index of a run up to its journals. Raises OSError when its folder cannot be written.

    connection: one of `connect()`, to be used for many runs one after the other.
    with_strays: also take in sidecars that no journal has, which costs a walk over all files of the run.
    progress: called with the number of journal bytes indexed since the last call.
    """
    state.check_is_ours(folder.path / state.FOLDER)
    try:
        with contextlib.suppress(state.Overtaken):
            index = _Index(folder, identity, connection or connect())
            index.add_journals([journal.name for journal in folder.journals], progress)
            if with_strays:
                index.add_strays(progress)
            index.clear()
    except duckdb.IOException as error:
        raise OSError(str(error)) from error


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory to index with."""
    return duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "preserve_insertion_order": False})


class _Index:
    def __init__(self, folder: Folder, identity: tuple[str, str], connection: duckdb.DuckDBPyConnection) -> None:
        self._folder = folder
        self._path = folder.path / state.FOLDER
        self._connection = connection
        self._parser = Parser(connection)
        self._saved = state.content(self._path)
        self._state = state.load(folder, identity) or State(folder.name, identity)

    def add_journals(self, names: Iterable[str], progress: Progress) -> None:
        offsets = {name: end for name, (end, _) in self._state.journals.items()}
        for stretch in self._parser.stretches(self._folder, self._state.identity, names, offsets, self._state.lines):
            self._add(stretch)
            self._save()
            progress(stretch.size)

    def add_strays(self, progress: Progress) -> None:
        if strays.have_changed(self._folder, self._state.strays):
            self._retire(self._state.segments)
            self._state = State(self._folder.name, self._state.identity, retired=self._state.retired)
            self.add_journals([journal.name for journal in self._folder.journals], progress)
        found = strays.find(self._folder, self._state.identity, self._unknown_sidecars)
        if not found.sidecars:
            return
        self._state.strays |= found.sidecars
        self._state.problems += found.problems
        name = f"{state.FOLDER}/strays-{len(self._state.strays):06d}-{secrets.token_hex(4)}.jsonl"
        files.write(self._folder.path / name, b"".join(found.lines))
        self.add_journals([name], progress)
        self._save()

    def clear(self) -> None:
        """Remove files that no state names and that are too old for any reader to use them."""
        kept = {name.rpartition("/")[2] for name in self._state.journals}
        kept |= {path.name for segment in self._state.segments for path in segment.paths(self._path)}
        state.clear(self._path, kept, self._state.retired)

    def _add(self, stretch: Stretch) -> None:
        if "items" in stretch.tables:
            self._state.superseded += self._superseded(stretch.tables["items"])
        merged = state.to_merge(self._state.segments, stretch.size, SEGMENT_BYTES)
        name = secrets.token_hex(8)
        self._path.mkdir(exist_ok=True)
        sizes = {table: self._write(name, table, stretch.tables.get(table), merged) for table in state.TABLES}
        self._retire(merged)
        kept = self._state.segments[: len(self._state.segments) - len(merged)]
        whole = stretch.size + sum(segment.source_bytes for segment in merged)
        self._state.segments = [*kept, Segment(name, whole, {table: size for table, size in sizes.items() if size})]
        self._state.lines += stretch.lines
        self._state.journals |= {
            journal: (end, state.digest_before(self._folder.path / journal, end))
            for journal, end in stretch.ends.items()
        }
        self._state.problems += stretch.problems

    def _write(self, name: str, table: str, fresh: str | None, merged: list[Segment]) -> int:
        """The size of the table's Parquet file; 0 when there are no rows and so no file."""
        older = [str(segment.path(self._path, table)) for segment in merged if table in segment.files]
        sources = [f"from {fresh}"] if fresh and self._has_rows(fresh) else []
        sources += ["from read_parquet($older)"] if older else []
        if not sources:
            return 0
        path = state.segment_path(self._path, name, table)
        query = sql.text(f"segment_{table}").format(rows=f"({' union all by name '.join(sources)})")
        self._connection.execute(query, {"path": str(path)} | ({"older": older} if older else {}))
        return path.stat().st_size

    def _has_rows(self, relation: str) -> bool:
        return bool(self._connection.execute(f"select 1 from {relation} limit 1").fetchall())

    def _superseded(self, fresh: str) -> list[int]:
        self._view_items(f"from {fresh}")
        query = sql.text("find_superseded").format(items="(from indexed anti join gone using (id))", fresh=fresh)
        return [row[1] for row in self._connection.execute(query).fetchall()]

    def _view_items(self, *sources: str) -> None:
        paths = self._state.paths(self._path, "items")
        self._connection.execute("set variable indexed_paths = $1", [paths])
        self._connection.register("gone", pa.table({"id": pa.array(self._state.superseded, pa.int64())}))
        sources = (*sources, "from read_parquet(getvariable('indexed_paths'))") if paths else sources
        self._connection.execute(f"create or replace temp view indexed as {' union all by name '.join(sources)}")

    def _unknown_sidecars(self, names: pa.Array) -> list[str]:
        names = names.filter(pa.array([name not in self._state.strays for name in names.to_pylist()], pa.bool_()))
        if not self._state.paths(self._path, "items"):
            return names.to_pylist()
        self._view_items()
        connection = self._connection
        keys = [key for (key,) in connection.execute("select distinct key from indexed").fetchall()]
        places = [f"{strays.MEDIA}/{key_folder(key)}/" for key in keys]
        connection.register("folders", pa.table({"key": pa.array(keys, pa.string()), "path": places}))
        connection.register("sidecars", pa.table({"name": names}))
        return [name for (name,) in connection.execute(sql.text("unknown_sidecars")).fetchall()]

    def _retire(self, segments: Iterable[Segment]) -> None:
        self._state.retired |= {path.name: time.time() for segment in segments for path in segment.paths(self._path)}

    def _save(self) -> None:
        if state.content(self._path) != self._saved:
            raise state.Overtaken
        self._state.save(self._path)
        self._saved = state.content(self._path)
