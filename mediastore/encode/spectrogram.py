"""What a sound is made of over time, as a picture: power by frequency, in decibels below the loudest.

The short-time Fourier transform as in J. B. Allen and L. R. Rabiner, "A unified approach to short-time Fourier analysis
and synthesis", 1977, with a Hann window; mel = 2595 log10(1 + f / 700) as in D. O'Shaughnessy, "Speech Communication",
1987. A column shows the loudest of the windows that fall into it, so that no short sound is lost in a long file.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from mediastore.errors import MediaStoreValueError

WAYS = ("log", "mel")
SIZE_WH = (1024, 256)
WINDOW_S, WINDOW_MIN, WINDOW_MAX = 0.046, 256, 4096
FLOOR_DB = -80.0
LOWEST_HZ = 40.0
WINDOWS_AT_ONCE = 512
_SHADES = np.array([(12, 17, 24), (18, 62, 84), (24, 124, 136), (132, 192, 150), (250, 242, 196)], np.float64)


def picture(file: Path, way: str = "log", size_wh: tuple[int, int] = SIZE_WH) -> Image.Image:
    """The spectrogram of a sound: time to the right, frequency upwards on a `log` or `mel` scale, dark is silent.

    Its channels' power is averaged. Raises MediaStoreValueError for another way or a sound without a sample.
    """
    decibels = spectrogram(file, way, *size_wh)
    place = (decibels - FLOOR_DB) / -FLOOR_DB * (len(_SHADES) - 1)
    shades = [np.interp(place, np.arange(len(_SHADES)), _SHADES[:, channel]) for channel in range(3)]
    return Image.fromarray(np.stack(shades, axis=-1).round().astype(np.uint8)[::-1])


def spectrogram(file: Path, way: str, columns: int, rows: int) -> np.ndarray:
    """Power in dB below the loudest, FLOOR_DB to 0, as rows from the lowest frequency up by columns of equal time."""
    if way not in WAYS:
        raise MediaStoreValueError(f"way must be one of {', '.join(WAYS)}, got {way!r}; choose one of them")
    with soundfile.SoundFile(file) as sound:
        if not sound.frames:
            raise MediaStoreValueError("this file must be audio, got a sound without a single sample")
        power = _loudest(sound, columns)
        scaled = _bands(power, sound.samplerate, way, rows)
    loudest = scaled.max()
    if loudest <= 0:
        return np.full(scaled.shape, FLOOR_DB)
    return 10 * np.log10(np.maximum(scaled / loudest, 10 ** (FLOOR_DB / 10)))


def frequencies(samplerate: int, way: str, rows: int) -> np.ndarray:
    """The lower edges of the rows and the upper edge of the last, in Hz: LOWEST_HZ (mel: 0) to half the sample rate."""
    top = samplerate / 2
    if way == "log":
        return np.geomspace(min(LOWEST_HZ, top / 2), top, rows + 1)
    return 700 * (10 ** (np.linspace(0, _mel(top), rows + 1) / 2595) - 1)


def _mel(hertz: float) -> float:
    return 2595 * np.log10(1 + hertz / 700)


def _loudest(sound: soundfile.SoundFile, columns: int) -> np.ndarray:
    """The largest power of each frequency among the windows whose middle lies in each column; read in blocks."""
    size = 1 << int(np.clip(round(np.log2(sound.samplerate * WINDOW_S)), np.log2(WINDOW_MIN), np.log2(WINDOW_MAX)))
    hop = max(1, min(size // 2, -(-sound.frames // columns)))
    found = np.zeros((columns, size // 2 + 1))
    shape, at = np.hanning(size + 1)[:-1], 0
    for windows in _windows(sound, size, hop):
        power = (np.abs(np.fft.rfft(windows * shape, axis=-1)) ** 2).mean(axis=1)
        middles = at + hop * np.arange(len(power))
        is_inside = middles < sound.frames
        np.maximum.at(found, middles[is_inside] * columns // sound.frames, power[is_inside])
        at += hop * len(power)
    return _filled(found, hop, sound.frames)


def _windows(sound: soundfile.SoundFile, size: int, hop: int) -> Iterator[np.ndarray]:
    """The samples around every `hop`-th one as (windows, channels, size), some at once; silence beyond the ends."""
    held = np.zeros((size // 2, sound.channels), np.float32)
    is_last = False
    while not is_last:
        block = sound.read(hop * WINDOWS_AT_ONCE, dtype="float32", always_2d=True)
        is_last = len(block) < hop * WINDOWS_AT_ONCE
        after = np.zeros((size if is_last else 0, sound.channels), np.float32)
        held = np.concatenate([held, np.nan_to_num(block), after])
        count = (len(held) - size) // hop + 1
        if count > 0:
            yield np.lib.stride_tricks.sliding_window_view(held, size, axis=0)[::hop][:count]
            held = held[count * hop :]


def _filled(found: np.ndarray, hop: int, frames: int) -> np.ndarray:
    """A sound shorter than its columns has windows in some of them alone: each column shows the one before it."""
    columns = len(found)
    begun = np.unique(np.arange(0, frames, hop) * columns // frames)
    return found[begun[np.searchsorted(begun, np.arange(columns), side="right") - 1]]


def _bands(power: np.ndarray, samplerate: int, way: str, rows: int) -> np.ndarray:
    """The largest power within each row's band; a band narrower than the transform's lines is read between them."""
    edges = frequencies(samplerate, way, rows)
    lines = power.shape[1] - 1
    places = edges / (samplerate / 2) * lines
    middles = np.clip((places[:-1] + places[1:]) / 2, 0, lines)
    below = np.floor(middles).astype(int)
    above = np.minimum(below + 1, lines)
    weight = middles - below
    between = power[:, below] * (1 - weight) + power[:, above] * weight
    first, last = np.ceil(places[:-1]).astype(int), np.floor(places[1:]).astype(int)
    for row in np.flatnonzero(last > first):
        between[:, row] = power[:, first[row] : last[row] + 1].max(axis=1)
    return between.T
