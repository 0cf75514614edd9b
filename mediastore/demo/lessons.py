"""What the detectors learn from: windows of painted pictures, and which of them are hard."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from mediastore.demo.detector import BACKGROUND, BATCH, Detector, Windows
from mediastore.demo.scenes import training_scene


@dataclass(frozen=True)
class Lesson:
    """What one picture has to teach: windows that show a digit, its label, and windows that show none."""

    digits: np.ndarray
    labels: np.ndarray
    background: np.ndarray


class Samples:
    """Windows to train on, gathered from lessons, with the background that is hard to tell from a digit."""

    def __init__(self) -> None:
        self._known = Lesson(np.zeros((0, 64), np.float32), np.zeros(0, int), np.zeros((0, 64), np.float32))
        self._hard = self._known.background

    def add(self, lessons: Sequence[Lesson]) -> None:
        """Takes the windows of some more pictures."""
        every = [self._known, *lessons]
        self._known = Lesson(
            np.concatenate([lesson.digits for lesson in every]),
            np.concatenate([lesson.labels for lesson in every]),
            np.concatenate([lesson.background for lesson in every]),
        )

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Features and targets of BATCH windows: a third digits, two fifths hard background, the rest any."""
        hard = BATCH * 2 // 5 if len(self._hard) else 0
        chosen = rng.integers(len(self._known.digits), size=BATCH // 3)
        background = _any_of(self._known.background, BATCH - len(chosen) - hard, rng)
        features = [self._known.digits[chosen], background, _any_of(self._hard, hard, rng)]
        targets = [self._known.labels[chosen], np.full(len(background) + hard, BACKGROUND)]
        return np.concatenate(features), np.concatenate(targets)

    def look_for_hard_ones(self, detector: Detector) -> None:
        """Remembers the background that the detector takes for a digit most readily."""
        mistaken = detector.probabilities(self._known.background)[:, :BACKGROUND].max(axis=1)
        self._hard = self._known.background[np.argsort(-mistaken)[:1000]]


def _any_of(rows: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    return rows[rng.integers(len(rows), size=count)] if count else rows[:0]


@cache
def lesson(number: int) -> Lesson:
    """The windows of the `number`-th training picture; every sixth of those that show none."""
    windows = Windows(training_scene(number))
    shows_digit = (windows.targets >= 0) & (windows.targets < BACKGROUND)
    background = windows.features[windows.targets == BACKGROUND][::6]
    return Lesson(windows.features[shows_digit], windows.targets[shows_digit], background)
