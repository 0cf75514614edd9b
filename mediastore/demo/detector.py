"""A small detector that really learns: a sliding window over three sizes, and a perceptron that names what it sees.

It looks at a copy of the picture four times smaller; what it returns is in pixels of the picture itself.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.neural_network import MLPClassifier

from mediastore.demo.scenes import SIZES, Scene

REDUCTION = 4
STRIDE = 2
CELLS = 8
BACKGROUND = 10
BATCH = 256
HIDDEN = 256
LABELS = tuple("0123456789")
SCORE_FLOOR = 0.1
COVERED_AT_MOST = 0.25
MOST_DETECTIONS = 60


@dataclass(frozen=True)
class Detections:
    """What was found in one picture, best first: boxes (xyxy, pixels), labels (0 to 9), scores (0 to 1)."""

    boxes: np.ndarray
    labels: np.ndarray
    scores: np.ndarray


class Windows:
    """Every place of one picture that the detector looks at.

    `features` has one row of 64 numbers a window, `boxes` the same windows as xyxy in pixels, `targets` what a
    window should be called: a digit, BACKGROUND, or -1 where it holds half a digit and nobody can say.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.features, self.boxes = _look(scene.pixels)

    @cached_property
    def targets(self) -> np.ndarray:
        overlap = box_iou(self.boxes, self.scene.boxes)
        best = overlap.max(axis=1)
        named = self.scene.labels[overlap.argmax(axis=1)]
        return np.where(best > 0.6, named, np.where(best < 0.35, BACKGROUND, -1))


class Detector:
    """A perceptron of one hidden layer over windows, trained batch by batch."""

    def __init__(self, learning_rate: float, seed: int = 0) -> None:
        self._perceptron = MLPClassifier(
            (HIDDEN,), learning_rate_init=learning_rate, alpha=1e-4, batch_size=BATCH, random_state=seed
        )

    def train(self, features: np.ndarray, targets: np.ndarray) -> float:
        """One step on one batch; returns its loss (cross entropy, nats)."""
        self._perceptron.partial_fit(features, targets, classes=np.arange(BACKGROUND + 1))
        return float(self._perceptron.loss_)

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """How much each window looks like each digit, and like background: shape (windows, 11)."""
        return self._perceptron.predict_proba(features)

    def detect(self, windows: Windows) -> Detections:
        """The digits of one picture: the best window of every heap of windows that overlap."""
        return _without_doubles(windows.boxes, self.probabilities(windows.features)[:, :BACKGROUND])

    def loss(self, windows: Windows) -> float:
        """Cross entropy of one picture in nats: digits and background weigh the same."""
        known = windows.targets >= 0
        targets = windows.targets[known]
        chances = self.probabilities(windows.features[known])[np.arange(len(targets)), targets]
        nats = -np.log(np.clip(chances, 1e-12, 1))
        digit = targets < BACKGROUND
        return float((nats[digit].mean() + nats[~digit].mean()) / 2)


def box_iou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union of every pair of xyxy boxes, shape (len(first), len(second))."""
    shared = _shared(first, second)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (first, second)]
    return shared / (areas[0][:, None] + areas[1][None] - shared)


def _covered(boxes: np.ndarray) -> np.ndarray:
    """How much of the smaller box of every pair lies in the other: a part of a digit lies in the digit."""
    shared = _shared(boxes, boxes)
    areas = shared.diagonal()
    return shared / np.minimum(areas[:, None], areas[None])


def _shared(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.clip(high - low, 0, None).prod(axis=2)


def _look(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    height, width = (side // REDUCTION for side in pixels.shape[:2])
    value = pixels.max(axis=2).reshape(height, REDUCTION, width, REDUCTION).mean(axis=(1, 3)) / 255
    sums = np.pad(value.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    features, boxes = [], []
    for size in (side // REDUCTION for side in SIZES):
        edges = np.round(np.arange(CELLS + 1) * size / CELLS).astype(int)
        tops = np.arange(0, height - size + 1, STRIDE)
        lefts = np.arange(0, width - size + 1, STRIDE)
        corners = sums[(tops[:, None] + edges)[:, None, :, None], (lefts[:, None] + edges)[None, :, None, :]]
        cells = np.diff(np.diff(corners, axis=2), axis=3) / np.outer(np.diff(edges), np.diff(edges))
        features.append(cells.reshape(-1, CELLS * CELLS))
        y, x = (axis.ravel() for axis in np.meshgrid(tops, lefts, indexing="ij"))
        boxes.append(np.stack([x, y, x + size, y + size], axis=1) * float(REDUCTION))
    windows = np.concatenate(features)
    windows -= windows.mean(axis=1, keepdims=True)
    windows /= windows.std(axis=1, keepdims=True) + 0.08
    return windows.astype(np.float32), np.concatenate(boxes)


def _without_doubles(boxes: np.ndarray, chances: np.ndarray) -> Detections:
    scores = chances.max(axis=1)
    order = np.argsort(-scores)
    order = order[scores[order] >= SCORE_FLOOR][:600]
    boxes, scores, labels = boxes[order], scores[order], chances[order].argmax(axis=1)
    apart = _covered(boxes) <= COVERED_AT_MOST
    alive = np.ones(len(boxes), bool)
    kept = []
    for i in range(len(boxes)):
        if alive[i]:
            kept.append(i)
            alive &= apart[i]
    kept = kept[:MOST_DETECTIONS]
    return Detections(boxes[kept], labels[kept], scores[kept])
