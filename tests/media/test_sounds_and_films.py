"""Sounds keep their samples, films can be played."""

import io
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

import mediastore

Logged = Callable[..., list[dict]]
WAVE = (np.sin(np.arange(4000) / 7) * 0.2).astype(np.float32)
STEREO = np.stack([WAVE, WAVE[::-1]], axis=1)


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000, 500_000])
@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("shape", ["(N,)", "(N, C)", "(C, N)", "list"])
def test_samples_come_back_at_their_rate_and_loudness(logged: Logged, rate: int, dtype: type, shape: str) -> None:
    scale = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    stereo = (STEREO.astype(np.float64) * scale).astype(dtype)
    given = {"(N,)": stereo[:, 0], "(N, C)": stereo, "(C, N)": stereo.T, "list": stereo[:, 0].astype(float).tolist()}[
        shape
    ]
    expected = stereo if "C" in shape else stereo[:, :1]
    [record] = logged(mediastore.Audio(given, sample_rate=rate))
    is_integer = np.dtype(dtype).kind == "i" and shape != "list"
    samples, found = soundfile.read(
        record["at"], dtype=np.dtype(dtype).name if is_integer else "float32", always_2d=True
    )
    assert (found, record["sample_rate"], record["channels"]) == (rate, rate, expected.shape[1])
    assert record["duration_s"] == round(4000 / rate, 6)
    np.testing.assert_array_equal(samples, expected if is_integer else expected.astype(np.float32))


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
def test_sound_files_are_kept_as_they_are(logged: Logged, form: str) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, STEREO, 48_000, format=form)
    [record] = logged(mediastore.Audio(buffer, spans=[mediastore.Span(0, 0.05, label="tone")]))
    assert record["at"].read_bytes() == buffer.getvalue()
    assert (record["sample_rate"], record["channels"], record["at"].suffix) == (48_000, 2, f".{form.lower()}")


@pytest.mark.parametrize(
    ("data", "rate", "words"),
    [
        (WAVE, None, "sample_rate"),
        (WAVE, -1, "sample_rate"),
        (WAVE > 0, 8000, "int16"),
        (WAVE.reshape(2, 2, -1), 8000, "shape"),
    ],
)
def test_what_is_no_sound_is_kept_with_the_reason(logged: Logged, data: object, rate: int | None, words: str) -> None:
    with pytest.warns(mediastore.MediaStoreWarning, match=words):
        [record] = logged(mediastore.Audio(data, sample_rate=rate), strict=False)
    assert words in record["problem"] and record["at"].suffix == ".npy"


FRAMES = np.zeros((5, 34, 48, 3), dtype=np.uint8)
FRAMES[..., 0] = np.arange(5)[:, None, None] * 40


@pytest.mark.parametrize(
    ("frames", "size"),
    [
        (FRAMES, (48, 34)),
        (FRAMES.transpose(0, 3, 1, 2), (48, 34)),
        (FRAMES / 255, (48, 34)),
        (FRAMES[..., :1], (48, 34)),
        (FRAMES[:, :33, :41], (42, 34)),
        (FRAMES[:1, :1, :1], (2, 2)),
    ],
)
@pytest.mark.parametrize("form", ["mp4", "webm", "gif"])
def test_films_of_any_shape_are_encoded(logged: Logged, frames: np.ndarray, size: tuple[int, int], form: str) -> None:
    [record] = logged(mediastore.Video(frames, fps=10, format=form))
    with av.open(str(record["at"])) as film:
        decoded = list(film.decode(video=0))
    assert len(decoded) == len(frames) or form == "gif"
    if form != "gif":
        assert (decoded[0].width, decoded[0].height, decoded[0].format.name) == (*size, "yuv420p")
        assert (record["width"], record["height"]) == size
    assert record["frames"] == len(frames) and record["duration_s"] == pytest.approx(len(frames) / 10)


def test_a_batch_of_films_is_several_items(logged: Logged) -> None:
    assert len(logged(mediastore.Video(np.stack([FRAMES, FRAMES[::-1]]), fps=4))) == 2


def film(path: Path, codec: str, pixels: str = "yuv420p") -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        (stream.width, stream.height), stream.pix_fmt = (47, 33) if "odd" in path.name else (48, 34), pixels
        for frame in FRAMES:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "reason"),
    [
        ("a.avi", "mpeg4", "yuv420p", "its container avi"),
        ("odd.avi", "mpeg4", "yuv420p", "its container avi"),
        ("e.mov", "prores_ks", "yuv422p10le", "its codec apch"),
        ("b.mp4", "mpeg4", "yuv420p", "its codec mp4v"),
        ("c.mkv", "libx264", "yuv420p", "its container matroska"),
        ("d.mp4", "libx264", "yuv444p", "pixels as yuv444p"),
    ],
)
def test_a_film_no_browser_plays_gets_a_copy(
    logged: Logged, tmp_path: Path, name: str, codec: str, pixels: str, reason: str
) -> None:
    path = film(tmp_path / name, codec, pixels)
    [record] = logged(mediastore.Video(path))
    assert record["at"].read_bytes() == path.read_bytes()
    assert reason in record["playable_reason"] and "problem" not in record
    with av.open(str(record["at"].with_name(record["playable"]))) as copy:
        frames = [(frame.format.name, frame.width, frame.height) for frame in copy.decode(video=0)]
    assert frames == [("yuv420p", 48, 34)] * 5
    with pytest.warns(mediastore.MediaStoreWarning, match=reason):
        [record] = logged(mediastore.Video(path, playable_copy=False), strict=False)
    assert "playable" not in record and reason in record["problem"]


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("b.webm", "libvpx-vp9")])
def test_a_film_that_browsers_play_is_left_alone(logged: Logged, tmp_path: Path, name: str, codec: str) -> None:
    [record] = logged(mediastore.Video(film(tmp_path / name, codec)))
    assert "playable" not in record and "problem" not in record


def test_content_left_elsewhere_does_not_stand_in_for_stored_content(logged: Logged, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", "libx264")
    referred, stored = logged([mediastore.Video(path, reference=True), mediastore.Video(path)])
    assert referred["reference"] == path.as_uri() and stored["at"].read_bytes() == path.read_bytes()
