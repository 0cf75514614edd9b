"""Keeps a database equal to the folders: indexed parts by their Parquet files, the rest of the journals in memory."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediastore.reader import folders, index, rollup, run_record, state
from mediastore.reader.background import Background
from mediastore.reader.database import Change, Database
from mediastore.reader.folders import Folder, Journal, Signature
from mediastore.reader.rollup import Rollup
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
    can_be_indexed: bool = True
    waits: bool = False

    @property
    def identity(self) -> tuple[str, str]:
        return run_record.identity(self.record, self.folder)

    @property
    def status(self) -> str:
        return run_record.status(self.record, self.folder.changed)

    def unread(self) -> list[Journal]:
        """Journals with bytes that were not read yet, be it half a line; none while it waits for its index."""
        return (
            []
            if self.waits
            else [journal for journal in self.folder.journals if journal.size > self.offsets.get(journal.name, 0)]
        )

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

    def begin(self, rolled: Rollup | None) -> None:
        """Start from the index where there is a good one, else from nothing."""
        self.begun_as = self.identity
        self.index_signature = self.folder.index
        sealed = rolled.sealed(self.folder, self.identity) if rolled else None
        self._start_from(sealed or state.load(self.folder, self.identity))

    def can_wait(self) -> bool:
        """Whether nothing was read beyond the index, so that nothing is taken away."""
        return self.offsets == (self.indexed.offsets if self.indexed else {})

    def rest(self) -> int:
        """How many bytes of journals the index lacks, so that their rows are held in memory."""
        done = self.indexed.offsets if self.indexed else {}
        return sum(journal.size - done.get(journal.name, 0) for journal in self.folder.journals)

    def extend_index(self) -> None:
        """Index what the journals have beyond the index; a folder that cannot be written is read without."""
        try:
            index.update(self.folder, self.identity)
        except OSError:
            self.can_be_indexed = False
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

    def __init__(self, root: Path, database: Database, background: Background | None = None) -> None:
        self._root = root
        self._database = database
        self._background = background
        self._readings: dict[str, Reading] = {}
        self._loaded: set[str] = set()
        self._left_out: list[tuple[str, str, str, str]] = []
        self._rolled: Rollup | None = None
        self._rolled_signature: Signature | bool | None = False

    def refresh(self) -> bool:
        """Read what is new on disk; whether there was anything. After a failure all is read again."""
        try:
            return self._refresh()
        except BaseException:
            self.doubt()
            raise

    def doubt(self) -> None:
        """Read all again at the next refresh."""
        self._readings = {}
        self._rolled_signature = False

    def _refresh(self) -> bool:
        rolls = self._meet_rollup()
        self._readings, left_out = self._found()
        forgotten = list(self._loaded - self._readings.keys())
        begun = self._begun()
        rows = [row for reading in self._readings.values() if (row := _new_row(reading))]
        unread = [reading for reading in self._readings.values() if reading.unread()]
        changed = bool(forgotten or begun or rows or left_out != self._left_out)
        if changed or unread or rolls:
            with self._database.change() as change:
                change.forget(forgotten + [reading.folder.name for reading in begun])
                change.set_runs([reading.shown for reading in begun] + rows)
                change.set_segments([_segments(reading) for reading in begun])
                if rolls:
                    change.set_parts(*_parts(self._root, self._rolled))
                if rolls or begun or forgotten:
                    change.settle()
                for reading in unread:
                    changed |= _read_journals(reading, change)
        self._loaded, self._left_out = set(self._readings), left_out
        if begun:
            self._look_for_loose_segments()
        return changed

    @property
    def waiting(self) -> int:
        """How many runs are read once they are indexed."""
        return sum(reading.waits for reading in self._readings.values())

    def mark(self, folder: str) -> str:
        """A text that differs whenever other lines of a run were read."""
        reading = self._readings[folder]
        ends = sorted(reading.offsets.items())
        digests = [state.digest_before(reading.folder.path / name, end) for name, end in ends]
        return repr((reading.begun_as, ends, digests))

    def _meet_rollup(self) -> bool:
        """Whether the roll-up is another one now. Without it every run must prove its own index."""
        now = rollup.signature(self._root)
        if now == self._rolled_signature:
            return False
        self._rolled_signature, self._rolled = now, rollup.load(self._root)
        if self._rolled is None:
            self._readings = {}
        return True

    def _begun(self) -> list[Reading]:
        """The runs that are read from their beginning, which is where their index ends.

        Rests that are together too long for memory are indexed first, the longest ones before the others.
        """
        begun = {reading.folder.name: reading for reading in self._readings.values() if _must_begin(reading)}
        for reading in begun.values():
            reading.begin(self._rolled)
        rests = [(reading.rest(), reading) for reading in self._readings.values() if reading.can_be_indexed]
        total = sum(rest for rest, _ in rests)
        for rest, reading in sorted(rests, key=lambda entry: -entry[0]):
            reading.waits = total > INDEX_ABOVE_BYTES and self._is_left_to_background() and reading.can_wait()
            if total > INDEX_ABOVE_BYTES and not self._is_left_to_background():
                reading.extend_index()
                begun[reading.folder.name] = reading
            total -= rest
        return list(begun.values())

    def _is_left_to_background(self) -> bool:
        return self._background is not None and self._background.begin()

    def _look_for_loose_segments(self) -> None:
        held = self._rolled.segments if self._rolled else set()
        indexed = [reading.indexed for reading in self._readings.values() if reading.indexed]
        loose = sum(segment.name not in held for known in indexed for segment in known.segments if segment.files)
        if loose > rollup.LOOSE_MAX:
            self._is_left_to_background()

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


def _segments(reading: Reading) -> tuple[str, list[tuple[str, str, str]], list[int]]:
    """Folder, its Parquet files as (table, path, segment), and ids that are superseded."""
    if reading.indexed is None:
        return reading.folder.name, [], []
    path = reading.folder.path / state.FOLDER
    files = [
        (table, str(segment.path(path, table)), segment.name)
        for segment in reading.indexed.segments
        for table in segment.files
    ]
    return reading.folder.name, files, reading.indexed.superseded


def _parts(root: Path, rolled: Rollup | None) -> tuple[dict[str, list[str]], set[str]]:
    """The Parquet files of a roll-up by table, and the segments that they hold."""
    if rolled is None:
        return {}, set()
    return {table: rolled.paths(root, table) for table in state.TABLES}, rolled.segments


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
