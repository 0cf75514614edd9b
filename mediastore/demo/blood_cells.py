"""Blood cells under the microscope: a real training run of sixteen epochs, replayed.

The pictures and their truth are the test split of BCCD; the predictions were made by a small centre-point detector, at
every epoch, on pictures it was not trained on. One of its 63,149 boxes lies wholly above its picture, which the writer
would warn of: it is left out. Sources and licences stand in `data/README.md`.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import mediastore

DATA = Path(__file__).parent / "data" / "blood-cells"
KEY = "val/cells"
EPOCHS = 16
CONFIG = {
    "detector": "centre points",
    "dataset": "BCCD",
    "epochs": EPOCHS,
    "predictions_per_picture": 80,
    "score_min": 0.05,
}


def replay(run: mediastore.Run) -> Iterator[str]:
    """Logs the pictures of every epoch with truth and predictions, and every metric; yields a word after each epoch."""
    held = _held()
    done = -1
    for epoch, step in enumerate(held["epoch_step"].tolist()):
        _log_metrics(run, done, step)
        run.log({"epoch": epoch, KEY: [_picture(place, epoch) for place in range(len(held["picture"]))]}, step=step)
        done = step
        yield f"epoch {epoch}"


def _log_metrics(run: mediastore.Run, after: int, last: int) -> None:
    held = _held()
    names = [str(name) for name in held["metric"]]
    for at, values in zip(held["metric_step"].tolist(), held["metric_value"].tolist(), strict=True):
        if after < at <= last:
            run.log({name: value for name, value in zip(names, values, strict=True) if value == value}, step=at)


def _picture(place: int, epoch: int) -> mediastore.Image:
    name = str(_held()["picture"][place])
    return mediastore.Image(
        DATA / name, boxes=[*_truth(place), *_predictions(place, epoch)], caption=name, sample=Path(name).stem
    )


def _truth(place: int) -> list[mediastore.Box]:
    held = _held()
    rows = _slice(held["truth_count"], place)
    return [
        mediastore.Box(tuple(map(float, xyxy)), label=label, layer="ground_truth")
        for xyxy, label in zip(held["truth_xyxy"][rows], held["label"][held["truth_label"][rows]].tolist(), strict=True)
    ]


def _predictions(place: int, epoch: int) -> list[mediastore.Box]:
    held = _held()
    counts = held["prediction_count"]
    rows = _slice(counts.ravel(), epoch * counts.shape[1] + place)
    labels = held["label"][held["prediction_label"][rows]].tolist()
    scores = (held["prediction_score_e4"][rows] / 10_000).tolist()
    found = zip((held["prediction_xyxy_e1"][rows] / 10).tolist(), labels, scores, strict=True)
    return [mediastore.Box(tuple(xyxy), label=label, score=score) for xyxy, label, score in found if xyxy[3] > 0]


def _slice(counts: np.ndarray, place: int) -> slice:
    start = int(counts[:place].sum(dtype=np.int64))
    return slice(start, start + int(counts[place]))


@cache
def _held() -> dict[str, Any]:
    with np.load(DATA / "run.npz", allow_pickle=False) as stored:
        return dict(stored)
