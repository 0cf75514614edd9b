"""The only place that opens files for writing. A file appears whole under its name, or not at all."""

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from threading import get_ident

from mediastore.errors import MediaStoreError

try:
    from fcntl import ioctl
except ImportError:  # Windows
    ioctl = None

TEMPORARY_PREFIX = ".writing-"
RECORD_BYTES_MAX = 32 * 2**20
_FICLONE = 0x40049409


class _Protection:
    """Folders in which this process changes nothing but what may be deleted at any time."""

    roots: tuple[Path, ...] = ()

    def check(self, *paths: Path | str) -> None:
        """Raise MediaStoreError for a path that may not be changed."""
        for path in map(Path, paths) if self.roots else ():
            for root in self.roots:
                if path.is_relative_to(root) and not _is_derived(path.relative_to(root).parts):
                    raise MediaStoreError(
                        "a store must be open to changes, got one that is shown read only; ask its owner"
                    )


_protection = _Protection()


def protect(*roots: Path) -> None:
    """From now on refuse every change below these folders, except to indexes and thumbnails. None at all ends that."""
    _protection.roots = tuple({spelled for root in roots for spelled in (root.absolute(), root.resolve())})


def write(path: Path | str, content: bytes, *, durable: bool = False) -> None:
    """Write `content` under a temporary name beside `path`, then rename it there, replacing what was there."""
    temporary = _written_aside(path, content, durable)
    try:
        os.replace(temporary, path)
    except BaseException:
        _discard(temporary)
        raise


def read_record(path: Path) -> bytes:
    """The content of a record. Raises OSError for a link, a pipe, a device and anything above 32 MB: none is read."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "a record must be a regular file", str(path))
        if facts.st_size > RECORD_BYTES_MAX:
            raise OSError(errno.EFBIG, f"a record must be at most {RECORD_BYTES_MAX // 2**20} MB", str(path))
        return file.read(RECORD_BYTES_MAX)


def write_new(path: Path, content: bytes) -> None:
    """Like `write`, but only where nothing is. Raises FileExistsError: of several processes one alone succeeds."""
    temporary = _written_aside(path, content, durable=False)
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(f"{path} is there already") from None
        os.replace(temporary, path)
    finally:
        _discard(temporary)


def make(path: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write a file under a temporary name beside `path`, then rename it there; after an error none stays."""
    _protection.check(path)
    temporary = Path(_temporary(path))
    try:
        fill(temporary)
        os.replace(temporary, path)
    except BaseException:
        _discard(str(temporary))
        raise


def move(source: Path, path: Path) -> None:
    """Give a staged file its place."""
    _protection.check(source, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, path)


def copy(source: Path, path: Path) -> None:
    """Copy a file, sharing its blocks where the file system can."""
    _protection.check(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as reading, path.open("xb") as writing:
        if not _shares_blocks(reading.fileno(), writing.fileno()):
            shutil.copyfileobj(reading, writing, 2**20)


def link(source: Path, path: Path) -> None:
    """Give a file a second name, or where the file system has no hard links, copy it. A symbolic link stays one."""
    _protection.check(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, path, follow_symlinks=False)
    except (OSError, NotImplementedError):  # the second: Windows gives no second name to a symbolic link
        if source.is_symlink():
            path.symlink_to(os.readlink(source))
        else:
            copy(source, path)


def append(descriptor: int, content: bytes) -> None:
    """Append to an open file. Raises OSError when not all of it could be written."""
    _write_all(descriptor, content)


def open_new(path: Path) -> int:
    """A descriptor that appends to a file which must not have existed."""
    _protection.check(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o666)


def truncate(path: Path, size: int) -> None:
    """Cut a file to its first `size` bytes."""
    _protection.check(path)
    os.truncate(path, size)


def touch(path: Path) -> None:
    """Mark a file of ours as used now; where that is not allowed it stays as it is."""
    with contextlib.suppress(OSError):
        os.utime(path)


def is_there(path: Path | str) -> bool:
    """Whether something stands at a path."""
    return os.path.lexists(path)


def remove(path: Path) -> None:
    """Remove a file of ours that is no longer wanted; that it is gone already is fine."""
    _protection.check(path)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def remove_tree(path: Path) -> None:
    """Remove a folder of ours with all that it holds; that it is gone already is fine. Follows no link."""
    _protection.check(path)
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path)


def _is_derived(parts: tuple[str, ...]) -> bool:
    """Whether a place in a store holds what can be made again: the index of the root, or of a run, which is no name."""
    below_run = parts[2 : parts.index("media")] if "media" in parts else parts[2:]
    return ".." not in parts and (parts[:1] == (".index",) or "index" in below_run)


def _shares_blocks(source: int, target: int) -> bool:
    if ioctl is None:
        return False
    try:
        ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def _written_aside(path: Path | str, content: bytes, durable: bool) -> str:
    _protection.check(path)
    temporary = _temporary(path)
    try:
        descriptor = _open_new(temporary)
        try:
            _write_all(descriptor, content)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        _discard(temporary)
        raise
    return temporary


def _discard(temporary: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(temporary)


def _temporary(path: Path | str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, f"{TEMPORARY_PREFIX}{os.getpid():x}-{get_ident():x}-{name}")


def _open_new(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags, 0o666)


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
