"""Masks and label maps as image traces of plotly: one small PNG with transparency a label, sharp at every zoom."""

import base64
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediastore.geometry import rle_to_mask

FILL_ALPHA = 96
EDGE_ALPHA = 255

Bits = NDArray[np.bool_]


def mask_traces(annotation: Mapping[str, Any], color_of: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """An image trace a label of a mask: its pixels filled, its edge a pixel wide."""
    for label, mask in _labelled_masks(annotation):
        rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
        if not len(rows):
            continue
        top, left = int(rows[0]), int(columns[0])
        piece = mask[top : rows[-1] + 1, left : columns[-1] + 1]
        yield {
            "type": "image",
            "source": png_uri(tinted(piece, color_of(label))),
            "x0": left + 0.5,
            "y0": top + 0.5,
            "legendgroup": label,
            "hoverinfo": "skip",
            "showlegend": False,
        }


def _labelled_masks(annotation: Mapping[str, Any]) -> Iterator[tuple[str, Bits]]:
    if rle := annotation.get("rle"):
        yield str(annotation.get("label") or "no label"), rle_to_mask(rle)
    values = annotation.get("map")
    if values is not None:
        for value, label in (annotation.get("classes") or {}).items():
            yield str(label), values == int(value)


def edge(mask: Bits) -> Bits:
    """The pixels of a mask that touch, by a side, one outside of it."""
    padded = np.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inner


def tinted(mask: Bits, color: str) -> NDArray[np.uint8]:
    """RGBA pixels (height, width, 4) of a mask in `#rrggbb`."""
    pixels = np.zeros((*mask.shape, 4), np.uint8)
    pixels[..., :3] = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    pixels[..., 3] = np.where(edge(mask), EDGE_ALPHA, np.where(mask, FILL_ALPHA, 0))
    return pixels


def png_uri(pixels: NDArray[np.uint8]) -> str:
    """RGBA pixels as a PNG data URI. Source: https://www.w3.org/TR/png-3/."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)
    return "data:image/png;base64," + base64.b64encode(content).decode()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
