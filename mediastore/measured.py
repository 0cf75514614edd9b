"""Numbers of media files, measured once and kept beside the index of their run: how bright, how sharp, how loud.

A line of `index/measured.jsonl` names a file of the run and its numbers. It may be deleted at any time.
"""

import contextlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path

from mediastore import files
from mediastore.decoders import DECODERS
from mediastore.encode.measure import KINDS
from mediastore.media_file import media_file

NAME = "measured.jsonl"
AT_ONCE = 64
__all__ = ["KINDS", "Measured"]


class Measured:
    """The numbers of the media files of one store. Safe to call from many threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, dict[str, float]] = {}
        self._read: set[str] = set()
        self._lock = threading.Lock()
        self._working: threading.Thread | None = None
        self._wanted: dict[str, str] = {}

    def of(self, wanted: Iterable[tuple[str, str]]) -> dict[str, dict[str, float]]:
        """Path → its numbers, of those (path, kind) that were measured before; the others are begun with.

        They are measured by a thread that ends by itself, in the order in which they are given. Nobody waits for it.
        """
        wanted = dict(wanted)
        for run in {_run_of(path) for path in wanted} - self._read:
            self._take_up(run)
        found = {path: self._known[path] for path in wanted if path in self._known}
        with self._lock:
            self._wanted = {path: kind for path, kind in wanted.items() if path not in found}
            if self._wanted and (self._working is None or not self._working.is_alive()):
                self._working = threading.Thread(target=self._work, name="mediastore-measure", daemon=True)
                self._working.start()
        return found

    def wait(self) -> None:
        """Return when all that was asked for is measured."""
        with self._lock:
            working = self._working
        if working is not None:
            working.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                some = list(self._wanted.items())[:AT_ONCE]
                if not some:
                    self._working = None
                    return
            there = {path: file for path, _ in some if (file := media_file(self._root, path)) is not None}
            measured = {path: DECODERS.measure(there[path], kind) for path, kind in some if path in there}
            with self._lock:
                self._known |= {path: {} for path, _ in some} | measured
                for path, _ in some:
                    self._wanted.pop(path, None)
            self._keep(measured)

    def _take_up(self, run: str) -> None:
        found = {}
        with contextlib.suppress(OSError):
            for line in files.read_record(self._file(run)).splitlines():
                with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                    said = json.loads(line)
                    found[f"{run}/{said['file']}"] = {name: float(value) for name, value in said["numbers"].items()}
        with self._lock:
            self._known |= found
            self._read.add(run)

    def _keep(self, measured: dict[str, dict[str, float]]) -> None:
        by_run: dict[str, list[bytes]] = {}
        for path, numbers in measured.items():
            run = _run_of(path)
            line = json.dumps({"file": path[len(run) + 1 :], "numbers": numbers}) + "\n"
            by_run.setdefault(run, []).append(line.encode())
        for run, lines in by_run.items():
            with contextlib.suppress(OSError):
                self._file(run).parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(OSError):
                    lines.insert(0, files.read_record(self._file(run)))
                files.write(self._file(run), b"".join(lines))

    def _file(self, run: str) -> Path:
        return self._root / run / "index" / NAME


def _run_of(path: str) -> str:
    return "/".join(path.split("/")[:2])
