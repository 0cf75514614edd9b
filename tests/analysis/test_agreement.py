"""AP and AR are COCO's to 1e-6: on a real training, on sets that hypothesis makes, and where it is easy to err."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mediastore import Store
from mediastore.analysis.evaluation import Evaluation

NUMBERS = "AP AP50 AP75 AP_small AP_medium AP_large AR_1 AR_10 AR_100 AR_small AR_medium AR_large".split()
CLOSE = 1e-6
Make = Callable[..., Evaluation]
Coco = Callable[..., dict[str, float]]
Thing = Callable[..., Any]


def numbers_of(evaluation: Evaluation) -> dict[str, float]:
    told = evaluation.summary().iloc[0][NUMBERS].astype(float).to_dict()
    return told | {f"AP of {row.label}": float(row.AP) for row in evaluation.by_label().itertuples()}


def assert_agrees(found: dict[str, float], coco: dict[str, float]) -> None:
    assert found.keys() == coco.keys()
    for name, value in coco.items():
        assert found[name] == pytest.approx(value, abs=CLOSE, nan_ok=True), name


@pytest.mark.parametrize(
    "epochs", [slice(4, None, 6), pytest.param(slice(None), marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_every_epoch_of_a_real_training_has_the_numbers_of_pycocotools(
    epochs: slice, demo_root: Path, thing: Thing, coco_numbers: Coco
) -> None:
    store = Store(demo_root)
    run = store.runs()[lambda runs: runs["name"] == "blood cells"]["run"].item()
    whole = store.evaluate("val/cells", run=run)
    assert whole.summary()["items"].tolist() == [72] * 17
    for step in whole.groups["step"][epochs]:
        rows = store.annotations(run=run, key="val/cells", step=int(step), sort="index")
        columns = rows[["index", "label", "x0", "y0", "x1", "y1", "score"]]
        is_truth = rows["layer"] == "ground_truth"
        columns = columns.assign(score=columns["score"].astype(object).where(~is_truth, None))
        things = [thing(i, label, box, score) for i, label, *box, score in columns.itertuples(index=False, name=None)]
        assert_agrees(numbers_of(whole.at(step=int(step))), coco_numbers(things, 72))


CORNERS = {
    "nothing found": [(0, "a", (0, 0, 9, 9))],
    "nothing to find": [(0, "a", (0, 0, 9, 9), 0.5), (1, "b", (0, 0, 9, 9))],
    "no truth of a label": [(0, "a", (0, 0, 9, 9), 0.5), (0, "b", (0, 0, 9, 9)), (0, "b", (0, 0, 9, 9), 0.4)],
    "an empty label": [(0, "", (0, 0, 9, 9)), (0, "", (0, 0, 9, 9), 0.9), (0, "a", (0, 0, 9, 9))],
    "equal scores, the wrong one first": [
        (0, "a", (0, 0, 10, 10)),
        (0, "a", (20, 20, 30, 30), 0.5),
        (0, "a", (0, 0, 10, 10), 0.5),
        (1, "a", (0, 0, 10, 10)),
        (1, "a", (0, 0, 10, 10), 0.5),
    ],
    "duplicates": [(0, "a", (0, 0, 10, 10)), *[(0, "a", (0, 0, 10, 10), score) for score in (0.9, 0.9, 0.8)]],
    "the same truth twice": [(0, "a", (0, 0, 10, 10)), (0, "a", (0, 0, 10, 10)), (0, "a", (0, 0, 10, 9), 0.7)],
    "an overlap that is the threshold": [(0, "a", (0, 0, 10, 10)), (0, "a", (0, 0, 10, 5), 0.7)],
    "empty boxes": [(0, "a", (5, 5, 5, 9)), (0, "a", (5, 5, 5, 9), 0.7), (0, "a", (0, 0, 9, 9))],
    "a crowd that takes several": [
        (0, "a", (0, 0, 100, 100), None, True),
        (0, "a", (0, 0, 20, 20)),
        *[(0, "a", (at, 0, at + 20, 20), 0.9 - at / 100) for at in (0, 1, 30, 60)],
    ],
    "a crowd that no one may prefer": [
        (0, "a", (0, 0, 20, 20), None, True),
        (0, "a", (0, 0, 20, 12)),
        (0, "a", (0, 0, 20, 20), 0.9),
        (0, "a", (0, 0, 20, 19), 0.8),
    ],
    "areas of their own": [
        (0, "a", (0, 0, 50, 50), None, False, 900.0),
        (0, "a", (60, 60, 80, 80), None, False, 10000.0),
        (0, "a", (0, 0, 50, 50), 0.9),
        (0, "a", (60, 60, 80, 80), 0.8),
        (0, "a", (200, 200, 400, 400), 0.7),
    ],
    "areas on the border of two sizes": [(0, "a", (0, 0, 32, 32)), (0, "a", (0, 0, 32, 32), 0.9)],
    "more than a hundred of a label": [
        *[(0, "a", (20 * at, 0, 20 * at + 10, 10)) for at in range(130)],
        *[(0, "a", (20 * at, 0, 20 * at + 10, 10), 1 - at / 200) for at in range(130)],
    ],
    "negative scores": [(0, "a", (0, 0, 9, 9)), (0, "a", (0, 0, 9, 9), -3.0), (0, "a", (20, 0, 29, 9), -2.0)],
}


@pytest.mark.parametrize("case", CORNERS.values(), ids=CORNERS.keys())
def test_corner_cases_have_the_numbers_of_pycocotools(
    case: list[tuple], thing: Thing, evaluation: Make, coco_numbers: Coco
) -> None:
    things = [thing(*row) for row in case]
    assert_agrees(numbers_of(evaluation(things)), coco_numbers(things))


def boxes() -> st.SearchStrategy[tuple]:
    corner, size = st.integers(0, 12), st.integers(0, 10)
    scale = st.sampled_from([1.0, 7.3, 11.0])
    made = st.tuples(corner, corner, size, size, scale)
    return made.map(lambda b: (b[0] * b[4], b[1] * b[4], (b[0] + b[2]) * b[4], (b[1] + b[3]) * b[4]))


def things(score: st.SearchStrategy, crowd: st.SearchStrategy, area: st.SearchStrategy) -> st.SearchStrategy:
    made = st.tuples(st.integers(0, 2), st.sampled_from(["a", "b", ""]), boxes(), score, crowd, area)
    return st.lists(made, max_size=14)


TRUTHS = things(st.none(), st.sampled_from([False, False, True]), st.none() | st.sampled_from([900.0, 5000.0, 20000.0]))
PREDICTIONS = things(st.sampled_from([0.1, 0.5, 0.5, 0.9]), st.just(False), st.none())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(truths=TRUTHS.filter(bool), predictions=PREDICTIONS)
def test_any_set_has_the_numbers_of_pycocotools(
    truths: list[tuple], predictions: list[tuple], thing: Thing, evaluation: Make, coco_numbers: Coco
) -> None:
    both = [thing(*row) for row in truths + predictions]
    assert_agrees(numbers_of(evaluation(both)), coco_numbers(both))
