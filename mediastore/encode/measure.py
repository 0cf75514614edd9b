"""Numbers of a media file's own: brightness and sharpness of a picture, loudness of a sound."""

from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from mediastore import signals
from mediastore.encode import strange
from mediastore.encode.thumbnail import BLOCK_SAMPLES, LONG_SIDE, SAMPLES_MAX, scaled_down

KINDS = ("image", "audio")
WHITE_16_BITS = 65535


def measure(file: Path, kind: str) -> dict[str, float]:
    """brightness (0..1) and sharpness of an image at most 320 px long, loudness (dBFS) of a sound; else nothing.

    A sound of very many samples is measured by its beginning, a picture of floats not at all: its white is not known.
    Nothing is said of a file that cannot be read as its kind.
    """
    try:
        return _OF_KIND[kind](file) if kind in _OF_KIND else {}
    except Exception:  # codecs raise what they like
        return {}


def _image(file: Path) -> dict[str, float]:
    with strange.open_picture(file) as image:
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        strange.load_picture(image)
        if image.mode == "F":
            return {}
        white = WHITE_16_BITS if image.mode == "I" or image.mode.startswith("I;16") else 255
        grey = signals.luma(np.asarray(_small(image), dtype=np.float64)) / white
    return {"brightness": signals.brightness(grey), "sharpness": signals.sharpness(grey)}


def _small(image: Image.Image) -> Image.Image:
    if image.mode == "I" or image.mode.startswith("I;16"):
        return scaled_down(Image.fromarray(np.asarray(image, dtype=np.float32)))
    return scaled_down(image if image.mode in ("L", "RGB") else image.convert("RGB"))


def _audio(file: Path) -> dict[str, float]:
    squares, count = 0.0, 0
    with soundfile.SoundFile(file) as sound:
        for block in sound.blocks(BLOCK_SAMPLES, dtype="float32", always_2d=True):
            squares += float(np.square(np.nan_to_num(block), dtype=np.float64).sum())
            count += block.size
            if count > SAMPLES_MAX:
                break
    return {"loudness": signals.loudness(squares, count)} if count else {}


_OF_KIND = {"image": _image, "audio": _audio}
