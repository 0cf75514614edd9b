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
