"""Matching: all predictions at once find what going through them one by one finds."""

from collections.abc import Callable

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from mediastore.analysis.evaluation import Evaluation
from mediastore.analysis.greedy import NONE, match
from mediastore.analysis.objects import Pairs, joined
from mediastore.analysis.overlap import in_order
from mediastore.errors import MediaStoreValueError

Make = Callable[..., Evaluation]


def one_by_one(pairs: Pairs, ignored: np.ndarray, crowd: np.ndarray, predictions: int, least: float) -> list[int]:
    """The truth of each prediction, by COCO's loops written out."""
    overlap = {(p, t): o for p, t, o in zip(pairs.prediction, pairs.truth, pairs.overlap, strict=True)}
    order = np.argsort(ignored, kind="stable").tolist()
    taken: set[int] = set()
    found = []
    for prediction in range(predictions):
        best, reached = NONE, min(least, 1 - 1e-10)
        for truth in order:
            if truth in taken and not crowd[truth]:
                continue
            if best != NONE and not ignored[best] and ignored[truth]:
                break
            if overlap.get((prediction, truth), 0.0) >= reached:
                best, reached = truth, overlap[prediction, truth]
        found.append(best)
        taken |= {best} - {NONE}
    return found


@settings(max_examples=200, deadline=None)
@given(
    overlaps=st.lists(
        st.lists(st.sampled_from([0.0, 0.3, 0.5, 0.5, 0.7, 0.9, 1.0]), min_size=5, max_size=5), max_size=9
    ),
    ignored=st.lists(st.booleans(), min_size=5, max_size=5),
    crowd=st.lists(st.booleans(), min_size=5, max_size=5),
    least=st.sampled_from([0.3, 0.5, 0.9, 1.0]),
)
def test_all_at_once_is_one_by_one(overlaps: list, ignored: list, crowd: list, least: float) -> None:
    table = np.array(overlaps).reshape(-1, 5)
    crowds = np.array(crowd)
    ignores = np.array(ignored) | crowds
    rows, columns = np.nonzero(table)
    pairs = in_order(rows, columns, table[rows, columns])
    found = match(pairs, ignores, crowds, len(table), least)
    expected = one_by_one(pairs, ignores, crowds, len(table), least)
    assert found.truth.tolist() == expected
    for truth in np.flatnonzero(~crowds).tolist():
        assert found.prediction[truth] == (expected.index(truth) if truth in expected else NONE)


def test_a_higher_threshold_of_the_score_changes_nothing_above_it(evaluation: Make, thing: Callable) -> None:
    things = [thing(0, "a", (0, 0, 10, 10)), thing(0, "a", (0, 0, 10, 10), 0.4), thing(0, "a", (0, 0, 9, 10), 0.6)]
    told = [evaluation(things).counts(0.5, score).iloc[0] for score in (0.0, 0.5, 0.7)]
    assert [(row.TP, row.FP, row.FN) for row in told] == [(1, 1, 0), (1, 0, 0), (0, 0, 1)]


def test_runs_are_evaluated_together_as_they_are_alone(evaluation: Make, thing: Callable) -> None:
    first = [thing(0, "b", (0, 0, 9, 9)), thing(0, "b", (0, 0, 9, 8), 0.5), thing(1, "c", (0, 0, 5, 5), 0.9)]
    second = [thing(0, "a", (0, 0, 9, 9)), thing(0, "b", (0, 0, 9, 8), 0.7), thing(1, "b", (0, 0, 5, 5))]
    parts = [evaluation(first), evaluation(second)]
    both = joined([part.comparison for part in parts])
    items = both.group.tolist()
    assert (both.labels, items, len(both.pairs)) == (("a", "b", "c"), [0, 0, 1, 1], 2)
    assert both.predictions.score.tolist() == [0.9, 0.7, 0.5]
    assert [both.labels[label] for label in both.predictions.label] == ["c", "b", "b"]
    found = dict(zip(both.pairs.prediction.tolist(), both.pairs.truth.tolist(), strict=True))
    assert {both.predictions.item[p]: both.truths.item[t] for p, t in found.items()} == {0: 0, 2: 2}


@pytest.mark.parametrize("iou", [0.0, 0.04, 1.1, float("nan")])
def test_an_overlap_that_is_not_kept_is_refused(evaluation: Make, thing: Callable, iou: float) -> None:
    with pytest.raises(MediaStoreValueError, match=r"iou must be 0.05 to 1, got"):
        evaluation([thing(0, "a", (0, 0, 9, 9))]).counts(iou)
