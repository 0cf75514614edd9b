"""Pictures to detect digits in: handwriting of scikit-learn's digits, painted on crops of its two photographs.

Everything is real: 1,797 digits written by people and two photographs. Only where a digit stands is drawn by lot,
from a seed, so that the same number always gives the same picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np
from sklearn.datasets import load_digits, load_sample_images

WIDTH, HEIGHT = 640, 480
SIZES = (80, 104, 128)
PAINTS = ((250, 244, 228), (255, 205, 92), (255, 143, 112), (140, 226, 202), (168, 205, 255))
SHADOW = (12, 14, 22)
MARGIN = 12
HELD_OUT = 400
"""So many digits, the last ones in the order of `shuffled_digits`, are never trained on."""


@dataclass(frozen=True)
class Scene:
    """One picture and the truth about it: pixels, boxes (xyxy, pixels), labels (0 to 9), ink (one mask a digit)."""

    name: str
    pixels: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    ink: Sequence[np.ndarray] = field(repr=False, default=())


def training_scene(number: int) -> Scene:
    """The `number`-th picture painted with digits to train on."""
    return _paint(f"train-{number:03d}", np.random.default_rng([1, number]), _digits()[:-HELD_OUT])


def held_out_scene(number: int) -> Scene:
    """The `number`-th picture painted with digits that no detector was trained on."""
    return _paint(f"scene-{number:02d}", np.random.default_rng([2, number]), _digits()[-HELD_OUT:])


@cache
def _digits() -> list[tuple[np.ndarray, int]]:
    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    return [(pixels[i].reshape(8, 8) / 16, int(labels[i])) for i in order]


@cache
def _photographs() -> list[np.ndarray]:
    return [photograph.astype(np.float32) for photograph in load_sample_images().images]


def _paint(name: str, rng: np.random.Generator, digits: Sequence[tuple[np.ndarray, int]]) -> Scene:
    pixels = _background(rng)
    boxes: list[tuple[int, int, int, int]] = []
    labels, ink = [], []
    for _ in range(rng.integers(4, 8)):
        box = _free_place(rng, boxes)
        if box is None:
            break
        digit, label = digits[rng.integers(len(digits))]
        stroke = _stroke(digit, box[2] - box[0])
        shadow = cv2.GaussianBlur(np.pad(stroke, MARGIN), (0, 0), 4)
        _cover(pixels, shadow, (box[0] - MARGIN + 3, box[1] - MARGIN + 4), SHADOW, 0.75)
        _cover(pixels, stroke, box[:2], PAINTS[rng.integers(len(PAINTS))], 0.94)
        boxes.append(box)
        labels.append(label)
        ink.append(_on_canvas(stroke > 0.5, box[:2]))
    return Scene(name, pixels.round().astype(np.uint8), np.array(boxes, float), np.array(labels), ink)


def _background(rng: np.random.Generator) -> np.ndarray:
    photograph = _photographs()[rng.integers(2)]
    height = int(rng.integers(250, photograph.shape[0]))
    width = height * WIDTH // HEIGHT
    top = rng.integers(photograph.shape[0] - height + 1)
    left = rng.integers(photograph.shape[1] - width + 1)
    crop = photograph[top : top + height, left : left + width]
    if rng.random() < 0.5:
        crop = crop[:, ::-1]
    enlarged = cv2.resize(np.ascontiguousarray(crop), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.clip(enlarged, 0, 255) * rng.uniform(0.55, 0.8)


def _free_place(rng: np.random.Generator, taken: Sequence[tuple[int, ...]]) -> tuple[int, int, int, int] | None:
    for _ in range(60):
        size = int(rng.choice(SIZES))
        x, y = int(rng.integers(MARGIN, WIDTH - size - MARGIN)), int(rng.integers(MARGIN, HEIGHT - size - MARGIN))
        if all(x + size <= x0 or x1 <= x or y + size <= y0 or y1 <= y for x0, y0, x1, y1 in taken):
            return x, y, x + size, y + size
    return None


def _stroke(digit: np.ndarray, size: int) -> np.ndarray:
    """How much paint lies on each pixel, 0 to 1: the 8 by 8 handwriting enlarged to a stroke with a soft rim."""
    enlarged = cv2.resize(np.pad(digit, 1), (size * 10 // 8, size * 10 // 8), interpolation=cv2.INTER_CUBIC)
    rim = (len(enlarged) - size) // 2
    t = np.clip((enlarged[rim : rim + size, rim : rim + size] - 0.3) / 0.25, 0, 1)
    return t * t * (3 - 2 * t)


def _cover(
    pixels: np.ndarray, cover: np.ndarray, corner: tuple[int, int], colour: tuple[int, int, int], strength: float
) -> None:
    x, y = corner
    part = pixels[y : y + cover.shape[0], x : x + cover.shape[1]]
    cover = cover[: part.shape[0], : part.shape[1], None] * strength
    part[:] = part * (1 - cover) + np.array(colour) * cover


def _on_canvas(mask: np.ndarray, corner: tuple[int, int]) -> np.ndarray:
    canvas = np.zeros((HEIGHT, WIDTH), bool)
    canvas[corner[1] : corner[1] + mask.shape[0], corner[0] : corner[0] + mask.shape[1]] = mask
    return canvas
