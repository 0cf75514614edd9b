"""A spectrogram shows each tone at its time and its frequency, whatever the length of the sound."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mediastore.encode import spectrogram
from mediastore.errors import MediaStoreValueError

RATE = 16000


def tone(hertz: float, seconds: float, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE)


def saved(folder: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    soundfile.write(folder / "sound.wav", samples, rate, subtype="FLOAT")
    return folder / "sound.wav"


@pytest.mark.parametrize("way", spectrogram.WAYS)
def test_a_tone_stands_at_its_frequency_and_time(tmp_path: Path, way: str) -> None:
    found = spectrogram.spectrogram(saved(tmp_path, np.concatenate([tone(440, 3), tone(3000, 3)])), way, 600, 128)
    edges = spectrogram.frequencies(RATE, way, 128)
    for columns, hertz in ((slice(30, 270), 440), (slice(330, 570), 3000)):
        row = int(np.argmax(found[:, columns].mean(axis=1)))
        assert edges[row] - 25 <= hertz <= edges[row + 1] + 25
        assert found[row, columns].min() > -3
        assert np.median(found[:, columns]) < -60


def test_log_and_mel_rows_rise_from_low_to_high() -> None:
    for way in spectrogram.WAYS:
        edges = spectrogram.frequencies(RATE, way, 64)
        assert (np.diff(edges) > 0).all()
        assert edges[-1] == pytest.approx(RATE / 2)
    assert spectrogram.frequencies(RATE, "mel", 64)[0] == 0
    assert np.ptp(np.diff(np.log(spectrogram.frequencies(RATE, "log", 64)))) < 1e-9


def test_a_click_is_not_lost_in_a_long_sound(tmp_path: Path) -> None:
    samples = np.zeros(RATE * 120)
    samples[RATE * 60] = 1.0
    found = spectrogram.spectrogram(saved(tmp_path, samples), "log", 100, 32)
    assert np.flatnonzero(found.max(axis=0) > -20).tolist() in ([49, 50], [50], [49])


def test_silence_is_dark_and_opposite_channels_do_not_cancel(tmp_path: Path) -> None:
    assert (spectrogram.spectrogram(saved(tmp_path, np.zeros(4000)), "mel", 50, 16) == spectrogram.FLOOR_DB).all()
    both = np.column_stack([tone(1000, 1), -tone(1000, 1)])
    assert spectrogram.spectrogram(saved(tmp_path, both), "mel", 50, 16).max() == 0


@pytest.mark.parametrize("count", [1, 2, 100, 5000])
def test_a_sound_shorter_than_its_picture_fills_it(tmp_path: Path, count: int) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, count)
    picture = spectrogram.picture(saved(tmp_path, noise), "mel")
    assert picture.size == spectrogram.SIZE_WH
    assert np.asarray(picture).max(axis=(0, 2)).min() > 100


def test_what_is_not_finite_and_what_is_empty(tmp_path: Path) -> None:
    samples = tone(500, 1)
    samples[100:200] = np.nan
    assert np.isfinite(spectrogram.spectrogram(saved(tmp_path, samples), "log", 50, 16)).all()
    with pytest.raises(MediaStoreValueError, match="without a single sample"):
        spectrogram.picture(saved(tmp_path, np.zeros(0)))
    with pytest.raises(MediaStoreValueError, match="way must be one of log, mel"):
        spectrogram.picture(saved(tmp_path, samples), "linear")
