"""Copies in memory that is used again: none is overwritten while anybody looks at it, and memory stays flat."""

import gc
import os
import threading
from collections import deque
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

import mediastore
from mediastore.buffers import IDLE_SLABS, SLAB_BYTES, Buffers, copied, held_bytes


@pytest.mark.parametrize("shape", [(3,), (200, 200), (480, 640, 3), (700, 1000, 3), (2000, 1500, 3)])
@pytest.mark.parametrize("dtype", ["u1", ">u2", "f4"])
def test_a_copy_is_contiguous_and_equal(shape: tuple[int, ...], dtype: str) -> None:
    given = np.arange(np.prod(shape), dtype="f8").astype(dtype).reshape(shape)
    for source in (given, given[::-1], given.T):
        copy = copied(source)
        np.testing.assert_array_equal(copy, source)
        assert copy.flags.c_contiguous and copy.dtype == given.dtype and not np.shares_memory(copy, source)


def test_what_is_still_looked_at_is_never_overwritten() -> None:
    """Views alone keep their memory, in four threads at once."""
    pool, wrong = Buffers(), []

    def lend_and_look(thread: int) -> None:
        kept: deque[tuple[int, np.ndarray]] = deque(maxlen=7)
        for turn in range(120):
            value = (thread * 61 + turn) % 256
            kept.append((value, pool.copy(np.full((2, 400 + turn, 211), value, np.uint8))[1].reshape(-1)[5:]))
            wrong.extend(value for value, view in kept if view.min() != value or view.max() != value)

    threads = [threading.Thread(target=lend_and_look, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_memory_that_comes_back_is_lent_again_and_little_is_kept() -> None:
    pool = Buffers()
    photo = np.zeros((480, 640, 3), np.uint8)
    for _ in range(3):
        many = [pool.copy(photo) for _ in range(300)]
        assert pool.idle_bytes == 0
        del many
        gc.collect()
        assert pool.idle_bytes == IDLE_SLABS * SLAB_BYTES
    addresses = {pool.copy(photo).ctypes.data for _ in range(50)}
    assert len(addresses) <= SLAB_BYTES // photo.nbytes


def test_an_array_is_charged_what_it_keeps_from_others() -> None:
    assert held_bytes(100) == 100 and held_bytes(SLAB_BYTES) == SLAB_BYTES
    assert held_bytes(3 * 2**20) == SLAB_BYTES // 2, "two of three megabytes fill a slab of eight"


def test_a_child_of_a_thread_in_the_middle_of_a_copy_does_not_wait_for_it(tmp_path: Path, root: Path) -> None:
    from mediastore import buffers

    photo = np.full((300, 400, 3), 7, np.uint8)
    with mediastore.init(dir=root, strict=False) as run, buffers._lender._lock:
        child = os.fork()
        if child == 0:
            run.log({"child": mediastore.Image(photo)})
            run.flush()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    [path] = root.rglob("*.webp")
    assert np.asarray(Pillow.open(path)).min() == 7
