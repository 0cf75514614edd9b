"""Room for what a process needs while it runs: what it spills, packs or draws for now.

However a process ends, what it left goes: it holds a lock as long as it lives, and the next process removes the folders
whose lock nobody holds. That works between containers too, which do not see each other's process numbers.
"""

import atexit
import contextlib
import os
import secrets
import shutil
import stat
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

LOCK = ".lock"


@dataclass(frozen=True)
class _Room:
    pid: int
    folder: Path
    lock: int | None = None

    def clear(self) -> None:
        """Remove it, unless this is a fork of the process that made it."""
        if self.pid != os.getpid():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.lock is not None:
            with contextlib.suppress(OSError):
                self.folder.with_name(f"{self.folder.name}{LOCK}").unlink()
            sweep()


_choosing = threading.Lock()
_rooms: list[_Room] = []


def folder() -> Path:
    """This process's own folder, which no other user can read; it is gone when the process is. Raises OSError."""
    with _choosing:
        if not _rooms or _rooms[-1].pid != os.getpid():
            _rooms[:] = [_made()]
            atexit.register(_rooms[-1].clear)
        _rooms[-1].folder.mkdir(0o700, parents=True, exist_ok=True)
        return _rooms[-1].folder


def place(purpose: str) -> Path:
    """A path in it that nothing is at yet. Never raises: where there is no room, only who writes there need notice."""
    name = f"{purpose}-{secrets.token_hex(8)}"
    try:
        return folder() / name
    except OSError:
        return Path(os.devnull) / name


def new_folder(purpose: str) -> Path:
    """A folder in it. Raises OSError."""
    return Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=folder()))


def sweep() -> None:
    """Remove what ended processes of this user left."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError):
        for lock in _shared().glob(f"*{LOCK}"):
            _remove_if_left(lock)


def _made() -> _Room:
    """A folder whose lock is held before anyone else can see it; one without a lock where there are none."""
    if fcntl is None:
        return _unlocked()
    try:
        shared = _shared()
        name = f"{os.getpid()}-{secrets.token_hex(8)}"
        hidden = shared / f".{name}"
        lock = os.open(hidden, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        hidden.rename(shared / f"{name}{LOCK}")
        (shared / name).mkdir(0o700)
    except OSError:
        return _unlocked()
    sweep()
    return _Room(os.getpid(), shared / name, lock)


def _unlocked() -> _Room:
    return _Room(os.getpid(), Path(tempfile.mkdtemp(prefix="mediastore-")))


def _shared() -> Path:
    """The folder of all processes of this user. Raises OSError where there can be none that is this user's alone."""
    shared = Path(tempfile.gettempdir()) / f"mediastore-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        shared.mkdir(0o700)
    facts = os.lstat(shared)
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise PermissionError(f"{shared} is open to others")
    return shared


def _remove_if_left(lock: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink()
        finally:
            os.close(descriptor)
