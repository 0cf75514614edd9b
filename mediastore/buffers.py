"""Memory for the copies that `log()` takes, used again and again.

A page that a process touches for the first time costs more than copying into it. Copies are cut from slabs of eight
megabytes, in huge pages where the system has them, and a slab begins anew when its last copy is gone.
"""

import contextlib
import math
import mmap
import os
import threading
import weakref
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

SLAB_BYTES = 8 * 2**20
SMALLEST_BYTES = 32 * 2**10
LARGEST_BYTES = SLAB_BYTES // 2
IDLE_SLABS = 4
_ALIGNED = 64


class _Slab:
    def __init__(self) -> None:
        self.memory = mmap.mmap(-1, SLAB_BYTES, access=mmap.ACCESS_COPY)  # a fork's child gets its own
        if hasattr(mmap, "MADV_HUGEPAGE"):
            with contextlib.suppress(OSError):
                self.memory.madvise(mmap.MADV_HUGEPAGE)
        self.used = 0
        self.lent = 0


class Buffers:
    """Lends memory for arrays. Thread-safe; an array's memory comes back by itself when nothing refers to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._returned: deque[_Slab] = deque()
        self._idle: list[_Slab] = []
        self._current = _Slab()

    def copy(self, given: NDArray[Any]) -> NDArray[Any]:
        """A contiguous copy in C order."""
        copied = self._empty(given.shape, given.dtype)
        np.copyto(copied, given)
        return copied

    @property
    def idle_bytes(self) -> int:
        """What is kept for later."""
        return len(self._idle) * SLAB_BYTES

    def _empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        nbytes = math.prod(shape) * dtype.itemsize
        if not SMALLEST_BYTES <= nbytes <= LARGEST_BYTES:
            return np.empty(shape, dtype)
        with self._lock:
            self._take_back()
            if self._current.used + nbytes > SLAB_BYTES:
                self._current = self._idle.pop() if self._idle else _Slab()
            slab = self._current
            begin = slab.used
            slab.used += -(-nbytes // _ALIGNED) * _ALIGNED
            slab.lent += 1
        array: NDArray[Any] = np.ndarray(shape, dtype, slab.memory, begin)
        weakref.finalize(array, self._give_back, slab).atexit = False
        return array

    def _give_back(self, slab: _Slab) -> None:
        """Called by whichever thread drops an array, perhaps in the middle of `_empty`: so it never waits."""
        self._returned.append(slab)
        if self._lock.acquire(blocking=False):
            try:
                self._take_back()
            finally:
                self._lock.release()

    def _take_back(self) -> None:
        while self._returned:
            slab = self._returned.popleft()
            slab.lent -= 1
            if slab.lent == 0:
                slab.used = 0
                if slab is not self._current and len(self._idle) < IDLE_SLABS:
                    self._idle.append(slab)


def held_bytes(nbytes: int) -> int:
    """What an array of `nbytes` keeps from others: its share of a slab that holds a whole number of such arrays."""
    if not SMALLEST_BYTES <= nbytes <= LARGEST_BYTES:
        return nbytes
    return SLAB_BYTES // (SLAB_BYTES // nbytes)


def copied(given: NDArray[Any]) -> NDArray[Any]:
    """A contiguous copy in C order, in memory that this process lends."""
    return _lender.copy(given)


_lender = Buffers()


def _begin_in_child() -> None:
    """After a fork the old one's lock may be held by a thread that is not there."""
    global _lender
    _lender = Buffers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)
