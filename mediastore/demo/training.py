"""Detectors trained before the user's eyes: the same held-out pictures are logged at every epoch.

Each run differs in one thing only, so that there is something to compare.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

import mediastore
from mediastore.demo import pictures, verdicts
from mediastore.demo.detector import BATCH, HIDDEN, LABELS, Detections, Detector, Windows
from mediastore.demo.lessons import Samples, lesson
from mediastore.demo.precision import average_precision
from mediastore.demo.scenes import Scene, held_out_scene

WITH_MASKS = 8
"""So many pictures are logged with masks, with label maps and as a table too, three times a run."""


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
        "training_pictures": recipe.only_pictures or (length.epochs + 1) * length.pictures_an_epoch,
        "held_out_pictures": length.held_out,
    }


def train(run: mediastore.Run, recipe: Recipe, length: Length) -> Iterator[str]:
    """Trains one detector and logs it; yields a word after every epoch. Epoch 0 is the detector after one batch."""
    training = _Training(run, recipe, length)
    for epoch in range(length.epochs + 1):
        with threadpool_limits(1):  # leaves a core to the app
            yield training.epoch(epoch)


class _Training:
    def __init__(self, run: mediastore.Run, recipe: Recipe, length: Length) -> None:
        self._run = run
        self._recipe = recipe
        self._length = length
        self._detector = Detector(recipe.learning_rate)
        self._samples = Samples()
        self._rng = np.random.default_rng(0)
        self._step = 0
        self._best = 0.0

    def epoch(self, epoch: int) -> str:
        started = time.perf_counter()
        self._learn(epoch)
        precision, loss = self._validate(with_masks=epoch in (0, self._length.epochs // 2, self._length.epochs))
        self._samples.look_for_hard_ones(self._detector)
        self._best = max(self._best, precision)
        self._run.summary["val/mAP50/best"] = self._best
        self._run.log({"epoch": epoch, "time/epoch_s": time.perf_counter() - started}, step=self._step)
        return f"epoch {epoch} of {self._length.epochs}: mAP50 {precision:.2f}, loss {loss:.2f}"

    def _learn(self, epoch: int) -> None:
        if epoch == 0 or self._recipe.only_pictures is None:
            count = self._recipe.only_pictures or self._length.pictures_an_epoch
            self._samples.add([lesson(number) for number in range(epoch * count, (epoch + 1) * count)])
        for _ in range(self._length.steps_an_epoch if epoch else 1):
            self._step += 1
            loss = self._detector.train(*self._samples.batch(self._rng))
            self._run.log({"train/loss": loss, "lr": self._recipe.learning_rate}, step=self._step)

    def _validate(self, with_masks: bool) -> tuple[float, float]:
        held_out = _held_out(self._length.held_out)
        scenes = [windows.scene for windows in held_out]
        found = [self._detector.detect(windows) for windows in held_out]
        losses = [self._detector.loss(windows) for windows in held_out]
        precision, loss = _precision(scenes, found), float(np.mean(losses))
        boxes = [pictures.with_boxes(*picture) for picture in zip(scenes, found, losses, strict=True)]
        self._run.log(precision | {"val/loss": loss, "val/detections": boxes}, step=self._step)
        if with_masks:
            some = list(zip(scenes, found, strict=True))[:WITH_MASKS]
            masks = [pictures.with_masks(*picture) for picture in some]
            maps = [pictures.with_label_maps(*picture) for picture in some]
            looked_through = verdicts.table(scenes[:WITH_MASKS], found[:WITH_MASKS])
            self._run.log({"val/masks": masks, "val/ink": maps, "val/looked_through": looked_through}, step=self._step)
        return precision["val/mAP50"], loss


@cache
def _held_out(count: int) -> list[Windows]:
    return [Windows(held_out_scene(number)) for number in range(count)]


def _precision(scenes: Sequence[Scene], found: Sequence[Detections]) -> dict[str, float]:
    by_label = {label: average_precision(scenes, found, number) for number, label in enumerate(LABELS)}
    known = {label: precision for label, precision in by_label.items() if precision is not None}
    return {"val/mAP50": float(np.mean(list(known.values())))} | {f"val_by_label/AP50/{k}": v for k, v in known.items()}
