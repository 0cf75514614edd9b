"""A bounded queue of work and the threads that do it."""

import logging  # noqa: F401 - its fork hook must be registered before ours, so that ours runs first
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")

PAUSE_S = 10.0


class Pipeline(Generic[Job]):
    """Runs `work(job)` on a few threads, in the order of `submit`, holding at most `bytes_max` of waiting jobs.

    The threads start at the first job. `work` must not raise. `on_full` is called, once, before `submit` first waits.
    """

    def __init__(
        self,
        work: Callable[[Job], None],
        *,
        threads: int,
        bytes_max: int,
        on_full: Callable[[], None],
    ) -> None:
        self._work = work
        self._threads_wanted = threads
        self._bytes_max = bytes_max
        self._on_full: Callable[[], None] | None = on_full
        self._jobs: deque[tuple[Job, int]] = deque()
        self._bytes = 0
        self._unfinished = 0
        self._threads: list[threading.Thread] = []
        self._working = 0
        self._paused = False
        self._closed = False
        lock = threading.Lock()
        self._work_waits = threading.Condition(lock)
        self._room = threading.Condition(lock)
        self._idle = threading.Condition(lock)
        _pipelines.add(self)

    def submit(self, *jobs: tuple[Job, int]) -> None:
        """Queue jobs with their bytes; waits while the queue is full. One above the bound goes in when it is empty.

        Of several jobs the first wakes a thread: short ones are best queued together.
        """
        with self._room:
            for job, nbytes in jobs:
                while self._bytes and self._bytes + nbytes > self._bytes_max:
                    if self._on_full is not None:
                        announce, self._on_full = self._on_full, None
                        announce()
                    self._work_waits.notify()
                    self._room.wait()
                self._jobs.append((job, nbytes))
                self._bytes += nbytes
                self._unfinished += 1
            if len(self._threads) < min(self._threads_wanted, self._unfinished):
                self._start_thread()
            self._work_waits.notify()

    @property
    def unfinished(self) -> int:
        """Jobs that are queued or being worked on."""
        return self._unfinished

    def drain(self, timeout_s: float | None = None) -> bool:
        """Wait until every job is done; False when the time ran out first."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._idle:
            while self._unfinished:
                rest = None if deadline is None else deadline - time.monotonic()
                if rest is not None and rest <= 0:
                    return False
                self._idle.wait(rest)
        return True

    def pause(self) -> None:
        """Wait until no thread is in the middle of a job, but not for ever, and begin none before `resume`."""
        with self._idle:
            self._paused = True
            self._idle.wait_for(lambda: not self._working, PAUSE_S)

    def resume(self) -> None:
        """Go on with the queue."""
        with self._work_waits:
            self._paused = False
            self._work_waits.notify_all()

    def close(self) -> None:
        """Let the threads end once the queue is empty."""
        with self._work_waits:
            self._closed = True
            self._work_waits.notify_all()

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._loop, name=f"mediastore-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _loop(self) -> None:
        while True:
            with self._work_waits:
                while self._paused or not self._jobs:
                    if self._closed and not self._jobs:
                        return
                    self._work_waits.wait()
                job, nbytes = self._jobs.popleft()
                self._working += 1
            self._work(job)
            del job
            with self._work_waits:
                self._bytes -= nbytes
                self._unfinished -= 1
                self._working -= 1
                self._room.notify_all()
                if not self._unfinished or (self._paused and not self._working):
                    self._idle.notify_all()


_pipelines: weakref.WeakSet[Pipeline[Any]] = weakref.WeakSet()


def _pause_all() -> None:
    """A fork copies locks but not the threads that hold them, so none may be held by ours."""
    for pipeline in list(_pipelines):
        pipeline.pause()


def _resume_all() -> None:
    for pipeline in list(_pipelines):
        pipeline.resume()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_pause_all, after_in_parent=_resume_all, after_in_child=_pipelines.clear)
