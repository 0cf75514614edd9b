"""`mediastore evaluate`: the numbers of a run's predictions, as a script reads them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import mediastore

Told = Callable[..., object]


@pytest.fixture
def logged(root: Path) -> str:
    """Two steps of two pictures: at the first the cat is missed, at the second it is found."""
    with mediastore.init(project="demo", id="run-1", name="cats", dir=root) as run:
        for step, score in ((0, None), (5, 0.8)):
            truth = mediastore.Box((0, 0, 20, 20), label="cat", layer="ground_truth")
            found = [mediastore.Box((0, 0, 20, 18), label="cat", score=score)] if score else []
            wrong = mediastore.Box((30, 30, 40, 40), label="dog", score=0.3)
            pictures = [np.full((48, 48, 3), step, np.uint8), np.full((48, 48, 3), 9, np.uint8)]
            boxes = [[truth, *found], [wrong]]
            images = [mediastore.Image(pixels, boxes=b) for pixels, b in zip(pictures, boxes, strict=True)]
            run.log({"val": images}, step=step)
    return "run-1"


def test_all_steps_are_a_json_list_of_objects(logged: str, command: Told) -> None:
    told = command("evaluate", "--run", logged, "--key", "val", "--all-steps", "--json")
    first, second = json.loads(told.out)
    assert [row["step"] for row in (first, second)] == [0, 5]
    assert [first[name] for name in ("AP", "precision", "recall", "TP", "FP", "FN", "missed")] == [0, 0, 0, 0, 1, 1, 1]
    assert [second[name] for name in ("AP50", "AP75", "TP", "FP", "FN", "background")] == [1, 1, 1, 1, 0, 1]
    assert second["AP"] == pytest.approx(0.9) and second["AP_by_label"] == {"cat": pytest.approx(0.9), "dog": None}
    assert second["dAP"]["background"] == 0
    assert "1 of 4 items" not in told.err and "2 of 4 items have no truth" in told.err


def test_thresholds_are_followed(logged: str, command: Told) -> None:
    ask = ("evaluate", "--run", "cats", "--key", "val", "--json")
    assert [json.loads(command(*ask, "--score", "0.5").out)[0][name] for name in ("step", "TP", "FP")] == [5, 1, 0]
    assert json.loads(command(*ask, "--iou", "0.95").out)[0]["localisation"] == 1
    assert json.loads(command(*ask, "--step", "0").out)[0]["FN"] == 1


def test_a_pipe_reads_one_line_a_step(logged: str, command: Told) -> None:
    rows = command("evaluate", "--run", "demo/run-1", "--key", "val", "--all-steps").rows
    assert [(row["step"], row["AP cat"], row["AP dog"], row["TP"]) for row in rows] == [
        ("0", "0.0", "", "0"),
        ("5", "0.9", "", "1"),
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--key", "other"], "key must be one that was logged, got 'other'"),
        (["--key", "val", "--step", "3"], "step must be one at which val was logged, got 3"),
        (["--key", "val", "--iou", "0"], "iou must be 0.05 to 1, got 0.0"),
        (["--key", "val", "--truth", "nobody"], ""),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(logged: str, command: Told, more: list[str], said: str) -> None:
    told = command("evaluate", "--run", logged, *more)
    assert said in told.err and "Traceback" not in told.err
    assert told.code == (1 if said else 0)
