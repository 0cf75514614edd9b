"""The views that SQL sees of evaluations say what the evaluations say."""

from pathlib import Path

import numpy as np
import pytest

import mediastore

PIXELS = np.zeros((48, 48, 3), np.uint8)


@pytest.fixture
def logged(root: Path) -> Path:
    """Two steps; at the second the cat is found, and a dog is seen that is not there."""
    with mediastore.init(project="demo", id="run-1", dir=root) as run:
        for step in (0, 1):
            truth = mediastore.Box((0, 0, 20, 20), label="cat", layer="ground_truth")
            found = [mediastore.Box((0, 0, 20, 18), label="cat", score=0.7)] if step else []
            wrong = mediastore.Box((30, 30, 40, 40), label="dog", score=0.3)
            run.log({"val": mediastore.Image(PIXELS, boxes=[truth, *found, wrong])}, step=step)
    return root


def test_matches_tell_every_object(logged: Path) -> None:
    told = mediastore.Store(logged).sql(
        "select step, layer, position, outcome, error, other_position, other_score from matches order by all"
    )
    assert told.astype(object).where(told.notna(), None).values.tolist() == [
        [0, "ground_truth", 0, "FN", "missed", -1, None],
        [0, "predictions", 1, "FP", "background", -1, None],
        [1, "ground_truth", 0, "found", "", 1, 0.7],
        [1, "predictions", 1, "TP", "", 0, None],
        [1, "predictions", 2, "FP", "background", -1, None],
    ]


@pytest.mark.parametrize("score", [0.0, 0.3, 0.5, 0.71])
def test_a_threshold_in_sql_is_that_of_an_evaluation(logged: Path, score: float) -> None:
    store = mediastore.Store(logged)
    told = store.sql(
        "select count(*) filter (outcome = 'TP' and score >= $1) as TP,"
        "  count(*) filter (outcome = 'FP' and score >= $1) as FP,"
        "  count(*) filter (outcome = 'FN' or outcome = 'found' and other_score < $1) as FN"
        " from matches group by step order by step",
        [score],
    )
    assert told.equals(store.evaluate("val").counts(0.5, score)[["TP", "FP", "FN"]])


def test_evaluations_are_summaries_and_follow_what_is_logged(logged: Path) -> None:
    store = mediastore.Store(logged)
    query = 'select step, AP50, "both" from EVALUATIONS order by step'
    assert store.sql(query).values.tolist() == [[0, 0.0, 0], [1, 1.0, 0]]
    with mediastore.init(project="demo", id="run-2", dir=logged) as run:
        truth = mediastore.Box((0, 0, 20, 20), label="cat", layer="ground_truth")
        run.log({"val": mediastore.Image(PIXELS, boxes=[truth])}, step=7)
    store.refresh()
    assert store.sql("select count(*) as n from evaluations").n.tolist() == [2]
    labels = store.sql("select label, AP50 from evaluations_by_label where step = 1 order by label")
    assert labels["label"].tolist() == ["cat", "dog"] and labels["AP50"].tolist()[0] == 1.0


def test_a_run_that_is_gone_is_gone_from_the_views(logged: Path, tmp_path: Path) -> None:
    store = mediastore.Store(logged)
    assert store.sql("select count(*) as n from matches").n.tolist() == [5]
    (logged / "demo" / "run-1").rename(tmp_path / "elsewhere")
    store.refresh()
    assert store.sql("from matches").empty


def test_views_of_nothing_are_empty(root: Path) -> None:
    assert mediastore.Store(root).sql("select * from matches natural join evaluations").empty


def test_a_fenced_store_tells_them_too(logged: Path) -> None:
    store = mediastore.Store(logged, fenced=True)
    assert store.sql("select count(*) as n from matches").n.tolist() == [5]


def test_items_can_be_sorted_by_how_wrong_they_are(root: Path) -> None:
    scenes = [(20, 0.9), (4, 0.8), (20, 0.2)]
    with mediastore.init(project="demo", dir=root) as run:
        for step, (width, score) in enumerate(scenes):
            truth = mediastore.Box((0, 0, 20, 20), label="cat", layer="ground_truth")
            found = mediastore.Box((0, 0, width, 20), label="cat", score=score)
            run.log({"val": mediastore.Image(PIXELS, boxes=[truth, found])}, step=step)
        run.log({"plain": mediastore.Image(PIXELS)}, step=9)
    store = mediastore.Store(root)
    assert store.items(sort="disagreement", descending=True)["step"].tolist() == [1, 0, 2, 9]
    confident = store.items(sort="disagreement", descending=True, key="val", score=(0.5, None))
    assert confident["step"].tolist() == [1, 0]
    page = store.page(sort="disagreement", descending=True, limit=1)
    after = store.page(sort="disagreement", descending=True, limit=2, after=page.after)
    assert [record["step"] for record in page.records + after.records] == [1, 0, 2]
    told = store.evaluate("val").hardest().set_index("step")["disagreement"]
    assert told.to_dict() == {1: 1.0, 0: 0.0, 2: 0.0}
