"""Questions of strangers, asked in processes that may be ended: no statement can take this one's memory or time.

DuckDB's own limits hold for tables and joins, but one value of a list or text may take all memory there is, and cannot
be interrupted. So each question goes to a worker process with a bound on its memory; one that does not come back in
time is killed.
"""

import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa

from mediastore import scratch
from mediastore.errors import QueryError
from mediastore.reader.database import INTERRUPTED

WORKERS = 2
MEMORY_BYTES = 3 * 2**30
QUERY_CHARACTERS_MAX = 100_000
ANSWER_BYTES_MAX = 256 * 2**20
WAIT_S, START_S, GRACE_S = 20.0, 60.0, 2.0
FRAME, REFUSED = b"f", b"r"
_HEAD = struct.Struct("!cQ")
_KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "HOME", "VIRTUAL_ENV")


class Fence:
    """A few worker processes that read the store at `root`; they begin at the first question and end with this."""

    def __init__(
        self,
        root: Path,
        workers: int = WORKERS,
        memory_bytes: int = MEMORY_BYTES,
        answer_bytes: int = ANSWER_BYTES_MAX,
    ) -> None:
        self._root = root
        self._bounds = memory_bytes, answer_bytes
        self._workers = workers
        self._room = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._busy: dict[_Worker, int] = {}
        weakref.finalize(self, _end_all, self._idle)

    def ask(self, query: str, values: Sequence[Any] | Mapping[str, Any], limit_s: float) -> pd.DataFrame:
        """The answer to one select statement.

        Raises QueryError: what DuckDB says, or which bound of time, memory, length or number was reached.
        """
        if len(query) > QUERY_CHARACTERS_MAX:
            raise QueryError(
                f"a query must be at most {QUERY_CHARACTERS_MAX:,} characters long, got {len(query):,}; shorten it"
            )
        if not self._room.acquire(timeout=min(WAIT_S, limit_s)):
            raise QueryError(
                f"at most {self._workers} queries must run at once, got one more; try again when others have ended"
            )
        try:
            worker = self._taken()
            try:
                kind, content = worker.ask(query, values, limit_s)
            finally:
                with self._lock:
                    self._busy.pop(worker, None)
            with self._lock:
                self._idle.append(worker)
        finally:
            self._room.release()
        if kind == REFUSED:
            raise QueryError(content.decode("utf-8", "replace"))
        return pa.ipc.open_stream(content).read_all().to_pandas()

    def interrupt(self, thread: int | None = None) -> None:
        """End what is being answered now, of one thread or of all; `ask` raises QueryError."""
        with self._lock:
            for worker, asking in self._busy.items():
                if thread in (None, asking):
                    worker.interrupt()

    def _taken(self) -> "_Worker":
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.lives():
                    self._busy[worker] = threading.get_ident()
                    return worker
                worker.end()
        worker = _Worker(self._root, *self._bounds)
        with self._lock:
            self._busy[worker] = threading.get_ident()
        return worker


class _Worker:
    """One process, one question at a time."""

    def __init__(self, root: Path, memory_bytes: int, answer_bytes: int) -> None:
        self._answer_bytes = answer_bytes
        self._is_interrupted = False
        self._too_much = f"a query must fit into {memory_bytes / 2**30:g} GB of memory, got one that did not"
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mediastore.reader.fence_worker", str(root), str(memory_bytes), str(answer_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
            start_new_session=True,
        )
        self._within(START_S, self._receive, f"a query must be begun within {START_S:g} s, got no start; try again")

    def interrupt(self) -> None:
        self._is_interrupted = True
        self._process.kill()

    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, query: str, values: Sequence[Any] | Mapping[str, Any], limit_s: float) -> tuple[bytes, bytes]:
        """The kind of the answer and its bytes. After an exception the process is gone."""
        question = json.dumps({"query": query, "params": values, "limit_s": limit_s}, default=str)

        def exchange() -> tuple[bytes, bytes]:
            send(self._process.stdin, FRAME, question.encode("utf-8", "surrogatepass"))
            return self._receive()

        late = f"a query must end within {limit_s:g} s, got no end; ask for less"
        return self._within(limit_s + GRACE_S, exchange, late)

    def _within(self, limit_s: float, exchange: Callable[[], tuple[bytes, bytes]], late: str) -> tuple[bytes, bytes]:
        is_late = threading.Event()
        timer = threading.Timer(limit_s, lambda: (is_late.set(), self._process.kill()))
        timer.daemon = True
        timer.start()
        try:
            return exchange()
        except (OSError, EOFError) as error:
            self.end()
            unasked = INTERRUPTED if self._is_interrupted else f"{self._too_much}; ask for less"
            raise QueryError(late if is_late.is_set() else unasked) from error
        except BaseException:
            self.end()
            raise
        finally:
            timer.cancel()
            timer.join()

    def _receive(self) -> tuple[bytes, bytes]:
        kind, size = _HEAD.unpack(_whole(self._process.stdout, _HEAD.size))
        if size > self._answer_bytes:
            raise QueryError(too_large(size, self._answer_bytes))
        return kind, _whole(self._process.stdout, size)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        scratch.sweep()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


def send(pipe: BinaryIO, kind: bytes, content: bytes) -> None:
    """Write one message: its kind, its length, its bytes."""
    pipe.write(_HEAD.pack(kind, len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: BinaryIO) -> bytes | None:
    """The bytes of the next message, or None when there is none any more."""
    head = pipe.read(_HEAD.size)
    return pipe.read(_HEAD.unpack(head)[1]) if len(head) == _HEAD.size else None


def _whole(pipe: BinaryIO, count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError
    return content


def too_large(size: int, bound: int) -> str:
    """What to say of an answer that must not be taken in."""
    return (
        f"an answer must be at most {bound / 2**20:g} MB, got {size / 2**20:,.1f} MB; count, aggregate or add a limit"
    )


def _end_all(workers: list[_Worker]) -> None:
    for worker in workers:
        worker.end()
