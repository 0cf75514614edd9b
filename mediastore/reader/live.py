"""What the journals say beyond the index, loaded into memory: each refresh reads only what was appended since."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediastore.reader import folders, run_record
from mediastore.reader.database import Change, Database
from mediastore.reader.folders import Folder, Journal
from mediastore.reader.parse import Parser
from mediastore.reader.state import Problem


@dataclass(slots=True)
class Reading:
    """How far one run was read, and what was wrong in it."""

    folder: Folder
    record: dict[str, Any] = field(default_factory=dict)
    record_problem: str | None = None
    status: str = ""
    offsets: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0

    @property
    def identity(self) -> tuple[str, str]:
        named = self.folder.identity
        return tuple(str(self.record.get(key) or name) for key, name in zip(("project", "run"), named, strict=True))

    def unread(self) -> list[Journal]:
        return [journal for journal in self.folder.journals if journal.size > self.offsets.get(journal.name, 0)]

    def shrank(self, folder: Folder) -> bool:
        sizes = {journal.name: journal.size for journal in folder.journals}
        return any(sizes.get(name, 0) < offset for name, offset in self.offsets.items())


class Tail:
    """Keeps a database equal to the folders. Not thread-safe: its owner locks."""

    def __init__(self, root: Path, database: Database) -> None:
        self._root = root
        self._database = database
        self._parser = Parser()
        self._readings: dict[str, Reading] = {}
        self._links: list[tuple[str, str]] = []

    def refresh(self) -> bool:
        """Read what is new on disk; whether there was anything."""
        found, links = folders.scan(self._root)
        changed = links != self._links
        self._links = links
        with self._database.change() as change:
            for name in self._readings.keys() - {folder.name for folder in found}:
                change.forget(name)
                del self._readings[name]
                changed = True
            for folder in found:
                changed |= self._refresh_run(folder, change)
        return changed

    def problems(self) -> list[tuple[str, str, str, str]]:
        """(project, run, file, problem) of everything that could not be read."""
        found = [("", "", name, problem) for name, problem in self._links]
        for reading in self._readings.values():
            found += [(*reading.identity, problem.file, str(problem)) for problem in self._problems_of(reading)]
        return found

    def _refresh_run(self, folder: Folder, change: Change) -> bool:
        reading = self._readings.get(folder.name)
        if reading is not None and reading.shrank(folder):
            change.forget(folder.name)
            reading = None
        before = reading.folder if reading else None
        if reading is None:
            reading = self._readings[folder.name] = Reading(folder)
        reading.folder = folder
        if before is None or before.run_json != folder.run_json:
            self._read_record(reading)
        changed = self._set_status(reading, change) or before != folder
        for journal in reading.unread():
            changed |= self._read_journal(reading, journal, change)
        return changed

    def _read_record(self, reading: Reading) -> None:
        where = f"{reading.folder.name}/run.json"
        if reading.folder.run_json is None:
            reading.record, reading.record_problem = {}, f"{where} must be there, got nothing; its folder names the run"
        else:
            reading.record, reading.record_problem = run_record.read(self._root / where, where)
        reading.status = ""

    def _set_status(self, reading: Reading, change: Change) -> bool:
        status = run_record.status(reading.record, reading.folder.changed)
        if status == reading.status:
            return False
        reading.status = status
        change.set_run(run_record.row(reading.folder.name, reading.identity, reading.record, status))
        return True

    def _read_journal(self, reading: Reading, journal: Journal, change: Change) -> bool:
        start = reading.offsets.get(journal.name, 0)
        for rows in self._parser.journal(reading.folder, reading.identity, journal.name, start, reading.rows):
            for table, content in rows.tables.items():
                change.add(table, content)
            reading.rows += rows.lines
            reading.offsets[journal.name] = rows.end
            reading.problems += rows.problems
        return reading.offsets.get(journal.name, 0) > start

    def _problems_of(self, reading: Reading) -> list[Problem]:
        found = list(reading.problems)
        if reading.record_problem:
            found.append(Problem(f"{reading.folder.name}/run.json", None, reading.record_problem))
        if reading.status != "running":
            torn = "the last line must end with a line feed, got a torn one; it was never complete"
            found += [
                Problem(f"{reading.folder.name}/{journal.name}", reading.offsets.get(journal.name, 0), torn)
                for journal in reading.unread()
            ]
        return found
