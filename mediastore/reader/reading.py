"""How far one run was read, and what it is shown as."""

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediastore.reader import damage, folders, index, run_record, state
from mediastore.reader.damage import Damage
from mediastore.reader.folders import Folder, Journal, Signature
from mediastore.reader.parse import Portion, Source
from mediastore.reader.rollup import Rollup
from mediastore.reader.state import Problem, State

SETTLED_AFTER_S = 60.0


@dataclass(slots=True)
class Reading:
    """How far one run was read, and what was wrong in it.

    rest: so many bytes of its journals are held as rows in memory, for its index lacks them.
    """

    folder: Folder
    record: dict[str, Any] = field(default_factory=dict)
    record_problem: str | None = None
    record_signature: Signature | bool | None = False
    shown: list[Any] = field(default_factory=list)
    shown_of: tuple[Any, ...] = ()
    begun_as: tuple[str, str] | None = None
    index_signature: Signature | None = None
    indexed: State | None = None
    damaged: list[Path] = field(default_factory=list)
    offsets: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0
    identity: tuple[str, str] = ("", "")
    rest: int = 0
    can_be_indexed: bool = True
    waits: bool = False
    is_quiet: bool = False

    @property
    def status(self) -> str:
        return run_record.status(self.record, self.folder.changed)

    def is_settled(self) -> bool:
        """Whether its writer has said that it is done, and a while passed since."""
        said = self.record.get("status", "running") != "running"
        return said and time.time() - self.folder.changed > SETTLED_AFTER_S

    def look_back(self) -> None:
        """Take note whether it needs no look, for it is settled and all was read, until its folder is another one."""
        self.is_quiet = self.is_settled() and not self.waits and not self.unread()

    def new_row(self) -> list[Any] | None:
        """The run's row when it differs from the one shown."""
        of = (self.record_signature, self.identity, self.status)
        if of == self.shown_of:
            return None
        self.shown_of = of
        row = run_record.row(self.folder.name, self.identity, self.record, self.status)
        if row == self.shown:
            return None
        self.shown = row
        return row

    def unread(self) -> list[Journal]:
        """Journals with bytes that were not read yet, be it half a line; none while it waits for its index."""
        return (
            []
            if self.waits
            else [journal for journal in self.folder.journals if journal.size > self.offsets.get(journal.name, 0)]
        )

    def source(self) -> Source:
        """What of its journals is to be read."""
        names = [journal.name for journal in self.unread()]
        return Source(self.folder, self.identity, names, dict(self.offsets), self.lines)

    def add(self, portion: Portion) -> None:
        """Take note of what was read."""
        self.lines += portion.lines
        self.offsets |= portion.ends
        self.problems += [problem for problem in portion.problems if problem not in self.problems]

    def meet(self, folder: Folder) -> None:
        """Take note of how the folder is now; read run.json when it is another one."""
        if folder is self.folder and self.is_quiet:
            return
        self.is_quiet &= folder == self.folder
        self.folder = folder
        if folder.run_json != self.record_signature:
            self.record_signature = folder.run_json
            where = f"{folder.name}/{run_record.FILE}"
            self.record, self.record_problem = run_record.read(folder.path / run_record.FILE, where)
        self.identity = run_record.identity(self.record, folder)

    def must_begin(self) -> bool:
        """Whether it has to be read from its beginning: it is another run or index now, or something is gone."""
        is_other = self.begun_as != self.identity or self.index_signature != self.folder.index
        return is_other or self.has_shrunk()

    def has_shrunk(self) -> bool:
        """Whether something that was read is gone, so that all must be read again."""
        sizes = {journal.name: journal.size for journal in self.folder.journals}
        return any(
            sizes.get(name, 0) < offset for name, offset in self.offsets.items() if not name.startswith(state.FOLDER)
        )

    def begin(self, rolled: Rollup | None, known: Damage) -> None:
        """Start from the index where there is a good one that is not known to be damaged, else from nothing."""
        self.begun_as = self.identity
        self.index_signature = self.folder.index
        sealed = rolled.sealed(self.folder, self.identity) if rolled else None
        indexed = sealed or state.load(self.folder, self.identity)
        segments = indexed.segments if indexed and not sealed else ()
        damaged = known.among(damage.files_of(segments, self.folder.path / state.FOLDER))
        self._start_from(None if damaged else indexed)
        self.damaged = damaged

    def index_files(self, held: set[str]) -> Iterable[tuple[Path, str]]:
        """The files that are read of its index, and the digest of each. held: segments that the roll-up holds."""
        loose = [segment for segment in (self.indexed.segments if self.indexed else ()) if segment.name not in held]
        return damage.files_of(loose, self.folder.path / state.FOLDER)

    def can_wait(self) -> bool:
        """Whether nothing was read beyond the index, so that nothing is taken away."""
        return self.offsets == (self.indexed.offsets if self.indexed else {})

    def look_at_rest(self) -> None:
        """Take note of how many bytes of journals the index lacks, so that their rows are held in memory."""
        done = self.indexed.offsets if self.indexed else {}
        self.rest = sum(journal.size - done.get(journal.name, 0) for journal in self.folder.journals)

    def extend_index(self) -> bool:
        """Index what the journals have beyond the index; False where it cannot be written, as on a full disk."""
        try:
            index.update([(self.folder, self.identity)])
        except OSError:
            self.can_be_indexed = False
            return False
        self.is_quiet = False
        self.index_signature = folders.index_signature(self.folder)
        self._start_from(state.load(self.folder, self.identity))
        return True

    def let_go_of_damaged(self) -> None:
        """Have its index made anew by whoever is the next to index, if it is damaged."""
        if self.damaged:
            with contextlib.suppress(OSError):
                index.let_go(self.folder, self.identity)

    def _start_from(self, indexed: State | None) -> None:
        self.indexed = indexed
        self.damaged = []
        self.offsets = dict(indexed.offsets) if indexed else {}
        self.problems = list(indexed.problems) if indexed else []
        self.lines = indexed.lines if indexed else 0
