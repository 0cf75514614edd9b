"""How bright, sharp and loud: the definitions on pixels and samples that are known, and the numbers kept once."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

import mediastore
from mediastore import measured, signals
from mediastore.encode import measure
from mediastore.measured import Measured


def test_luma_weighs_as_rec_709_does() -> None:
    pixels = np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]], np.float64)
    assert signals.luma(pixels).ravel() == pytest.approx([0.2126, 0.7152, 0.0722, 1.0])
    assert signals.luma(np.full((2, 2), 0.3)).tolist() == [[0.3, 0.3], [0.3, 0.3]]
    assert signals.brightness(signals.luma(pixels)) == pytest.approx(0.5)


def test_sharpness_is_the_variance_of_the_laplacian() -> None:
    dot = np.zeros((5, 5))
    dot[2, 2] = 1.0
    laplacian = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    assert signals.sharpness(dot) == pytest.approx(laplacian.var())
    assert signals.sharpness(np.arange(25.0).reshape(5, 5)) == 0
    assert signals.sharpness(np.zeros((2, 9))) == 0


def test_a_full_scale_square_is_0_dbfs_and_a_sine_3_below() -> None:
    sine = np.sin(np.linspace(0, 2 * np.pi, 1000, endpoint=False))
    assert signals.loudness(1000.0, 1000) == 0
    assert signals.loudness(float((sine**2).sum()), 1000) == pytest.approx(-3.0103, abs=1e-4)
    assert signals.loudness(0.0, 1000) == signals.loudness(0.0, 0) == signals.SILENCE_DBFS


@pytest.mark.parametrize(
    ("pixels", "brightness"),
    [
        (np.full((8, 8, 3), 51, np.uint8), 0.2),
        (np.full((8, 8), 13107, np.uint16), 0.2),
        (np.full((900, 20, 3), 51, np.uint8), 0.2),
        (np.full((8, 8, 4), 51, np.uint8), 0.2),
    ],
)
def test_pictures_of_any_depth_are_as_bright_as_they_are(tmp_path: Path, pixels: np.ndarray, brightness: float) -> None:
    Pillow.fromarray(pixels).save(tmp_path / "a.png")
    found = measure.measure(tmp_path / "a.png", "image")
    assert found == {"brightness": pytest.approx(brightness, abs=1e-6), "sharpness": pytest.approx(0, abs=1e-9)}


def test_what_cannot_be_read_measures_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    assert measure.measure(tmp_path / "a.png", "image") == {}
    assert measure.measure(tmp_path / "a.wav", "audio") == {}
    assert measure.measure(tmp_path / "a.png", "video") == {}


def test_files_are_measured_once_and_the_numbers_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        for step in range(3):
            tone = np.full(800, 0.1 * (step + 1), np.float32)
            run.log(
                {
                    "view": mediastore.Image(np.full((8, 8, 3), 51 * step, np.uint8)),
                    "heard": mediastore.Audio(tone, sample_rate=8000),
                },
                step=step,
            )
    store = mediastore.Store(root)
    files = store.media_files("view", kind=["image", "audio"])
    assert (files["step"].tolist(), files["found"].tolist()) == ([0, 1, 2], [3, 3, 3])
    sounds = store.media_files("heard", limit=2)
    assert (len(sounds), sounds["found"].tolist()) == (2, [3, 3])
    wanted = [*zip(files["path"], files["kind"], strict=True), *zip(sounds["path"], sounds["kind"], strict=True)]
    first = Measured(root)
    first.of(wanted)
    first.wait()
    found = first.of(wanted)
    assert [found[path].get("brightness") for path in files["path"]] == pytest.approx([0, 0.2, 0.4], abs=1e-6)
    assert found[sounds["path"][0]]["loudness"] == pytest.approx(-20, abs=0.1)
    monkeypatch.setattr(measured.DECODERS, "measure", lambda *_: pytest.fail("measured twice"))
    assert Measured(root).of(wanted) == found


def test_a_damaged_list_of_numbers_is_measured_anew(root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"view": mediastore.Image(np.full((8, 8, 3), 51, np.uint8))})
        place = root / "pets" / run.id / "index" / measured.NAME
    place.parent.mkdir(exist_ok=True)
    place.write_text('{"file": 3}\n[]\nnonsense\n{"file": "media/x.png", "numbers": {"brightness": "much"}}\n')
    files = mediastore.Store(root).media_files("view")
    found = Measured(root)
    assert found.of([(files["path"][0], "image")]) == {}
    found.wait()
    assert found.of([(files["path"][0], "image")])[files["path"][0]]["brightness"] == pytest.approx(0.2)
