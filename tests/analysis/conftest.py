"""Sets of boxes written down as tuples, as an evaluation and as COCO's own evaluation sees them."""

import contextlib
import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from mediastore.analysis.evaluation import Evaluation
from mediastore.reader import comparisons

TWELVE = "AP AP50 AP75 AP_small AP_medium AP_large AR_1 AR_10 AR_100 AR_small AR_medium AR_large".split()


class Thing(NamedTuple):
    """A box on an item; with a score it is a prediction, without one a truth."""

    item: int
    label: str
    box: tuple[float, float, float, float]
    score: float | None = None
    crowd: bool = False
    area: float | None = None


@pytest.fixture
def thing() -> type[Thing]:
    """What an evaluation is made of."""
    return Thing


@pytest.fixture
def evaluation() -> Callable[..., Evaluation]:
    """An evaluation of things, as a store would make it."""
    return evaluate


@pytest.fixture
def coco_numbers() -> Callable[..., dict[str, float]]:
    """COCO's twelve numbers by pycocotools, and the AP of each label; NaN where it says -1."""
    return by_pycocotools


def evaluate(things: Sequence[Thing], items: int | None = None, steps: Sequence[int] | None = None) -> Evaluation:
    number = items or max((thing.item for thing in things), default=0) + 1
    labels = sorted({thing.label for thing in things})
    predictions = _columns(things, labels, lambda thing: thing.score is not None)
    truths = _columns(things, labels, lambda thing: thing.score is None)
    comparison = comparisons.make(labels, number, predictions, truths)
    step = np.zeros(number, np.int64) if steps is None else np.asarray(steps)
    where = {"project": "p", "run": "r", "key": "k", "step": step, "index": range(number), "path": "x.png"}
    frame = pd.DataFrame(where | {"sample": [f"s{item}" for item in range(number)], "width": 640, "height": 480})
    groups = frame.groupby(["project", "run", "step"]).size().reset_index(name="items")
    group = np.unique(step, return_inverse=True)[1]
    return Evaluation(comparison.of_items(np.arange(number), group, len(groups)), frame, groups)


def _columns(things: Sequence[Thing], labels: list[str], is_wanted: Callable[[Thing], bool]) -> dict[str, np.ndarray]:
    some = [(position, thing) for position, thing in enumerate(things) if is_wanted(thing)]
    box = np.array([thing.box for _, thing in some], dtype=float).reshape(-1, 4)
    nan = float("nan")
    return {
        "item": np.array([thing.item for _, thing in some], np.int64),
        "frame": np.full(len(some), -1),
        "position": np.array([position for position, _ in some], np.int64),
        "label": np.array([labels.index(thing.label) for _, thing in some], np.int64),
        "score": np.array([nan if thing.score is None else thing.score for _, thing in some], float),
        "area": np.array([nan if thing.area is None else thing.area for _, thing in some], float),
        "crowd": np.array([thing.crowd for _, thing in some], bool),
        "ignored": np.zeros(len(some), bool),
        **{name: box[:, axis] for axis, name in enumerate(("x0", "y0", "x1", "y1"))},
    }


def by_pycocotools(things: Sequence[Thing], items: int | None = None) -> dict[str, float]:
    labels = sorted({thing.label for thing in things})
    number = items or max((thing.item for thing in things), default=0) + 1
    truths = [_truth(at, thing, labels) for at, thing in enumerate(things, start=1) if thing.score is None]
    found = [_base(thing, labels) | {"score": thing.score} for thing in things if thing.score is not None]
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": item, "width": 640, "height": 480} for item in range(number)],
            "annotations": truths,
            "categories": [{"id": at, "name": label} for at, label in enumerate(labels)],
        }
        truth.createIndex()
        predictions = truth.loadRes(found) if found else COCO()
        judged = COCOeval(truth, predictions, "bbox")
        judged.params.imgIds = list(range(number))
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    numbers = dict(zip(TWELVE, judged.stats.tolist(), strict=True))
    precision = judged.eval["precision"]
    for at, label in enumerate(labels):
        of_label = precision[:, :, at, 0, 2]
        numbers[f"AP of {label}"] = float(of_label[of_label > -1].mean()) if (of_label > -1).any() else -1.0
    return {name: float("nan") if value == -1 else value for name, value in numbers.items()}


def _base(thing: Thing, labels: list[str]) -> dict[str, Any]:
    x0, y0, x1, y1 = thing.box
    return {"image_id": thing.item, "category_id": labels.index(thing.label), "bbox": [x0, y0, x1 - x0, y1 - y0]}


def _truth(at: int, thing: Thing, labels: list[str]) -> dict[str, Any]:
    box = _base(thing, labels)
    area = box["bbox"][2] * box["bbox"][3] if thing.area is None else thing.area
    return box | {"id": at, "iscrowd": int(thing.crowd), "area": area}
