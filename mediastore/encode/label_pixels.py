"""The integers of a label map in a picture file of a stranger, as bytes that tell their shape."""

from pathlib import Path

import numpy as np

from mediastore.encode import strange
from mediastore.errors import MediaStoreValueError

MODES = ("L", "P", "I;16", "I", "1")


def label_pixels(file: Path) -> bytes:
    """The picture's values, with colors as their gray. Raises MediaStoreValueError when the file cannot be read."""
    try:
        with file.open("rb") as opened, strange.open_picture(opened) as picture:
            strange.load_picture(picture)
            pixels = np.asarray(picture if picture.mode in MODES else picture.convert("L"))
    except MediaStoreValueError:
        raise
    except Exception as error:  # codecs raise what they like
        detail = str(error).replace(str(file), file.name) or type(error).__name__
        raise MediaStoreValueError(f"a label map must be a picture file, got bytes that cannot be: {detail}") from error
    return f"{pixels.dtype.str} {pixels.shape[0]} {pixels.shape[1]}\n".encode() + pixels.tobytes()
