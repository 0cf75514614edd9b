"""Boxes and masks as arrays: conversions, overlap, run lengths. Pixels, origin top left, x to the right, y down.

Boxes are float arrays of shape (N, 4); masks are bool arrays of shape (height, width).
Run lengths are COCO's compressed form: column-major runs, zeros first, each run coded as in
https://github.com/cocodataset/cocoapi (`common/maskApi.c`, rleToString).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mediastore.errors import MediaStoreValueError

Boxes = NDArray[np.float64]
MASK_PIXELS_MAX = 2**28


def _boxes(boxes: ArrayLike) -> Boxes:
    return np.asarray(boxes, dtype=np.float64).reshape(-1, 4) if np.size(boxes) else np.zeros((0, 4))


def xywh_to_xyxy(boxes: ArrayLike) -> Boxes:
    """Corner and size (x, y, width, height) to two corners (x0, y0, x1, y1)."""
    array = _boxes(boxes)
    return np.concatenate([array[:, :2], array[:, :2] + array[:, 2:]], axis=1)


def xyxy_to_xywh(boxes: ArrayLike) -> Boxes:
    """Two corners to corner and size."""
    array = _boxes(boxes)
    return np.concatenate([array[:, :2], array[:, 2:] - array[:, :2]], axis=1)


def cxcywh_to_xyxy(boxes: ArrayLike) -> Boxes:
    """Centre and size to two corners."""
    array = _boxes(boxes)
    half = array[:, 2:] / 2
    return np.concatenate([array[:, :2] - half, array[:, :2] + half], axis=1)


def rotated_to_corners(boxes: ArrayLike, angles_deg: ArrayLike) -> NDArray[np.float64]:
    """Boxes (centre x, centre y, width, height) turned clockwise on screen, as their corners, shape (N, 4, 2)."""
    array = _boxes(boxes)
    angles = np.deg2rad(np.asarray(angles_deg, dtype=np.float64).reshape(-1))
    cosine, sine = np.cos(angles)[:, None], np.sin(angles)[:, None]
    along = array[:, 2:3] / 2 * np.array([-1, 1, 1, -1])
    across = array[:, 3:4] / 2 * np.array([-1, -1, 1, 1])
    x = array[:, :1] + along * cosine - across * sine
    y = array[:, 1:2] + along * sine + across * cosine
    return np.stack([x, y], axis=2)


def box_area(boxes: ArrayLike) -> NDArray[np.float64]:
    """Areas in square pixels, shape (N,); 0 where a box is inverted."""
    array = _boxes(boxes)
    return np.clip(array[:, 2] - array[:, 0], 0, None) * np.clip(array[:, 3] - array[:, 1], 0, None)


def box_iou(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Intersection over union of every pair, shape (len(first), len(second)); 0 for two empty boxes."""
    a, b = _boxes(first), _boxes(second)
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    union = box_area(a)[:, None] + box_area(b)[None] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def mask_to_rle(mask: ArrayLike) -> dict[str, Any]:
    """A bool mask (height, width) to `{"size": [height, width], "counts": "…"}`."""
    array = np.asarray(mask)
    if array.ndim != 2:
        raise MediaStoreValueError(f"a mask must have shape (height, width), got {array.shape}; pass them one by one")
    height, width = array.shape
    flat = (array != 0).T.reshape(-1)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate([[0], changes, [flat.size]])
    runs = np.diff(edges).tolist()
    if flat.size and flat[0]:
        runs = [0, *runs]
    return {"size": [int(height), int(width)], "counts": _runs_to_text(runs)}


def rle_to_mask(rle: Mapping[str, Any]) -> NDArray[np.bool_]:
    """`{"size", "counts"}` to a bool mask (height, width); `counts` compressed, or a plain list of runs."""
    height, width = (int(size) for size in rle["size"])
    counts = rle["counts"]
    if min(height, width) < 0 or height * width > MASK_PIXELS_MAX:
        raise MediaStoreValueError(
            f"a mask must have at most {MASK_PIXELS_MAX} pixels, got {height}×{width}; check its size"
        )
    if isinstance(counts, bytes):
        counts = counts.decode("ascii")
    runs = _text_to_runs(counts) if isinstance(counts, str) else [int(run) for run in counts]
    if min(runs, default=0) < 0 or sum(runs) != height * width:
        raise MediaStoreValueError(
            f"the runs of a mask of size {height}×{width} must add up to {height * width}, got {sum(runs)}; "
            "check its size and counts"
        )
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def polygons_to_mask(polygons: Sequence[ArrayLike], size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """The pixels whose centres lie inside an odd number of the outlines, shape (height, width); holes are outlines."""
    width, height = size_wh
    crossings = np.zeros((height, width + 1), dtype=np.int64)
    for polygon in polygons:
        points = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
        for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
            low, high = sorted((y0, y1))
            rows = np.arange(max(0, int(np.ceil(low - 0.5))), min(height, int(np.ceil(high - 0.5))))
            if rows.size:
                x = x0 + (rows + 0.5 - y0) * (x1 - x0) / (y1 - y0)
                columns = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
                crossings[rows, columns] += 1
    return (np.cumsum(crossings[:, :width], axis=1) % 2).astype(bool)


def polygon_area(points: Sequence[Sequence[float]]) -> float:
    """Area of a simple polygon in square pixels, by the shoelace formula."""
    array = np.asarray(points, dtype=np.float64)
    x, y = array[:, 0], array[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def _runs_to_text(runs: list[int]) -> str:
    text = bytearray()
    for position, run in enumerate(runs):
        rest = run - runs[position - 2] if position > 2 else run
        while True:
            chunk = rest & 0x1F
            rest >>= 5
            done = rest == (-1 if chunk & 0x10 else 0)
            text.append((chunk if done else chunk | 0x20) + 48)
            if done:
                break
    return text.decode("ascii")


def _text_to_runs(text: str) -> list[int]:
    runs: list[int] = []
    value = shift = 0
    for code in text.encode("ascii", "replace"):
        chunk = code - 48
        value |= (chunk & 0x1F) << shift
        shift += 5
        if not chunk & 0x20:
            if chunk & 0x10:
                value |= -1 << shift
            runs.append(value + runs[-2] if len(runs) > 2 else value)
            value = shift = 0
    return runs
