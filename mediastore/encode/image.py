"""Pictures: arrays to lossless WebP or PNG, files as they are."""

import io
import struct
import warnings
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from mediastore.encode.encoded import Encoded, beginning, kept_as_is, opened
from mediastore.errors import MediaStoreValueError
from mediastore.payload import Payload

CHANNELS = (1, 3, 4)
WEBP_SIDE_MAX = 16383
FLOAT_SLACK = 1e-3

_FORMATS = {
    "PNG": ("image/png", "png"),
    "JPEG": ("image/jpeg", "jpg"),
    "MPO": ("image/jpeg", "jpg"),
    "WEBP": ("image/webp", "webp"),
    "GIF": ("image/gif", "gif"),
    "AVIF": ("image/avif", "avif"),
    "BMP": ("image/bmp", "bmp"),
    "TIFF": ("image/tiff", "tiff"),
}


def encode_image(payload: Payload, options: dict[str, Any]) -> Encoded:
    """A picture as a file. Raises MediaStoreValueError where an array's shape or values have no clear meaning."""
    if payload.array is None:
        return _image_file(payload)
    levels = (0.0, 255.0) if "is_unscaled" in options and payload.array.dtype.kind == "f" else None
    pixels = _in_mode(as_pixels(payload.array, options.get("value_range", levels)), options.get("mode"))
    height, width = pixels.shape[:2]
    content, media_type, extension = _encoded_pixels(pixels, options.get("file_type"))
    return Encoded(media_type, extension, content, facts={"width": width, "height": height})


def _in_mode(pixels: NDArray[Any], mode: str | None) -> NDArray[Any]:
    """Pixels of 8 bits as Pillow converts them; others stay as they are."""
    if mode not in ("L", "RGB", "RGBA") or pixels.dtype != np.uint8:
        return pixels
    return np.asarray(Pillow.fromarray(np.ascontiguousarray(pixels)).convert(mode))


def as_pixels(array: NDArray[Any], value_range: tuple[float, float] | None = None) -> NDArray[Any]:
    """Pixels of shape (height, width) or (height, width, 3 or 4), uint8 or uint16."""
    return _as_depth(_as_hwc(array), value_range)


def decode_mask(payload: Payload) -> NDArray[Any]:
    """The integers of a mask or label map given as a picture file, shape (height, width)."""
    try:
        with opened(payload) as file, Pillow.open(file) as picture:
            return np.asarray(picture if picture.mode in ("L", "P", "I;16", "I", "1") else picture.convert("L"))
    except (OSError, ValueError, SyntaxError) as error:
        raise MediaStoreValueError(f"mask must be a picture file, got {payload.name!r}: {error}") from error


def encode_label_map(payload: Payload, options: dict[str, Any]) -> Encoded:
    """A label map, integers of shape (height, width), as a PNG of one channel with 8 or 16 bits."""
    classes = payload.array if payload.array is not None else decode_mask(payload)
    depth = np.uint8 if not classes.size or classes.max() <= 255 else np.uint16
    return Encoded("image/png", "png", _png(np.ascontiguousarray(classes.astype(depth))))


def _image_file(payload: Payload) -> Encoded:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            with opened(payload) as file, Pillow.open(file) as picture:
                width, height = picture.size
                found = picture.format or ""
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError, struct.error) as error:
        reason = str(error) if isinstance(error, Pillow.DecompressionBombError) else "it is no picture"
        return kept_as_is(payload, "image", f"{reason} (it begins with {beginning(payload)!r})")
    media_type, extension = _FORMATS.get(found, (Pillow.MIME.get(found, "application/octet-stream"), found.lower()))
    return Encoded(media_type, extension, payload.content, payload.path, {"width": width, "height": height})


def _as_hwc(array: NDArray[Any]) -> NDArray[Any]:
    if array.ndim == 2:
        return array
    if array.ndim == 3 and array.shape[2] in CHANNELS:
        return array[:, :, 0] if array.shape[2] == 1 else array
    if array.ndim == 3 and array.shape[0] in CHANNELS:
        return array[0] if array.shape[0] == 1 else array.transpose(1, 2, 0)
    raise MediaStoreValueError(
        "image must have shape (height, width), (height, width, channels) or (channels, height, width) with 1, 3 or 4 "
        f"channels, got {array.shape}; transpose it, or choose channels"
    )


def _as_depth(array: NDArray[Any], value_range: tuple[float, float] | None) -> NDArray[Any]:
    if value_range is not None:
        return _scaled(array, *value_range)
    if array.dtype in (np.uint8, np.uint16):
        return array
    if array.dtype == bool:
        return array.astype(np.uint8) * np.uint8(255)
    low, high = _finite_range(array)
    if array.dtype.kind == "f" and -FLOAT_SLACK <= low and high <= 1 + FLOAT_SLACK:
        return _scaled(array, 0.0, 1.0)
    if 0 <= low and high <= 255 and (array.dtype.kind in "iu" or bool((array == np.floor(array)).all())):
        return array.astype(np.uint8)
    raise MediaStoreValueError(
        f"pixels of dtype {array.dtype} must lie in {'0..1' if array.dtype.kind == 'f' else '0..255'}, got "
        f"{low:g}..{high:g}; pass value_range=(low, high) to say what is black and what is white"
    )


def _finite_range(array: NDArray[Any]) -> tuple[float, float]:
    low, high = float(array.min()), float(array.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        count = int(array.size - np.isfinite(array).sum())
        raise MediaStoreValueError(f"pixels must be finite, got {count} NaN or infinite of {array.size}; replace them")
    return low, high


def _scaled(array: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise MediaStoreValueError(f"value_range must be (low, high) with low < high, got ({low}, {high})")
    _finite_range(array)
    scaled = (array.astype(np.float32) - np.float32(low)) * np.float32(255 / (high - low))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def _encoded_pixels(pixels: NDArray[Any], file_type: str | None) -> tuple[bytes, str, str]:
    wanted = {"jpeg": "jpg"}.get(str(file_type).lower().lstrip("."), str(file_type).lower().lstrip("."))
    is_color = pixels.ndim == 3 and pixels.dtype == np.uint8
    if wanted == "jpg" and pixels.dtype == np.uint8:
        return _saved(pixels[:, :, :3] if is_color else pixels, "JPEG", quality=90), "image/jpeg", "jpg"
    fits = max(pixels.shape[:2]) <= WEBP_SIDE_MAX
    if is_color and fits and wanted in ("webp", "none"):
        return _saved(pixels, "WEBP", lossless=True, method=0, quality=0, exact=True), "image/webp", "webp"
    return _png(pixels), "image/png", "png"


def _saved(pixels: NDArray[Any], form: str, **parameters: Any) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(np.ascontiguousarray(pixels)).save(buffer, form, **parameters)
    return buffer.getvalue()


def _png(pixels: NDArray[Any]) -> bytes:
    """PNG at compression level 1. Colour at 16 bits a channel is written here: Pillow has no mode for it.

    Source: https://www.w3.org/TR/png-3/.
    """
    if not (pixels.dtype == np.uint16 and pixels.ndim == 3):
        return _saved(pixels, "PNG", compress_level=1)
    height, width, channels = pixels.shape
    rows = pixels.astype(">u2").reshape(height, -1).view(np.uint8)
    filtered = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 16, {3: 2, 4: 6}[channels], 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
