"""`run.json`: who, what, when; replaced as a whole, by the one process that owns the run."""

import os
import socket
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mediastore import files, naming, sidecar
from mediastore.errors import MediaStoreValueError, StoreFormatError

STORE_MARK = "mediastore.json"
RUN_FILE = "run.json"
SILENT_AFTER_S = 90.0


def mark_store(root: Path) -> None:
    """Make `root` a store. Raises StoreFormatError where it is one of a format that this version cannot write."""
    mark = root / STORE_MARK
    try:
        sidecar.parse(files.read_record(mark), str(mark))
    except FileNotFoundError:
        files.write(mark, sidecar.to_line({"format": sidecar.FORMAT}))


def run_folder(root: Path, project: str, run: str) -> Path:
    """The folder of a run. Raises MediaStoreValueError when one of its names is too long for a folder."""
    parts = []
    for what, name in (("project", project), ("run id", run)):
        part = naming.encode_part(name)
        if "/" in part or not name:
            raise MediaStoreValueError(f"{what} must be 1 to {naming.PIECE_BYTES} bytes long, got {name!r}; shorten it")
        parts.append(part)
    return root.joinpath(*parts)


def read(folder: Path) -> dict[str, Any] | None:
    """The run's record, or None where there is none. Raises StoreFormatError for one that cannot be read."""
    path = folder / RUN_FILE
    try:
        return sidecar.parse(files.read_record(path), str(path))
    except FileNotFoundError:
        return None


def is_being_written(record: dict[str, Any]) -> bool:
    """Whether the process that owns the run still lives, as far as this machine can tell."""
    if record.get("status") != "running":
        return False
    if record.get("host") == socket.gethostname() and record.get("pid"):
        return _lives(int(record["pid"])) and int(record["pid"]) != os.getpid()
    return time.time() - float(record.get("updated", 0)) < SILENT_AFTER_S


def last_step(folder: Path) -> int | None:
    """The highest step near the ends of a run's journals, to go on from."""
    steps: list[int] = []
    for path in [*folder.glob("metrics/*.jsonl"), *folder.glob("items/*.jsonl")]:
        steps += _steps_at_end(path)
    return max(steps, default=None)


class RunRecord:
    """Keeps `run.json` true. Thread-safe."""

    def __init__(self, folder: Path, fields: dict[str, Any], *, durable: bool = False) -> None:
        self._path = folder / RUN_FILE
        self._fields = fields
        self._durable = durable
        self._lock = threading.Lock()

    def update(self, **fields: Any) -> None:
        """Change fields, in memory alone."""
        with self._lock:
            self._fields |= fields

    def create(self) -> None:
        """Write the file where there is none. Raises FileExistsError when another process was first, or OSError."""
        files.write_new(self._path, self._line())

    def save(self, **fields: Any) -> None:
        """Change fields and write the file. Raises OSError."""
        with self._lock:
            self._fields |= fields
            files.write(self._path, self._line(), durable=self._durable)

    def _line(self) -> bytes:
        self._fields["updated"] = round(time.time(), 3)
        return sidecar.to_line({name: value for name, value in self._fields.items() if value is not None})


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _steps_at_end(path: Path, count: int = 65_536) -> Iterable[int]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - count))
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield int(sidecar.parse(line, str(path))["step"])
        except (StoreFormatError, KeyError, TypeError, ValueError):
            continue
