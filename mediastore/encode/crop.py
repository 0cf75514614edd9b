"""The part of a picture around one object: WebP, at most 320 px on the long side."""

from pathlib import Path

from PIL import Image

from mediastore.encode import strange
from mediastore.encode.thumbnail import LONG_SIDE, displayable, scaled_down, webp
from mediastore.errors import MediaStoreValueError, MissingPackageError

Window = tuple[int, int, int, int]
FRAMES_DECODED_MAX = 600


def crop(file: Path, window: Window, frame: int | None = None) -> bytes:
    """The pixels x0, y0, x1, y1 of a picture, or of a frame of a film (counted from 0), as WebP bytes.

    Pixels of 16 bits are shown as the thumbnail of the whole picture shows them. Raises MediaStoreValueError when the
    file cannot be read, or the window holds none of its pixels; MissingPackageError when a film needs the package av.
    """
    try:
        image = _picture(file, window) if frame is None else _part_of_frame(file, frame, window)
        return webp(scaled_down(image))
    except (MediaStoreValueError, MissingPackageError):
        raise
    except Exception as error:  # codecs raise what they like
        detail = str(error).replace(str(file), file.name) or type(error).__name__
        raise MediaStoreValueError(
            f"a picture to cut from must be readable, got bytes that cannot be: {detail}; open the item itself"
        ) from error


def _picture(file: Path, window: Window) -> Image.Image:
    with strange.open_picture(file) as image:
        width, height = image.size
        x0, y0, x1, y1 = _inside(window, image.size)
        shrunk = max(1, max(x1 - x0, y1 - y0) // LONG_SIDE)
        image.draft("RGB", (width // shrunk, height // shrunk))  # a JPEG then decodes at a fraction of its size
        scale = image.size[0] / width
        strange.load_picture(image)
        return displayable(image).crop(tuple(round(side * scale) for side in (x0, y0, x1, y1)))


def _part_of_frame(file: Path, number: int, window: Window) -> Image.Image:
    image = _frame(file, number)
    return image.crop(_inside(window, image.size))


def _inside(window: Window, size_wh: tuple[int, int]) -> Window:
    width, height = size_wh
    x0, y0, x1, y1 = max(0, window[0]), max(0, window[1]), min(width, window[2]), min(height, window[3])
    if x0 >= x1 or y0 >= y1:
        raise MediaStoreValueError(
            f"window must touch the picture of {width}×{height} pixels, got {window}; open the item itself"
        )
    return x0, y0, x1, y1


def _frame(file: Path, number: int) -> Image.Image:
    with strange.open_film(file) as container:
        stream = container.streams.video[0]
        rate, base = stream.average_rate or stream.base_rate, stream.time_base
        if rate is None or base is None:
            raise MediaStoreValueError(f"a film must say its frames a second, got {file.name} without; open the item")
        start = stream.start_time or 0
        wanted = start + int(number / rate / base)
        container.seek(wanted, stream=stream, backward=True)
        for count, found in enumerate(container.decode(stream)):
            reached = round((found.pts - start) * base * rate) if found.pts is not None else count
            if reached >= number or count >= FRAMES_DECODED_MAX:
                return found.to_image()
    raise MediaStoreValueError(f"frame must be one of the film's, got {number}; open the item itself")
