"""Media are decoded beside the app: what a file does to a decoder is told on its card, and the app goes on."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mediastore
from mediastore import decoders
from mediastore.decoders import Decoders
from mediastore.encode import thumbnail
from mediastore.errors import MediaStoreValueError
from mediastore.thumbnails import Thumbnails

LAYERS = ("ground_truth", "predictions")
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


@pytest.mark.parametrize("kind", [bool, np.uint8, np.uint16, np.int32])
def test_a_label_map_comes_back_as_it_was(tmp_path: Path, kind: type) -> None:
    given = np.arange(35).reshape(5, 7) % 2 if kind is bool else np.arange(35).reshape(5, 7) * 7
    Image.fromarray(given.astype(kind)).save(tmp_path / "map.tif")
    assert Decoders().label_map(tmp_path / "map.tif").tolist() == given.tolist()


def test_what_is_no_label_map_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "noise.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(200)))
    Image.new("1", (9000, 9000)).save(tmp_path / "bomb.png")
    (tmp_path / "link.png").symlink_to(tmp_path / "bomb.png")
    made = Decoders()
    for name, said in (("noise.png", "must be a picture file"), ("bomb.png", "pixels"), ("link.png", "readable")):
        with pytest.raises(MediaStoreValueError, match=said):
            made.label_map(tmp_path / name)


def test_label_maps_are_compared_without_a_codec_in_this_process(tmp_path: Path) -> None:
    code = f"""import sys, mediastore
told = mediastore.Store({str(tmp_path)!r}).segmentation("view")
assert len(told.items) == 1 and told.summary()["pixel_accuracy"].tolist() == [1.0], told.left_out
assert "PIL" not in sys.modules"""
    classes = np.eye(4, dtype=np.uint8)
    masks = [mediastore.Mask(classes, classes={0: "sky", 1: "sea"}, layer=layer) for layer in LAYERS]
    with mediastore.init(project="p", dir=tmp_path) as run:
        run.log({"view": mediastore.Image(np.zeros((4, 4, 3), np.uint8), masks=masks)})
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
