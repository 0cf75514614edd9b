"""Keeps a database equal to the folders: indexed parts by their Parquet files, the rest of the journals in memory."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediastore.reader import folders, index, run_record, state
from mediastore.reader.database import Change, Database
from mediastore.reader.folders import Folder, Journal, Signature
from mediastore.reader.state import Problem, State

INDEX_ABOVE_BYTES = 16 * 2**20
_COPY = "a run must be in one folder, got a second one beside {owner}; remove one of them"
_TORN = "a journal must end with a line feed, got half a line; it was never complete"


@dataclass(slots=True)
class Reading:
    """How far one run was read, and what was wrong in it."""

    folder: Folder
    record: dict[str, Any] = field(default_factory=dict)
    record_problem: str | None = None
    record_signature: Signature | bool | None = False
    shown: list[Any] = field(default_factory=list)
    begun_as: tuple[str, str] | None = None
    index_signature: Signature | None = None
    indexed: State | None = None
    offsets: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0

    @property
    def identity(self) -> tuple[str, str]:
        return run_record.identity(self.record, self.folder)

    @property
    def status(self) -> str:
        return run_record.status(self.record, self.folder.changed)

    def unread(self) -> list[Journal]:
        """Journals with bytes that were not read yet, be it half a line."""
        return [journal for journal in self.folder.journals if journal.size > self.offsets.get(journal.name, 0)]

    def meet(self, folder: Folder) -> None:
        """Take note of how the folder is now; read run.json when it is another one."""
        self.folder = folder
        if folder.run_json != self.record_signature:
            self.record_signature = folder.run_json
            where = f"{folder.name}/{run_record.FILE}"
            self.record, self.record_problem = run_record.read(folder.path / run_record.FILE, where)

    def has_shrunk(self) -> bool:
        """Whether something that was read is gone, so that all must be read again."""
        sizes = {journal.name: journal.size for journal in self.folder.journals}
        return any(
            sizes.get(name, 0) < offset for name, offset in self.offsets.items() if not name.startswith(state.FOLDER)
        )

    def begin(self) -> None:
        """Start from the index where there is a good one, else from nothing; a long rest is indexed first."""
        self.begun_as = self.identity
        self.index_signature = self.folder.index
        self._start_from(state.load(self.folder, self.identity))
        if sum(journal.size - self.offsets.get(journal.name, 0) for journal in self.unread()) > INDEX_ABOVE_BYTES:
            self.extend_index()

    def extend_index(self) -> None:
        """Index what the journals have beyond the index; a folder that cannot be written is read without."""
        try:
            index.update(self.folder, self.identity)
        except OSError:
            return
        self.index_signature = folders.index_signature(self.folder)
        self._start_from(state.load(self.folder, self.identity))

    def _start_from(self, indexed: State | None) -> None:
        self.indexed = indexed
        self.offsets = dict(indexed.offsets) if indexed else {}
        self.problems = list(indexed.problems) if indexed else []
        self.lines = indexed.lines if indexed else 0


class Live:
    """What a store knows of its folders. Not thread-safe: its owner locks."""

    def __init__(self, root: Path, database: Database) -> None:
        self._root = root
        self._database = database
        self._readings: dict[str, Reading] = {}
        self._loaded: set[str] = set()
        self._left_out: list[tuple[str, str, str, str]] = []

    def refresh(self) -> bool:
        """Read what is new on disk; whether there was anything. After a failure all is read again."""
        try:
            return self._refresh()
        except BaseException:
            self._readings = {}
            raise

    def _refresh(self) -> bool:
        self._readings, left_out = self._found()
        forgotten = list(self._loaded - self._readings.keys())
        begun = [reading for reading in self._readings.values() if _must_begin(reading)]
        for reading in begun:
            reading.begin()
        rows = [row for reading in self._readings.values() if (row := _new_row(reading))]
        unread = [reading for reading in self._readings.values() if reading.unread()]
        changed = bool(forgotten or begun or rows or left_out != self._left_out)
        if changed or unread:
            with self._database.change() as change:
                change.forget(forgotten + [reading.folder.name for reading in begun])
                change.set_runs([reading.shown for reading in begun] + rows)
                change.set_segments([_segments(reading) for reading in begun])
                for reading in unread:
                    changed |= _read_journals(reading, change)
        self._loaded, self._left_out = set(self._readings), left_out
        return changed

    def mark(self, folder: str) -> str:
        """A text that differs whenever other lines of a run were read."""
        reading = self._readings[folder]
        ends = sorted(reading.offsets.items())
        digests = [state.digest_before(reading.folder.path / name, end) for name, end in ends]
        return repr((reading.begun_as, ends, digests))

    def problems(self) -> list[tuple[str, str, str, str]]:
        """(project, run, file, problem) of everything that could not be read."""
        found = list(self._left_out)
        for reading in self._readings.values():
            found += [(*reading.identity, problem.file, str(problem)) for problem in _problems(reading)]
        return found

    def _found(self) -> tuple[dict[str, Reading], list[tuple[str, str, str, str]]]:
        """The runs on disk by folder; and links and second copies of runs, which are left out."""
        found, links = folders.scan(self._root)
        left_out = [("", "", name, problem) for name, problem in links]
        readings: dict[tuple[str, str], Reading] = {}
        for folder in found:
            reading = self._readings.get(folder.name) or Reading(folder)
            reading.meet(folder)
            owner = readings.setdefault(reading.identity, reading)
            if owner is not reading:
                left_out.append((*reading.identity, folder.name, _COPY.format(owner=owner.folder.name)))
        return {reading.folder.name: reading for reading in readings.values()}, left_out


def _must_begin(reading: Reading) -> bool:
    is_other = reading.begun_as != reading.identity or reading.index_signature != reading.folder.index
    return is_other or reading.has_shrunk()


def _new_row(reading: Reading) -> list[Any] | None:
    """The run's row when it differs from the one shown."""
    row = run_record.row(reading.folder.name, reading.identity, reading.record, reading.status)
    if row == reading.shown:
        return None
    reading.shown = row
    return row


def _segments(reading: Reading) -> tuple[str, dict[str, list[str]], list[int]]:
    """Folder, Parquet files by table, and ids that are superseded."""
    if reading.indexed is None:
        return reading.folder.name, {}, []
    path = reading.folder.path / state.FOLDER
    files = {table: reading.indexed.paths(path, table) for table in index.TABLES}
    return reading.folder.name, files, reading.indexed.superseded


def _read_journals(reading: Reading, change: Change) -> bool:
    before = dict(reading.offsets)
    names = [journal.name for journal in reading.unread()]
    for stretch in change.parser.stretches(reading.folder, reading.identity, names, before, reading.lines):
        change.add(stretch)
        reading.lines += stretch.lines
        reading.offsets |= stretch.ends
        reading.problems += [problem for problem in stretch.problems if problem not in reading.problems]
    return reading.offsets != before


def _problems(reading: Reading) -> list[Problem]:
    found = list(reading.problems)
    if reading.record_problem:
        found.append(Problem(f"{reading.folder.name}/{run_record.FILE}", None, reading.record_problem))
    if reading.status != "running":
        found += [
            Problem(f"{reading.folder.name}/{journal.name}", reading.offsets.get(journal.name, 0), _TORN)
            for journal in reading.unread()
        ]
    return found
