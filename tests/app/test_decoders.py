"""Media are decoded beside the app: what a file does to a decoder is told on its card, and the app goes on."""

import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mediastore import decoders
from mediastore.decoders import Decoders
from mediastore.encode import thumbnail
from mediastore.errors import MediaStoreValueError
from mediastore.thumbnails import Thumbnails

pytestmark = pytest.mark.skipif(os.name != "posix", reason="open files are handed on by POSIX systems alone")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    Image.new("RGB", (64, 48), "teal").save(tmp_path / "small.png")
    return tmp_path / "small.png"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A picture that takes a while and a quarter of a gigabyte."""
    Image.fromarray(np.zeros((7900, 7900, 3), np.uint8)).save(tmp_path / "large.png", compress_level=1)
    return tmp_path / "large.png"


def process_of(made: Decoders) -> "decoders.subprocess.Popen[bytes]":
    (worker,) = made._idle
    return worker._process


def test_a_decoder_that_crashes_is_replaced_and_its_file_is_told(small: Path, large: Path) -> None:
    made = Decoders(workers=1)
    whole = made.thumbnail(small, "image")
    process, said = process_of(made), []

    def ask() -> None:
        with pytest.raises(MediaStoreValueError) as refused:
            made.thumbnail(large, "image")
        said.append(str(refused.value))

    asking = threading.Thread(target=ask)
    asking.start()
    while made._idle:
        pass
    process.send_signal(signal.SIGSEGV)
    asking.join(60)
    assert said == [decoders._GONE]
    assert process.returncode == -signal.SIGSEGV
    assert made.thumbnail(small, "image") == whole
    assert process_of(made).pid != process.pid
    with pytest.raises(MediaStoreValueError, match="at which the decoder ended"):
        made.thumbnail(large, "image")
    assert process_of(made).poll() is None


def test_a_file_that_takes_too_long_is_told_and_its_decoder_killed(small: Path, large: Path) -> None:
    made = Decoders(workers=1, limit_s=0.02)
    made._limit_s, patient = 60.0, made._limit_s
    made.thumbnail(small, "image")
    process, made._limit_s = process_of(made), patient
    picture = Thumbnails(draw=made.thumbnail).of(large)
    assert picture.data == thumbnail.card(
        "image", "this file must be decoded within 0.02 s, got no end; open the file itself"
    )
    assert not picture.lasting
    assert process.returncode == -signal.SIGKILL


@pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="memory is bounded on Linux alone")
def test_a_file_that_takes_too_much_memory_ends_nobody(small: Path, large: Path) -> None:
    made = Decoders(workers=1, memory_bytes=100 * 2**20)
    with pytest.raises(MediaStoreValueError):
        made.thumbnail(large, "image")
    assert made.thumbnail(small, "image")


def test_one_that_was_killed_while_nobody_asked_is_replaced(small: Path) -> None:
    made = Decoders(workers=1)
    whole = made.thumbnail(small, "image")
    process_of(made).kill()
    process_of(made).wait()
    assert made.thumbnail(small, "image") == whole


def test_they_end_when_nobody_asks_and_begin_again(small: Path) -> None:
    made = Decoders(workers=1, idle_s=0.05)
    whole = made.thumbnail(small, "image")
    with made._lock:
        ended = [worker._process for worker in made._idle]
    for process in ended:
        process.wait(60)
    assert made.thumbnail(small, "image") == whole


def test_nothing_but_a_regular_file_is_handed_on(tmp_path: Path, small: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to(small)
    (tmp_path / "folder.png").mkdir()
    for name in ("pipe.png", "link.png", "folder.png", "gone.png"):
        with pytest.raises(MediaStoreValueError, match="must be"):
            Decoders().thumbnail(tmp_path / name, "image")
