"""The reading side's public face: one class whose questions stand in modules by idea."""

import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mediastore import files, sidecar
from mediastore.errors import StoreFormatError
from mediastore.reader import folders
from mediastore.reader.background import Background
from mediastore.reader.database import TIME_LIMIT_S, Database
from mediastore.reader.edits import StoredRun, find_run
from mediastore.reader.facets import Cubes
from mediastore.reader.fence import Fence
from mediastore.reader.finding import Finding
from mediastore.reader.live import Live
from mediastore.reader.logged_tables import LoggedTables
from mediastore.reader.measures import Measures
from mediastore.reader.overviews import Overviews
from mediastore.reader.questions import Questions
from mediastore.reader.tasks import Tasks

MARK = "mediastore.json"
ROOT_VARIABLE = "MEDIASTORE_DIR"
DEFAULT_ROOT = "mediastore-runs"


class Store(Questions, Measures, Tasks, Overviews, Finding, LoggedTables):
    """A folder of runs, read.

    root: the folder; by default MEDIASTORE_DIR, else ./mediastore-runs. It may be missing, empty or half written: then
    frames are empty. Raises StoreFormatError for a folder that holds something else, or was written by a later format.
    What is appended later is seen after `refresh()`. Methods may be called from many threads. fenced: `sql` runs in
    processes of bounded memory that are killed when late, for questions of people one does not know. in_background:
    what is long is indexed by a process beside this one, and seen as it comes; see `indexing`.
    """

    def __init__(
        self, root: str | os.PathLike[str] | None = None, *, fenced: bool = False, in_background: bool = False
    ) -> None:
        given = Path(root if root is not None else os.environ.get(ROOT_VARIABLE) or DEFAULT_ROOT)
        self.root = given.resolve()
        self._unmarked = _check_mark(self.root)
        self._lock = threading.Lock()
        self._database = Database(self.root)
        self._background = Background(self.root) if in_background else None
        self._live = Live(self.root, self._database, self._background)
        self._fence = Fence(self.root) if fenced else None
        self._cubes = Cubes()
        self._comparisons, self._evaluations = OrderedDict(), OrderedDict()
        self._filled, self._filling = {}, threading.Lock()
        self._opened = secrets.token_hex(4)
        self._changes = 0
        self._refreshed = float("-inf"), False
        self.refresh()

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"

    @property
    def version(self) -> str:
        """A text that changes whenever something new was read."""
        return f"{self._opened}-{self._changes}"

    def refresh(self) -> bool:
        """Read what was written since; whether there was anything. Costs what is new, not what is there.

        Of a run that is done and has been still for a minute, what is written into a file that was there before, rather
        than beside it or in its place, is seen within 16 refreshes. Who waited while others refreshed takes theirs, if
        it began after this was asked.
        """
        asked = time.monotonic()
        with self._lock:
            if self._refreshed[0] > asked:
                return self._refreshed[1]
            began = time.monotonic()
            changed = self._live.refresh()
            self._changes += changed
            self._refreshed = began, changed
        return changed

    @property
    def indexing(self) -> tuple[float, int] | None:
        """While a process indexes in the background: how far it is, from 0 to 1, and how many runs wait for it."""
        progress = self._background.progress if self._background else None
        return (progress.share, self._live.waiting) if progress else None

    def _read_anew(self) -> None:
        with self._lock:
            self._live.doubt()
        self.refresh()

    def _read_past_damage(self) -> bool:
        with self._lock:
            is_found = self._live.mistrust()
        if is_found:
            self.refresh()
        return is_found

    def sql(
        self, query: str, params: Sequence[Any] | Mapping[str, Any] = (), *, limit_s: float = TIME_LIMIT_S
    ) -> pd.DataFrame:
        """The answer to one select statement over runs, metrics, items, annotations, and matches and its like.

        params: values for `?`, `$1` or `$name`. Raises QueryError: DuckDB's own sentence, or that it took over limit_s
        seconds.
        """
        if self._fence is not None:
            return self._fence.ask(query, params, limit_s)
        self._fill_views_of(query)
        return self._again(self._database.ask, query, params, limit_s)

    def interrupt(self, thread: int | None = None) -> None:
        """End what `sql` answers now in other threads, or in the one of this ident: it raises QueryError."""
        (self._fence or self._database).interrupt(thread)

    def run(self, name: str) -> StoredRun:
        """One run, to change its name, notes, tags, config or summary: `store.run("…").update(tags=["best"])`.

        name: the run's id, or "project/run". Raises NotFoundError unless that is one run.
        """
        return find_run(self.root, name)

    def problems(self) -> pd.DataFrame:
        """One row a thing that could not be read: project, run, file, problem."""
        with self._lock:
            found = [("", "", MARK, problem) for problem in self._unmarked] + self._live.problems()
        return pd.DataFrame(found, columns=["project", "run", "file", "problem"], dtype="str")


def _check_mark(root: Path) -> list[str]:
    """What to say of a root without its mark; an empty one needs none. Raises StoreFormatError for what is no store."""
    mark = root / MARK
    if mark.is_file():
        sidecar.parse(files.read_record(mark), str(mark))
    elif root.exists() and not root.is_dir():
        raise StoreFormatError(f"a store must be a folder, got the file {root}; give the folder that holds it")
    elif root.is_dir() and any(not entry.name.startswith(".") for entry in root.iterdir()):
        if not folders.scan(root)[0]:
            raise StoreFormatError(
                f"a store must hold {MARK} or runs, got the folder {root} with neither; give one that a run wrote to"
            )
        return [f'{MARK} must be there, got none; write {{"format": {sidecar.FORMAT}}} into it']
    return []
