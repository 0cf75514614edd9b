"""Append-only JSON lines of one writer, rolled into numbered files; a file with a successor never changes again."""

import contextlib
import os
import threading
from pathlib import Path

from mediastore import files

ROLL_BYTES = 8 * 2**20


class Journal:
    """`<folder>/<writer>-0001.jsonl`, then -0002 …; made at the first line. Safe for threads of one process.

    A line that could not be written whole (disk full) ends its file: it is tried again, first in the next file, so a
    torn line can only stand at the end of a file that nobody writes any more.
    """

    def __init__(self, folder: Path, writer: str, roll_bytes: int = ROLL_BYTES) -> None:
        self._folder = folder
        self._writer = writer
        self._roll_bytes = roll_bytes
        self._number = 0
        self._size = 0
        self._descriptor: int | None = None
        self._waiting: list[bytes] = []
        self._lock = threading.Lock()

    def append(self, line: bytes) -> None:
        """Write one line. Raises OSError when that failed; the line is kept and goes out before the next one."""
        with self._lock:
            self._waiting.append(line)
            self._write_waiting()

    def flush(self) -> None:
        """Try again what could not be written before, in a new file where the old one was removed. Raises OSError."""
        with self._lock:
            if self._descriptor is not None and not os.fstat(self._descriptor).st_nlink:
                self._close()
            self._write_waiting()

    @property
    def waiting(self) -> int:
        """Lines that could not be written yet."""
        return len(self._waiting)

    def sync(self) -> None:
        """Wait until the disk has what was written."""
        with self._lock:
            if self._descriptor is not None:
                os.fsync(self._descriptor)

    def close(self) -> None:
        """Let the current file go."""
        with self._lock:
            self._close()

    def _write_waiting(self) -> None:
        while self._waiting:
            line = self._waiting[0]
            if self._descriptor is None or (self._size and self._size + len(line) > self._roll_bytes):
                self._roll()
            try:
                files.append(self._descriptor, line)
            except BaseException:
                self._close()
                raise
            self._size += len(line)
            self._waiting.pop(0)

    def _roll(self) -> None:
        self._close()
        path = self._folder / f"{self._writer}-{self._number + 1:04d}.jsonl"
        self._descriptor = files.open_new(path)
        self._number += 1
        self._size = 0

    def _close(self) -> None:
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None
