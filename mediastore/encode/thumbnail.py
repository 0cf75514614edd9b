"""The small picture that stands for a media file: WebP, 320 px on the long side."""

import io
import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image, ImageDraw, ImageFont

from mediastore.encode import preview, spectrogram, strange
from mediastore.errors import MediaStoreValueError, MissingPackageError

LONG_SIDE = 320
CARD_SIZE_WH = (320, 240)
WAVEFORM_SIZE_WH = (320, 120)
INK = (43, 150, 163, 255)
CARD_BACK = (128, 124, 116, 48)
CARD_INK = (140, 135, 126, 255)
BLOCK_SAMPLES = 1 << 18
SAMPLES_MAX = 1 << 25


@dataclass(frozen=True)
class Picture:
    """WebP bytes, the tag that changes with them, and whether they will stay the same for this file."""

    data: bytes
    tag: str
    lasting: bool


def thumbnail(file: Path, kind: str, way: str = "") -> bytes:
    """The picture of a media file of one of KINDS, as WebP bytes.

    An image is scaled down, 16-bit and float pixels windowed to their 1st and 99th percentile, one channel as grey; a
    sound is its waveform, or its spectrogram where `way` is `log` or `mel`; a video its first frame; a table and a text
    their beginning; a histogram its bars; a figure its traces by name. Raises MediaStoreValueError when the file cannot
    be read as its kind, and MissingPackageError when a video needs the package av, which is not installed.
    """
    draw = DRAWN.get(kind)
    if draw is None:
        raise MediaStoreValueError(f"kind must be one of {', '.join(DRAWN)}, got {kind!r}; use card()")
    try:
        return webp(spectrogram.picture(file, way) if way and kind == "audio" else draw(file))
    except (MediaStoreValueError, MissingPackageError):
        raise
    except Exception as error:  # codecs raise what they like
        detail = str(error).replace(str(file), file.name) or type(error).__name__
        raise MediaStoreValueError(f"this file must be {kind}, got bytes that cannot be decoded: {detail}") from error


def card(title: str, sentence: str = "") -> bytes:
    """A quiet card with a title and a sentence, for what has no picture, as WebP bytes."""
    image = Image.new("RGBA", CARD_SIZE_WH, CARD_BACK)
    draw = ImageDraw.Draw(image)
    lines = textwrap.wrap(sentence, width=40, max_lines=7, placeholder=" …")
    top = (CARD_SIZE_WH[1] - 30 - 20 * len(lines)) // 2
    draw.text((CARD_SIZE_WH[0] / 2, top), title[:28], CARD_INK, ImageFont.load_default(20), anchor="ma")
    for row, line in enumerate(lines):
        at = (CARD_SIZE_WH[0] / 2, top + 34 + 20 * row)
        draw.text(at, line, CARD_INK, ImageFont.load_default(14), anchor="ma")
    return webp(image)


def webp(image: Image.Image) -> bytes:
    """The image as WebP bytes."""
    out = io.BytesIO()
    image.save(out, "WEBP", quality=82, method=2)
    return out.getvalue()


def _image(file: Path) -> Image.Image:
    with strange.open_picture(file) as image:
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        strange.load_picture(image)
        return scaled_down(displayable(image))


def displayable(image: Image.Image) -> Image.Image:
    """Pixels of 8 bits: 16-bit and float ones windowed to their 1st and 99th percentile."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _windowed(np.asarray(image, dtype=np.float32))
    if image.mode in ("L", "RGB", "RGBA"):
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _windowed(values: np.ndarray) -> Image.Image:
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, (1, 99)) if finite.size else (0.0, 1.0)
    if high <= low:
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    scaled = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) / max(high - low, 1e-12)
    return Image.fromarray((scaled.clip(0, 1) * 255).astype(np.uint8))


def scaled_down(image: Image.Image, long_side: int = LONG_SIDE) -> Image.Image:
    """The image no longer than `long_side` pixels on its long side, as it is where it is shorter."""
    scale = long_side / max(image.size)
    if scale >= 1:
        return image
    size_wh = tuple(max(1, round(side * scale)) for side in image.size)
    return image.resize(size_wh, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _waveform(file: Path) -> Image.Image:
    width, height = WAVEFORM_SIZE_WH
    low, high = peaks(file, width)
    image = Image.new("RGBA", WAVEFORM_SIZE_WH)
    draw = ImageDraw.Draw(image)
    middle, reach = height / 2, height / 2 - 4
    for column in range(width):
        top, bottom = middle - reach * high[column], middle - reach * low[column]
        draw.line([(column, top - 0.5), (column, bottom + 0.5)], INK)
    return image


def peaks(file: Path, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and highest sample (-1..0 and 0..1) of a sound in each of `columns` equal parts of its length."""
    low, high = channel_peaks(file, columns)
    return low.min(axis=1), high.max(axis=1)


def channel_peaks(file: Path, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """As `peaks`, for each channel by itself: both of shape (columns, channels)."""
    with soundfile.SoundFile(file) as sound:
        if not sound.frames:
            raise MediaStoreValueError("this file must be audio, got a sound without a single sample")
        low, high = np.zeros((columns, sound.channels)), np.zeros((columns, sound.channels))
        if sound.frames * sound.channels > SAMPLES_MAX:
            return _sparse_peaks(sound, low, high)
        at = 0
        for block in sound.blocks(BLOCK_SAMPLES, dtype="float32", always_2d=True):
            place = np.minimum((at + np.arange(len(block))) * columns // sound.frames, columns - 1)
            found, starts = np.unique(place, return_index=True)
            low[found] = np.fmin(low[found], np.fmin.reduceat(block, starts, axis=0))
            high[found] = np.fmax(high[found], np.fmax.reduceat(block, starts, axis=0))
            at += len(block)
    return low.clip(-1, 0), high.clip(0, 1)


def _sparse_peaks(sound: soundfile.SoundFile, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of a sound of hours: the peaks of the beginning of each part, so that it is drawn in a second."""
    columns, channels = low.shape
    for column in range(columns):
        sound.seek(sound.frames * column // columns)
        block = sound.read(max(1, SAMPLES_MAX // columns // channels // 4), dtype="float32", always_2d=True)
        if len(block):
            low[column], high[column] = np.nan_to_num(block.min(axis=0)), np.nan_to_num(block.max(axis=0))
    return low.clip(-1, 0), high.clip(0, 1)


def _poster(file: Path) -> Image.Image:
    if file.suffix.lower() in (".gif", ".webp", ".apng", ".png"):
        return _image(file)
    with strange.open_film(file) as container:
        for frame in container.decode(video=0):
            return scaled_down(frame.to_image())
    raise MediaStoreValueError("this file must be video, got one without a single frame")


DRAWN = {
    "image": _image,
    "audio": _waveform,
    "video": _poster,
    "table": preview.table,
    "histogram": preview.histogram,
    "text": preview.text,
    "html": preview.page,
    "plotly": preview.figure,
    "object3d": preview.points,
}
KINDS = (*DRAWN,)
