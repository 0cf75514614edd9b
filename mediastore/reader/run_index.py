"""The Parquet index of one run as it grows: which segments it has, and the state that names them.

Parquet files are written under new names, then `state.json` is replaced. A crash leaves the old state. Of two indexers
the later one finds the state changed and lets go of its own work.
"""

import secrets
import time
from collections.abc import Iterable, Mapping

import duckdb

from mediastore.reader import levels, sql, state
from mediastore.reader.folders import Folder
from mediastore.reader.parse import Portion, Source
from mediastore.reader.state import Segment, State

SEGMENT_BYTES = 32 * 2**20


class RunIndex:
    """The index of one run, to which one indexer adds. `state` is what it says of itself now."""

    def __init__(self, folder: Folder, identity: tuple[str, str], connection: duckdb.DuckDBPyConnection) -> None:
        self.folder = folder
        self._identity = identity
        self._path = folder.path / state.FOLDER
        self._connection = connection
        self._saved = state.content(self._path)
        self.state = state.load(folder, identity) or State(folder.name, identity)

    def source(self, names: Iterable[str] | None = None) -> Source:
        """What these journals of the run have beyond the index; by default its own."""
        names = [journal.name for journal in self.folder.journals] if names is None else names
        offsets = {name: end for name, (end, _) in self.state.journals.items()}
        return Source(self.folder, self._identity, names, offsets, self.state.lines)

    def paths(self, table: str) -> list[str]:
        """The Parquet files of a table."""
        return self.state.paths(self._path, table)

    def add(
        self, portion: Portion, rows: Mapping[str, str], superseded: Iterable[int], metrics: Iterable[str] = ()
    ) -> None:
        """Take in what was read: the temporary relation of each table that has rows of this run.

        metrics: the names of those that are in them.

        Raises Overtaken when another indexer replaced the state meanwhile.
        """
        self.state.superseded += superseded
        merged = state.to_merge(self.state.segments, portion.size, SEGMENT_BYTES)
        kept = self.state.segments[: len(self.state.segments) - len(merged)]
        name = secrets.token_hex(8)
        self._path.mkdir(exist_ok=True)
        sizes = {table: self._write(name, table, rows.get(table), merged) for table in state.LOGGED}
        sizes[state.LEVELS] = self._write_levels(name, sizes["metrics"], kept)
        self._retire(merged)
        whole = portion.size + sum(segment.source_bytes for segment in merged)
        sizes = {table: size for table, size in sizes.items() if size}
        digests, names = state.digests(self._path, name, sizes), state.names_of(metrics, merged)
        self.state.segments = [*kept, Segment(name, whole, sizes, digests, names)]
        self.state.lines += portion.lines
        self.state.journals |= {
            journal: (end, state.digest_before(self.folder.path / journal, end))
            for journal, end in portion.ends.items()
        }
        self.state.problems += portion.problems
        self.save()

    def begin_anew(self) -> None:
        """Let go of all that was indexed."""
        self._retire(self.state.segments)
        self.state = State(self.folder.name, self._identity, retired=self.state.retired)

    def save(self) -> None:
        """Replace the state on disk. Raises Overtaken when another indexer did."""
        if state.content(self._path) != self._saved:
            raise state.Overtaken
        self._saved = self.state.save(self._path)

    def clear(self) -> None:
        """Remove files that no state names and that are too old for any reader to use them."""
        kept = {name.rpartition("/")[2] for name in self.state.journals}
        kept |= {path.name for segment in self.state.segments for path in segment.paths(self._path)}
        state.clear(self._path, kept, self.state.retired)

    def _write(self, name: str, table: str, fresh: str | None, merged: list[Segment]) -> int:
        """The size of the table's Parquet file; 0 when there are no rows and so no file."""
        older = [str(segment.path(self._path, table)) for segment in merged if table in segment.files]
        sources = [sql.text("rows_of_run").format(table=fresh)] if fresh else []
        sources += ["from read_parquet($older)"] if older else []
        if not sources:
            return 0
        path = state.segment_path(self._path, name, table)
        values = {"path": str(path)} | ({"older": older} if older else {})
        if fresh or table == "metrics":
            values["folder"] = self.folder.name
        if table == "metrics":
            values |= zip(("project", "run"), self._identity, strict=True)
        statement = sql.text("run_metrics" if table == "metrics" else f"segment_{table}")
        self._connection.execute(statement.format(rows=f"({' union all by name '.join(sources)})"), values)
        return path.stat().st_size

    def _write_levels(self, name: str, size: int, kept: Iterable[Segment]) -> int:
        """The size of the file of levels, which is of all metrics of the run that have none yet; 0 for a short run."""
        files = [(segment.name, segment.files) for segment in kept if "metrics" in segment.files]
        if size + sum(sizes["metrics"] for _, sizes in files) < levels.ABOVE_BYTES:
            return 0
        names = [one for one, sizes in files if state.LEVELS not in sizes] + ([name] if size else [])
        if not names:
            return 0
        path = state.segment_path(self._path, name, state.LEVELS)
        metrics = [state.segment_path(self._path, one, "metrics") for one in names]
        levels.write(metrics, path, self.folder.name, self._connection)
        return path.stat().st_size

    def _retire(self, segments: Iterable[Segment]) -> None:
        self.state.retired |= {path.name: time.time() for segment in segments for path in segment.paths(self._path)}
