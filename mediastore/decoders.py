"""Decodes strangers' media in processes of their own: a flaw in a codec, a crash, a hang ends one of them, not the app.

Each is handed open files and answers with pictures and numbers. It has a bound on memory, an empty environment, and on
Linux a filter of the kernel behind which it can open no file and no socket and begin no process. They begin with the
first file, and end when there was none for a while.
"""

import contextlib
import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediastore.errors import MediaStoreError, MediaStoreValueError, MissingPackageError
from mediastore.sealed.questions import (
    ANSWER_BYTES_MAX,
    BYTES,
    HEAD,
    LABELS_BYTES_MAX,
    MISSING,
    QUESTION,
    REFUSED,
)

WORKERS = max(2, (os.cpu_count() or 2) // 2)
MEMORY_BYTES = 2 * 2**30
LABEL_TYPES = ("|b1", "|u1", "<u2", "<i4")
START_S, LIMIT_S, IDLE_S = 60.0, 30.0, 60.0
FATAL_KEPT = 256
_LATE = "this file must be decoded within {limit:g} s, got no end; open the file itself"
_GONE = (
    "this file must be decodable, got one at which the decoder ended, by a fault or for memory; open the file itself"
)
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Decoders:
    """So many decoding processes, each bounded. Safe to call from many threads, which wait for one that is free."""

    def __init__(
        self,
        workers: int = WORKERS,
        memory_bytes: int = MEMORY_BYTES,
        limit_s: float = LIMIT_S,
        idle_s: float = IDLE_S,
    ) -> None:
        self._memory_bytes, self._limit_s, self._idle_s = memory_bytes, limit_s, idle_s
        self._room = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._used = time.monotonic()
        self._watching = False
        self._fatal: OrderedDict[tuple[Any, ...], str] = OrderedDict()
        weakref.finalize(self, _end_all, self._idle)

    def thumbnail(self, file: Path, kind: str, way: str = "") -> bytes:
        """As `encode.thumbnail.thumbnail`."""
        return self._ask(file, "thumbnail", kind, way)

    def crop(self, file: Path, window: Sequence[int], frame: int | None = None) -> bytes:
        """As `encode.crop.crop`."""
        return self._ask(file, "crop", list(window), frame)

    def measure(self, file: Path, kind: str) -> dict[str, float]:
        """As `encode.measure.measure`."""
        try:
            return self._ask(file, "measure", kind)
        except MediaStoreError:
            return {}

    def channel_peaks(self, file: Path, columns: int) -> list[list[list[float]]]:
        """As `encode.thumbnail.channel_peaks`, as lists."""
        return self._ask(file, "peaks", columns)

    def label_map(self, file: Path) -> NDArray[Any]:
        """The integers of a label map, shape (height, width)."""
        head, _, pixels = self._ask(file, "labels").partition(b"\n")
        try:
            kind, height, width = head.decode("ascii").split()
            return np.frombuffer(pixels, LABEL_TYPES[LABEL_TYPES.index(kind)]).reshape(int(height), int(width))
        except ValueError as error:
            raise MediaStoreValueError(f"a label map must be of integers, got {head[:80]!r}") from error

    def _ask(self, file: Path, what: str, *how: Any) -> Any:
        """Raises what the function raises there; MediaStoreValueError, too, when the file cannot be opened, or the
        process ended or was late. What ended one is not tried again."""
        if not hasattr(socket, "send_fds"):
            return _here(file, what, how)
        try:
            descriptor = os.open(file, _FLAGS)
        except OSError as error:
            said = f"this file must be readable, got {error.strerror or error}; see to its rights"
            raise MediaStoreValueError(said) from error
        try:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise MediaStoreValueError(f"a media file must be a regular file, got {file.name}; look at its folder")
            identity = (facts.st_dev, facts.st_ino, facts.st_mtime_ns, what, how[-1:] if what == "thumbnail" else ())
            if said := self._fatal.get(identity):
                raise MediaStoreValueError(said)
            with self._room:
                kind, content = self._answered(descriptor, file.name, what, how, identity)
        finally:
            os.close(descriptor)
        if kind == BYTES:
            return content
        if kind in (REFUSED, MISSING):
            raise (MissingPackageError if kind == MISSING else MediaStoreValueError)(content.decode("utf-8", "replace"))
        return json.loads(content)

    def _answered(self, descriptor: int, name: str, what: str, how: Any, identity: tuple[Any, ...]) -> Any:
        worker = self._taken()
        question = json.dumps({"what": what, "how": how, "name": name}).encode()
        try:
            most = LABELS_BYTES_MAX if what == "labels" else ANSWER_BYTES_MAX
            answer = worker.ask(question, descriptor, self._limit_s, most)
        except BaseException as error:
            worker.end()
            if not isinstance(error, (OSError, EOFError)):
                raise
            said = _LATE.format(limit=self._limit_s) if isinstance(error, TimeoutError) else _GONE
            with self._lock:
                self._fatal[identity] = said
                while len(self._fatal) > FATAL_KEPT:
                    self._fatal.popitem(last=False)
            raise MediaStoreValueError(said) from error
        self._give_back(worker)
        return answer

    def _taken(self) -> "_Worker":
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.lives():
                    return worker
                worker.end()
        return _Worker(self._memory_bytes)

    def _give_back(self, worker: "_Worker") -> None:
        with self._lock:
            self._idle.append(worker)
            self._used = time.monotonic()
            if not self._watching:
                self._watch(self._idle_s)

    def _watch(self, seconds: float) -> None:
        self._watching = True
        timer = threading.Timer(seconds, self._end_idle)
        timer.daemon = True
        timer.start()

    def _end_idle(self) -> None:
        with self._lock:
            left = self._used + self._idle_s - time.monotonic()
            if left > 0:
                self._watch(left)
                return
            self._watching = False
            ended, self._idle[:] = list(self._idle), []
        _end_all(ended)


class _Worker:
    """One process, one file at a time."""

    def __init__(self, memory_bytes: int) -> None:
        self._line, theirs = socket.socketpair()
        environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "OPENBLAS_NUM_THREADS": "1"}
        kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV", "SYSTEMROOT") if name in os.environ}
        with theirs, _begun():
            self._process = subprocess.Popen(
                [sys.executable, "-B", "-m", "mediastore.sealed.decoder", str(memory_bytes)],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=kept | environment,
                cwd="/",
                start_new_session=True,
            )
        try:
            with _begun():
                self._receive(time.monotonic() + START_S)
        except MediaStoreValueError:
            self.end()
            raise

    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, question: bytes, descriptor: int, limit_s: float, most: int) -> tuple[bytes, bytes]:
        """The kind of the answer and its bytes. Raises TimeoutError when late, EOFError or OSError when it ended."""
        deadline = time.monotonic() + limit_s
        self._line.settimeout(limit_s)
        whole = QUESTION.pack(len(question)) + question
        sent = socket.send_fds(self._line, [whole], [descriptor])
        self._line.sendall(whole[sent:])
        return self._receive(deadline, most)

    def _receive(self, deadline: float, most: int = ANSWER_BYTES_MAX) -> tuple[bytes, bytes]:
        kind, size = HEAD.unpack(self._whole(HEAD.size, deadline))
        if size > most:
            raise EOFError
        return kind, self._whole(size, deadline)

    def _whole(self, size: int, deadline: float) -> bytes:
        content = bytearray()
        while len(content) < size:
            self._line.settimeout(max(0.001, deadline - time.monotonic()))
            if not (part := self._line.recv(size - len(content))):
                raise EOFError
            content += part
        return bytes(content)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._line.close()


@contextlib.contextmanager
def _begun() -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError) as error:
        raise MediaStoreValueError("a decoder must begin, got none; see what the machine has left") from error


def _here(file: Path, what: str, how: tuple[Any, ...]) -> Any:
    """On a system where no open file can be handed on."""
    from mediastore.sealed.decoder import DONE

    return DONE[what](file, *how)


def _end_all(workers: list[_Worker]) -> None:
    for worker in workers:
        worker.end()


DECODERS = Decoders()
"""Those of this process."""
