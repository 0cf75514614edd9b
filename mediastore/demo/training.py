"""Detectors trained before the user's eyes: the same held-out pictures are logged at every epoch.

Each run differs in one thing only, so that there is something to compare.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

import mediastore
from mediastore.demo.detector import BACKGROUND, BATCH, HIDDEN, LABELS, Detections, Detector, Windows
from mediastore.demo.precision import average_precision, found_digits
from mediastore.demo.scenes import Scene, held_out_scene, training_scene

SURE = 0.5
"""A detection from this score on counts as one that the detector would stand by."""


@dataclass(frozen=True)
class Recipe:
    """What sets a run apart: its learning rate, and how many pictures it may train on (None: fresh ones each epoch)."""

    name: str
    notes: str
    learning_rate: float
    only_pictures: int | None = None


@dataclass(frozen=True)
class Length:
    """How much is done: the whole demo, or a short one."""

    epochs: int = 12
    steps_an_epoch: int = 50
    pictures_an_epoch: int = 16
    held_out: int = 24


RECIPES = (
    Recipe("steady", "a learning rate that suits", 3e-3),
    Recipe("timid", "a learning rate ten times smaller: learns too slowly", 3e-4),
    Recipe("reckless", "a learning rate a hundred times larger: never settles", 3e-1),
    Recipe("memorising", "six pictures only: learns them by heart", 3e-3, only_pictures=6),
)


def config(recipe: Recipe, length: Length) -> dict[str, object]:
    """What the run should be remembered by."""
    return {
        "learning_rate": recipe.learning_rate,
        "epochs": length.epochs,
        "batch": BATCH,
        "hidden": HIDDEN,
        "training_pictures": recipe.only_pictures or length.epochs * length.pictures_an_epoch,
        "held_out_pictures": length.held_out,
    }


def train(run: mediastore.Run, recipe: Recipe, length: Length) -> Iterator[str]:
    """Trains one detector and logs it; yields a word after every epoch."""
    detector = Detector(recipe.learning_rate)
    held_out = _held_out(length.held_out)
    samples = Samples()
    rng = np.random.default_rng(0)
    best, step = 0.0, 0
    for epoch in range(length.epochs + 1):
        started = time.perf_counter()
        with threadpool_limits(1):
            if epoch == 0 or recipe.only_pictures is None:
                count = recipe.only_pictures or length.pictures_an_epoch
                samples.add([_lesson(number) for number in range(epoch * count, (epoch + 1) * count)])
            for _ in range(length.steps_an_epoch if epoch else 1):
                step += 1
                loss = detector.train(*samples.batch(rng))
                run.log({"train/loss": loss, "lr": recipe.learning_rate}, step=step)
            found = [detector.detect(windows) for windows in held_out]
            losses = [detector.loss(windows) for windows in held_out]
            samples.look_for_hard_ones(detector)
        scenes = [windows.scene for windows in held_out]
        precision = _precision(scenes, found)
        best = max(best, precision["val/mAP50"])
        run.log(
            precision
            | {"epoch": epoch, "val/loss": float(np.mean(losses)), "time/epoch_s": time.perf_counter() - started}
            | {"val/detections": [_detections(*picture) for picture in zip(scenes, found, losses, strict=True)]},
            step=step,
        )
        if epoch in (0, length.epochs // 2, length.epochs):
            run.log({"val/masks": [_masks(*pair) for pair in list(zip(scenes, found, strict=True))[:8]]}, step=step)
        yield f"epoch {epoch} of {length.epochs}: mAP50 {precision['val/mAP50']:.2f}, loss {np.mean(losses):.2f}"
    run.summary["val/mAP50/best"] = best


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
        """Features and targets of BATCH windows: two fifths digits, a quarter hard background, the rest any."""
        hard = BATCH // 4 if len(self._hard) else 0
        chosen = rng.integers(len(self._known.digits), size=BATCH * 2 // 5)
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
def _held_out(count: int) -> list[Windows]:
    return [Windows(held_out_scene(number)) for number in range(count)]


@cache
def _lesson(number: int) -> Lesson:
    windows = Windows(training_scene(number))
    shows_digit = (windows.targets >= 0) & (windows.targets < BACKGROUND)
    background = windows.features[windows.targets == BACKGROUND][::6]
    return Lesson(windows.features[shows_digit], windows.targets[shows_digit], background)


def _precision(scenes: Sequence[Scene], found: Sequence[Detections]) -> dict[str, float]:
    by_label = {label: average_precision(scenes, found, number) for number, label in enumerate(LABELS)}
    known = {label: precision for label, precision in by_label.items() if precision is not None}
    return {"val/mAP50": float(np.mean(list(known.values())))} | {f"val/AP50/{k}": v for k, v in known.items()}


def _detections(scene: Scene, found: Detections, loss: float) -> mediastore.Image:
    hits = found_digits(scene, found, SURE)
    sure = int((found.scores >= SURE).sum())
    truth = [
        mediastore.Box(box, label=LABELS[label], layer="ground_truth")
        for box, label in zip(scene.boxes, scene.labels, strict=True)
    ]
    predictions = [
        mediastore.Box(box, label=LABELS[label], score=score, layer="predictions")
        for box, label, score in zip(found.boxes, found.labels, found.scores, strict=True)
    ]
    return mediastore.Image(
        scene.pixels,
        caption=f"{scene.name}: {hits} of {len(scene.labels)} digits found, {sure - hits} false",
        sample=scene.name,
        values={"loss": loss, "found": hits, "missed": len(scene.labels) - hits, "false": sure - hits},
        boxes=truth + predictions,
    )


def _masks(scene: Scene, found: Detections) -> mediastore.Image:
    truth = [
        mediastore.Mask(ink, label=LABELS[label], layer="ground_truth")
        for ink, label in zip(scene.ink, scene.labels, strict=True)
    ]
    predictions = [
        mediastore.Mask(_ink(scene.pixels, box), label=LABELS[label], score=score, layer="predictions")
        for box, label, score in zip(found.boxes, found.labels, found.scores, strict=True)
        if score >= SURE
    ]
    return mediastore.Image(scene.pixels, caption=f"{scene.name}: ink", sample=scene.name, masks=truth + predictions)


def _ink(pixels: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The bright half of a box, by Otsu's threshold: what the detector holds for the digit's ink."""
    x0, y0, x1, y1 = box.astype(int)
    value = np.ascontiguousarray(pixels[y0:y1, x0:x1].max(axis=2))
    _, bright = cv2.threshold(value, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    mask = np.zeros(pixels.shape[:2], bool)
    mask[y0:y1, x0:x1] = bright
    return mask
