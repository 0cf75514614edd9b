"""Keeps a database equal to the folders: indexed parts by their Parquet files, the rest of the journals in memory."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mediastore.reader import damage, folders, rollup, run_record, state
from mediastore.reader.background import Background
from mediastore.reader.change import Change
from mediastore.reader.damage import Damage
from mediastore.reader.database import Database
from mediastore.reader.folders import Folder, Signature
from mediastore.reader.reading import Reading
from mediastore.reader.rollup import Rollup
from mediastore.reader.state import Problem

INDEX_ABOVE_BYTES = 16 * 2**20
WHOLE_LOOK_EVERY = 16
COMPACT_AFTER_ROWS = 256
_COPY = "a run must be in one folder, got a second one beside {owner}; remove one of them"
_REFUSED = "the store must be readable, got {error}; what is shown is what was read before"
_TORN = "a journal must end with a line feed, got half a line; it was never complete"


@dataclass(frozen=True, slots=True)
class Marks:
    """How far each run was read at one moment: identity and ends of its journals, by folder."""

    root: Path
    ends: Mapping[str, tuple[tuple[str, str] | None, list[tuple[str, int]]]]

    def of(self, folder: str) -> str:
        """A text that differs whenever other lines of a run were read; one of its own where that cannot be told."""
        try:
            begun_as, ends = self.ends[folder]
            digests = [state.digest_before(self.root / folder / name, end) for name, end in ends]
        except (KeyError, OSError):
            return secrets.token_hex(8)
        return repr((begun_as, ends, digests))


class Live:
    """What a store knows of its folders. Not thread-safe: its owner locks."""

    def __init__(self, root: Path, database: Database, background: Background | None = None) -> None:
        self._root = root
        self._database = database
        self._background = background
        self._readings: dict[str, Reading] = {}
        self._loaded: set[str] = set()
        self._left_out: list[tuple[str, str, str, str]] = []
        self._refreshes = 0
        self._replaced = 0
        self._rolled: Rollup | None = None
        self._rolled_signature: Signature | bool | None = False
        self._damage = Damage()
        self._damaged_parts: list[Path] = []

    def refresh(self) -> bool:
        """Read what is new on disk; whether there was anything. After a failure all is read again.

        Where the system refuses (a disk that fails, no descriptors left) what was read before stays, and a problem.
        Journals are read in place of an index that is damaged.
        """
        try:
            try:
                return self._refresh()
            except duckdb.Error:
                if not self.mistrust():
                    raise
                return self._refresh()
        except (OSError, duckdb.IOException) as error:
            self.doubt()
            self._left_out = [("", "", ".", _REFUSED.format(error=error))]
            return False
        except BaseException:
            self.doubt()
            raise

    def doubt(self) -> None:
        """Read all again at the next refresh."""
        self._readings = {}
        self._rolled_signature = False

    def mistrust(self) -> bool:
        """Look for damage in the files of indexes; whether there was any: then all is read again, without those."""
        held = self._rolled.segments if self._rolled else set()
        files = [*damage.files_of(self._rolled.parts if self._rolled else (), self._root / rollup.FOLDER)]
        for reading in self._readings.values():
            files += reading.index_files(held)
        is_found = self._damage.find(files)
        if is_found:
            self.doubt()
        return is_found

    def _refresh(self) -> bool:
        rolls = self._meet_rollup()
        self._readings, left_out = self._found()
        forgotten = list(self._loaded - self._readings.keys())
        begun = self._begun()
        looked = self._looked()
        rows = [row for reading in looked if (row := reading.new_row())]
        unread = [reading for reading in looked if reading.unread()]
        changed = bool(forgotten or begun or rows or left_out != self._left_out)
        if changed or unread or rolls:
            with self._database.change() as change:
                change.forget(forgotten + [reading.folder.name for reading in begun])
                change.set_runs([reading.shown for reading in begun] + rows)
                change.set_segments([_segments(reading) for reading in begun])
                change.set_names({one.folder.name: one.indexed.names() for one in begun if one.indexed})
                if rolls:
                    change.set_parts(*_parts(self._root, self._rolled))
                if rolls or begun or forgotten:
                    change.settle()
                changed |= _read_journals(unread, change)
        self._loaded, self._left_out = set(self._readings), left_out
        for reading in looked:
            reading.look_back()
        self._compact(len(rows), is_large=bool(forgotten or begun))
        if begun:
            self._look_for_loose_segments()
        return changed

    def _compact(self, replaced: int, *, is_large: bool) -> None:
        """Give back the place of rows that were replaced: at once where a run's were, of single rows now and then."""
        self._replaced += replaced
        if is_large or self._replaced > COMPACT_AFTER_ROWS:
            self._replaced = 0
            self._database.compact()

    @property
    def waiting(self) -> int:
        """How many runs are read once they are indexed."""
        return sum(reading.waits for reading in self._readings.values())

    def marks(self) -> "Marks":
        """What tells the lines that were read until now from others."""
        readings = self._readings.values()
        return Marks(self._root, {one.folder.name: (one.begun_as, sorted(one.offsets.items())) for one in readings})

    def _meet_rollup(self) -> bool:
        """Whether the roll-up is another one now. Without it every run must prove its own index."""
        now = rollup.signature(self._root)
        if now == self._rolled_signature:
            return False
        self._rolled_signature, self._rolled = now, rollup.load(self._root)
        files = damage.files_of(self._rolled.parts if self._rolled else (), self._root / rollup.FOLDER)
        self._damaged_parts = self._damage.among(files)
        if self._damaged_parts:
            self._rolled = None
        if self._rolled is None:
            self._readings = {}
        return True

    def _looked(self) -> list[Reading]:
        return [reading for reading in self._readings.values() if not reading.is_quiet]

    def _begun(self) -> list[Reading]:
        """The runs that are read from their beginning, which is where their index ends."""
        looked = self._looked()
        begun = {reading.folder.name: reading for reading in looked if reading.must_begin()}
        for reading in begun.values():
            reading.begin(self._rolled, self._damage)
        for reading in looked:
            reading.look_at_rest()
            reading.waits = False
        rests = [reading for reading in self._readings.values() if reading.rest and reading.can_be_indexed]
        total = sum(reading.rest for reading in rests)
        if total > INDEX_ABOVE_BYTES:
            self._shorten(rests, total, begun)
        return list(begun.values())

    def _shorten(self, rests: list[Reading], total: int, begun: dict[str, Reading]) -> None:
        """Have rests indexed that are together too long for memory, the longest ones before the others."""
        for reading in sorted(rests, key=lambda reading: -reading.rest):
            if total <= INDEX_ABOVE_BYTES:
                return
            total -= reading.rest
            reading.let_go_of_damaged()
            if self._is_left_to_background():
                reading.waits = reading.can_wait()
            elif reading.extend_index():
                reading.look_at_rest()
                begun[reading.folder.name] = reading

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
        found += [("", "", path.relative_to(self._root).as_posix(), damage.SENTENCE) for path in self._damaged_parts]
        for reading in self._readings.values():
            found += [
                (*reading.identity, path.relative_to(self._root).as_posix(), damage.SENTENCE)
                for path in reading.damaged
            ]
            found += [(*reading.identity, problem.file, str(problem)) for problem in _problems(reading)]
        return found

    def _found(self) -> tuple[dict[str, Reading], list[tuple[str, str, str, str]]]:
        """The runs on disk by folder; and links and second copies of runs, which are left out."""
        found, links = folders.scan(self._root, self._settled())
        left_out = [("", "", name, problem) for name, problem in links]
        readings: dict[tuple[str, str], Reading] = {}
        for folder in found:
            reading = self._readings.get(folder.name) or Reading(folder)
            reading.meet(folder)
            owner = readings.setdefault(reading.identity, reading)
            if owner is not reading:
                left_out.append((*reading.identity, folder.name, _COPY.format(owner=owner.folder.name)))
        return {reading.folder.name: reading for reading in readings.values()}, left_out

    def _settled(self) -> dict[str, Folder]:
        """The runs of which nothing but new and replaced files is expected; a sixteenth is wholly looked at in turn."""
        self._refreshes += 1
        return {
            name: reading.folder
            for number, (name, reading) in enumerate(self._readings.items(), self._refreshes)
            if number % WHOLE_LOOK_EVERY and (reading.is_quiet or reading.is_settled())
        }


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


def _read_journals(unread: list[Reading], change: Change) -> bool:
    """Read what is new in the journals of these runs; whether there was anything."""
    by_folder = {reading.folder.name: reading for reading in unread}
    before = [dict(reading.offsets) for reading in unread]
    for stretch in change.parser.stretches([reading.source() for reading in unread]):
        change.add(stretch)
        for portion in stretch.portions:
            by_folder[portion.folder].add(portion)
    return [reading.offsets for reading in unread] != before


def _problems(reading: Reading) -> list[Problem]:
    if reading.is_quiet and not reading.record_problem:
        return reading.problems
    found = list(reading.problems)
    if reading.record_problem:
        found.append(Problem(f"{reading.folder.name}/{run_record.FILE}", None, reading.record_problem))
    if reading.status != "running":
        found += [
            Problem(f"{reading.folder.name}/{journal.name}", reading.offsets.get(journal.name, 0), _TORN)
            for journal in reading.unread()
        ]
    return found
