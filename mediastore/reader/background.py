"""Indexing beside an app: in a process of its own, so that it takes neither memory nor time of the one that serves."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mediastore.errors import MediaStoreError
from mediastore.reader.reindex import RolledUp, reindex, update_all

REST_S = 60.0
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many bytes of journals are done, of how many."""

    done: int
    total: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


def index_run(root: Path, folder: str) -> None:
    """Bring the index of one run up to its journals. folder: relative to the root. Raises MediaStoreError."""
    for run in reindex(root):
        if run.folder.name == folder:
            run.update(lambda _: None, with_strays=False)


def index_everything(root: Path, tell: Tell) -> None:
    """Bring every index and the roll-up up to the journals; stray sidecars are left to `mediastore index`.

    tell: called with the bytes done and those in all; what it raises stops the work, which can be gone on with.
    Raises MediaStoreError when a folder cannot be written.
    """
    runs = [(run, unread) for run in reindex(root) if (unread := run.unread_bytes()) > 0]
    done, total = 0, sum(unread for _, unread in runs)

    def advance(size: int) -> None:
        nonlocal done
        done += size
        tell(done, total)

    tell(done, total)
    update_all([run for run, _ in runs], advance, with_strays=False)
    rolled = RolledUp(root)
    total += rolled.unread_bytes()
    tell(done, total)
    rolled.update(advance)


class Background:
    """A process that indexes the store at `root` when `begin` asks for it; it ends with this one."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._progress: Progress | None = None
        self._has_failed = False
        self._rests_until = 0.0

    @property
    def progress(self) -> Progress | None:
        """How far it is, while it works."""
        return self._progress

    def begin(self) -> bool:
        """Whether it is at work, or was set to work now. It is not once it failed, and not at once after it ended."""
        with self._lock:
            if self._progress is not None:
                return True
            if self._has_failed or time.monotonic() < self._rests_until:
                return False
            self._progress = Progress(0, 0)
            command = [sys.executable, "-m", "mediastore.reader.background", str(self._root)]
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            threading.Thread(target=self._follow, args=(self._process,), daemon=True).start()
        return True

    def stop(self) -> None:
        """End it where it is; what it has done stays."""
        with self._lock:
            process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def _follow(self, process: subprocess.Popen[str]) -> None:
        with process.stdout as told:
            for line in told:
                done, total = line.split()
                self._progress = Progress(int(done), int(total))
        code = process.wait()
        with self._lock:
            self._has_failed = code != 0
            self._rests_until = time.monotonic() + REST_S
            self._progress = None


def main(root: str, folder: str | None = None) -> None:
    """Index a store and tell of it line by line, or one run of it without a word."""
    try:
        if folder is not None:
            index_run(Path(root), folder)
            return
        index_everything(Path(root), lambda done, total: print(done, total, flush=True))
    except (MediaStoreError, BrokenPipeError):
        raise SystemExit(1) from None


if __name__ == "__main__":
    main(*sys.argv[1:3])
