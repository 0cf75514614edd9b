import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from mediastore.encode import thumbnail
from mediastore.errors import MediaStoreValueError
from mediastore.thumbnails import Thumbnails

RAMP = np.linspace(0, 1, 640 * 480).reshape(480, 640)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def saved(folder: Path, name: str, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(folder / name)
    return folder / name


@pytest.mark.parametrize(
    ("name", "pixels"),
    [
        ("colour.png", np.dstack([RAMP * 255] * 3).astype(np.uint8)),
        ("colour.jpg", np.dstack([RAMP * 255] * 3).astype(np.uint8)),
        ("alpha.png", np.dstack([RAMP * 255] * 4).astype(np.uint8)),
        ("grey.png", (RAMP * 255).astype(np.uint8)),
        ("sixteen.png", (RAMP * 4000 + 500).astype(np.uint16)),
        ("float.tiff", (RAMP * 9).astype(np.float32)),
        ("bit.png", RAMP > 0.5),
    ],
)
def test_every_kind_of_picture_is_small_and_shows_its_range(tmp_path: Path, name: str, pixels: np.ndarray) -> None:
    image = opened(thumbnail.thumbnail(saved(tmp_path, name, pixels), "image"))
    assert image.format == "WEBP"
    assert image.size == (320, 240)
    grey = np.asarray(image.convert("L"))
    assert grey[:20].mean() < 60
    assert grey[-20:].mean() > 195


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    image = opened(thumbnail.thumbnail(saved(tmp_path, "small.png", np.zeros((8, 5, 3), np.uint8)), "image"))
    assert image.size == (5, 8)


def test_a_very_flat_picture_keeps_at_least_a_pixel(tmp_path: Path) -> None:
    image = opened(thumbnail.thumbnail(saved(tmp_path, "flat.png", np.zeros((1, 4000), np.uint8)), "image"))
    assert image.size == (320, 1)


def test_a_picture_of_one_value_is_drawn(tmp_path: Path) -> None:
    assert thumbnail.thumbnail(saved(tmp_path, "one.png", np.full((40, 40), 700, np.uint16)), "image")


def test_a_waveform_is_wide_where_it_is_loud(tmp_path: Path) -> None:
    samples = np.sin(np.arange(32000) / 8) * np.repeat([0.02, 0.9], 16000)
    soundfile.write(tmp_path / "sound.wav", np.column_stack([samples, samples * 0.5]), 16000)
    alpha = np.asarray(opened(thumbnail.thumbnail(tmp_path / "sound.wav", "audio")))[..., 3] > 0
    quiet, loud = alpha[:, :150].sum(), alpha[:, 170:].sum()
    assert alpha.shape[1] == 320
    assert loud > 10 * quiet > 0


def test_a_video_shows_its_first_frame(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "film.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for value in (200, 20):
            frame = av.VideoFrame.from_ndarray(np.full((480, 640, 3), value, np.uint8))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    image = opened(thumbnail.thumbnail(tmp_path / "film.mp4", "video"))
    assert image.size == (320, 240)
    assert np.asarray(image.convert("L")).mean() > 180


@pytest.mark.parametrize("kind", ["image", "audio", "video"])
@pytest.mark.parametrize("content", [b"", b"dummy content", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"RIFF\0\0\0\0WAVE"])
def test_a_broken_file_is_refused_in_words_without_its_folder(tmp_path: Path, kind: str, content: bytes) -> None:
    file = tmp_path / "broken.bin"
    file.write_bytes(content)
    with pytest.raises(MediaStoreValueError, match="this file must be") as caught:
        thumbnail.thumbnail(file, kind)
    assert str(tmp_path) not in str(caught.value)


def test_a_truncated_picture_is_refused(tmp_path: Path) -> None:
    file = saved(tmp_path, "torn.png", (RAMP * 255).astype(np.uint8))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(MediaStoreValueError):
        thumbnail.thumbnail(file, "image")


def thumbs(folder: Path) -> list[Path]:
    return sorted((folder / "demo/run-1/index/thumbs").glob("*.webp"))


def test_a_picture_is_made_once_and_kept_beside_the_index(folder: Path) -> None:
    file = folder / "demo/run-1/media/val/000000001-00-aa.png"
    first = Thumbnails().of(file)
    (kept,) = thumbs(folder)
    assert kept.read_bytes() == first.data
    changed = kept.stat().st_mtime_ns
    again = Thumbnails().of(file)
    assert again == first
    assert again.lasting
    assert kept.stat().st_mtime_ns == changed


def test_the_same_content_has_one_picture(folder: Path) -> None:
    file = folder / "demo/run-1/media/val/000000001-00-aa.png"
    copy = file.with_name("000000002-00-aa.png")
    copy.write_bytes(file.read_bytes())
    store = Thumbnails()
    assert store.of(file) == store.of(copy)
    assert len(thumbs(folder)) == 1


def test_many_at_once_make_it_once(folder: Path) -> None:
    made, start = [], threading.Barrier(8)
    store = Thumbnails(draw=lambda file, *how: made.append(file) or thumbnail.thumbnail(file, *how))

    def ask(_: int) -> bytes:
        start.wait()
        return store.of(folder / "demo/run-1/media/val/000000001-00-aa.png").data

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert len(made) == 1


def test_a_store_that_cannot_be_written_still_has_pictures(folder: Path) -> None:
    (folder / "demo/run-1/index").write_text("a file where the folder would be")
    store = Thumbnails()
    file = folder / "demo/run-1/media/val/000000001-00-aa.png"
    first = store.of(file)
    assert store.of(file) == first
    assert first.lasting


def test_a_broken_file_has_a_card_with_the_problem_of_its_sidecar(folder: Path) -> None:
    file = folder / "demo/run-1/media/val/broken.wav"
    file.write_text("dummy audio content")
    without = Thumbnails().of(file)
    file.with_suffix(".json").write_text(json.dumps({"format": 1, "kind": "audio", "problem": "it holds text"}))
    told = Thumbnails().of(file)
    assert opened(without.data).size == opened(told.data).size == (320, 240)
    assert without.data != told.data
    assert told.data == thumbnail.card("audio", "it holds text")
    assert not told.lasting
    assert thumbs(folder) == []


def test_a_kind_without_a_picture_has_a_card(folder: Path) -> None:
    (folder / "demo/run-1/media/val/weights.bin").write_bytes(b"1")
    assert Thumbnails().of(folder / "demo/run-1/media/val/weights.bin").data == thumbnail.card("application")
