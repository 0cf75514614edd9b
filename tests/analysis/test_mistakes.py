"""What is wrong, why, and what it costs; and the objects behind every number."""

from collections.abc import Callable
from math import comb

import numpy as np
import pytest

from mediastore.analysis.evaluation import Evaluation
from mediastore.analysis.significance import mcnemar, mcnemar_in_words
from mediastore.errors import MediaStoreValueError

Make = Callable[..., Evaluation]
SCENE = [
    (0, "cat", (0, 0, 100, 100)),
    (0, "dog", (200, 0, 300, 100)),
    (0, "cat", (400, 0, 500, 100)),
    (0, "cat", (0, 0, 100, 90), 0.9),  # right
    (0, "cat", (0, 0, 100, 80), 0.8),  # duplicate
    (0, "cat", (200, 0, 300, 95), 0.7),  # confusion with the dog
    (0, "cat", (400, 0, 430, 100), 0.6),  # localisation, 0.3
    (0, "cat", (600, 0, 630, 30), 0.5),  # background
    (0, "cat", (200, 0, 230, 100), 0.4),  # both: 0.3 with the dog
    (1, "dog", (0, 0, 50, 60)),  # missed
]
KINDS = ["", "duplicate", "confusion", "localisation", "background", "both"]


@pytest.fixture
def scene(evaluation: Make, thing: Callable) -> Evaluation:
    return evaluation([thing(*row) for row in SCENE])


def test_each_mistake_has_its_kind_and_its_counterpart(scene: Evaluation) -> None:
    told = scene.objects()
    assert told["outcome"].tolist() == ["TP", *["FP"] * 5, *["FN"] * 3]
    assert told["error"].tolist() == [*KINDS, "confusion", "localisation", "missed"]
    assert told["other_position"].tolist() == [0, 0, 1, 2, -1, 1, 5, 6, -1]
    assert told["overlap"].round(2).tolist() == [0.9, 0.8, 0.95, 0.3, 0.0, 0.3, 0.95, 0.3, 0.0]
    assert told["layer"].tolist() == ["predictions"] * 6 + ["ground_truth"] * 3
    assert told.loc[8, ["index", "position", "label", "x1", "y1"]].tolist() == [1, 9, "dog", 50.0, 60.0]


def test_counts_add_up(scene: Evaluation) -> None:
    told = scene.counts().iloc[0]
    assert (told.TP, told.FP, told.FN, told.truths, told.predictions) == (1, 5, 3, 4, 6)
    assert [told[kind] for kind in ("localisation", "confusion", "both", "duplicate", "background", "missed")] == [
        1
    ] * 6
    assert (told.precision, told.recall, told.F1) == (1 / 6, 1 / 4, 2 / 10)


def test_mending_a_kind_costs_what_it_gains(scene: Evaluation) -> None:
    told = scene.mistakes().set_index("error")
    half_of_the_cats_and_no_dog = (51 / 101 + 0) / 2
    assert told["AP"].tolist() == pytest.approx([half_of_the_cats_and_no_dog] * 6)
    assert told.loc["confusion", "dAP"] == pytest.approx(0.5 * 51 / 101)
    assert told.loc["localisation", "dAP"] > 0
    assert (told["dAP"] >= 0).all()


@pytest.mark.parametrize(
    ("filters", "positions"),
    [
        ({"outcome": "FN"}, [1, 2, 9]),
        ({"outcome": ("TP", "FN")}, [3, 1, 2, 9]),
        ({"error": "confusion"}, [5, 1]),
        ({"label": "dog"}, [1, 9]),
        ({"cell": ("dog", "cat")}, [5]),
        ({"cell": ("dog", None)}, [9]),
        ({"cell": (None, "cat")}, [4, 6, 7, 8]),
        ({"scores": (0.6, 0.8)}, [4, 5]),
        ({"item": ("p", "r", "k", 0, 1)}, [9]),
        ({"limit": 2, "offset": 5}, [8, 1]),
        ({"cell": ("nothing", "cat")}, []),
    ],
)
def test_a_number_opens_its_objects(scene: Evaluation, filters: dict, positions: list[int]) -> None:
    assert scene.objects(**filters)["position"].tolist() == positions
    if "limit" not in filters:
        assert scene.count_objects(**filters) == len(positions)


def test_every_cell_of_the_confusion_matrix_counts_its_objects(scene: Evaluation) -> None:
    told = scene.confusion(score=0.3)
    assert told["count"].sum() == 6 + 2
    for cell in told.itertuples():
        names = tuple(None if isinstance(name, float) else name for name in (cell.truth, cell.predicted))
        assert scene.count_objects(score=0.3, cell=names) == cell.count


def test_an_unknown_kind_is_refused(scene: Evaluation) -> None:
    with pytest.raises(MediaStoreValueError, match="error must be one of localisation, confusion"):
        scene.objects(error="typo")


def test_a_curve_says_what_each_threshold_gives(scene: Evaluation) -> None:
    told = scene.curve(label="cat")
    assert told[["score", "TP", "FP", "FN"]].values.tolist()[0] == [0.9, 1, 0, 1]
    for row in told.itertuples():
        at = scene.by_label(score=row.score).set_index("label").loc["cat"]
        assert (at.TP, at.FP, at.FN, at.precision) == (row.TP, row.FP, row.FN, row.precision)
    best = scene.best_thresholds().set_index("label").loc["cat"]
    assert (best.score, best.F1) == (0.9, 2 / 3)


def test_calibration_tells_how_often_a_score_is_right(evaluation: Make, thing: Callable) -> None:
    things = [thing(0, "a", (0, 0, 10, 10))]
    things += [thing(0, "a", (0, 0, 10, 10), 0.85), *[thing(0, "a", (50, at, 60, at + 9), 0.25) for at in (0, 20, 40)]]
    told = evaluation(things).calibration(bins=10)
    assert told.bins["predictions"].tolist() == [0, 0, 3, 0, 0, 0, 0, 0, 1, 0]
    assert told.error == pytest.approx((3 * 0.25 + 1 * 0.15) / 4)
    assert evaluation([*things, thing(0, "a", (0, 0, 9, 9), -2.0)]).calibration().outside == 1


def test_the_hardest_items_come_first(scene: Evaluation) -> None:
    told = scene.hardest()
    assert told["index"].tolist() == [1, 0]
    assert told["disagreement"].tolist() == [1.0, 7 / 9]
    assert scene.hardest(by="missed_area")["missed_area"].tolist() == [20000.0, 3000.0]
    assert scene.hardest(by="worst_score")["worst_score"].tolist()[0] == 0.8


def test_confident_predictions_against_the_truth_are_suspects(scene: Evaluation) -> None:
    told = scene.suspects()
    assert told[["suspicion", "position"]].values.tolist() == [["label", 5], ["missing", 7]]


def test_an_interval_holds_its_value_and_is_the_same_again(evaluation: Make, thing: Callable) -> None:
    things = [thing(item, "a", (0, 0, 10, 10)) for item in range(40)]
    things += [thing(item, "a", (0, 0, 10, 10 if item % 4 else 3), 0.5) for item in range(40)]
    made = evaluation(things)
    for number in ("precision", "recall", "F1", "AP50"):
        told = made.interval(number, resamples=200)
        assert told.low <= told.value <= told.high and told.high - told.low > 0.05
        assert told == made.interval(number, resamples=200)
    assert made.interval("AP50", resamples=5).value == pytest.approx(made.summary()["AP50"].item())


def test_what_changed_is_told_object_by_object(evaluation: Make, thing: Callable) -> None:
    truths = [thing(0, "a", (0, 0, 10, 10)), thing(0, "a", (50, 0, 60, 10)), thing(1, "b", (0, 0, 20, 20))]
    older = evaluation([*truths, thing(0, "a", (0, 0, 10, 10), 0.9), thing(1, "b", (0, 0, 20, 19), 0.8)])
    newer = evaluation([*truths, thing(0, "a", (50, 0, 60, 9), 0.7), thing(1, "b", (0, 0, 20, 19), 0.6)])
    changes = newer.against(older)
    assert changes.counts() == {"fixed": 1, "broken": 1, "still right": 1, "still wrong": 0}
    assert changes.truths()["state"].tolist() == ["broken", "fixed", "still right"]
    assert changes.items()[["sample", "fixed", "broken"]].values.tolist() == [["s0", 1, 1], ["s1", 0, 0]]
    assert sorted(changes.predictions()["change"]) == ["appeared", "gone", "score down"]
    assert (changes.paired, changes.truths_paired, changes.truths_unpaired) == (2, 3, 0)
    assert "2 changes are too few" in changes.in_words()


def test_items_on_one_side_alone_are_counted(evaluation: Make, thing: Callable) -> None:
    older = evaluation([thing(0, "a", (0, 0, 10, 10))], items=1)
    newer = evaluation([thing(0, "a", (0, 0, 10, 10)), thing(1, "a", (0, 0, 10, 10))], items=2)
    changes = newer.against(older)
    assert (changes.paired, changes.only_before, changes.only_after, changes.truths_unpaired) == (1, 0, 1, 1)
    assert changes.predictions().empty and changes.counts()["still wrong"] == 1


@pytest.mark.parametrize(("fixed", "broken"), [(0, 6), (10, 2), (40, 12), (300, 280)])
def test_mcnemar_is_the_exact_binomial_test(fixed: int, broken: int) -> None:
    changes, fewer = fixed + broken, min(fixed, broken)
    ways = sum(comb(changes, number) for number in range(fewer + 1))
    assert mcnemar(fixed, broken) == pytest.approx(2 * ways / 2**changes)
    assert (mcnemar(0, 0), mcnemar(5, 5)) == (1.0, 1.0)
    assert mcnemar(broken, fixed) == mcnemar(fixed, broken)


def test_significance_is_said_in_words() -> None:
    assert "too few" in mcnemar_in_words(3, 0)
    assert "more were fixed than broken, and chance alone would rarely" in mcnemar_in_words(40, 12)
    assert "chance alone could do this" in mcnemar_in_words(12, 10)


def test_doubts_are_said(evaluation: Make, thing: Callable) -> None:
    things = [thing(0, "Cat", (0, 0, 9, 9)), thing(0, "cat", (0, 0, 9, 9), 0.6), thing(1, "cat", (0, 0, 9, 9), 0.7)]
    told = "\n".join(evaluation(things, items=3).warnings)
    assert "2 of 3 items have no truth: 1 of them have predictions" in told
    assert "No prediction scores below 0.6" in told
    assert "Labels 'Cat', 'cat' differ only in case" in told
    assert "Labels without any truth: 'cat'" in told
    negative = evaluation([thing(0, "a", (0, 0, 9, 9)), thing(0, "a", (0, 0, 9, 9), -2.0), thing(0, "a", (0, 0, 0, 9))])
    told = "\n".join(negative.warnings)
    assert "1 predictions score below 0" in told and "1 objects have no area" in told


def test_nothing_at_all_is_told_as_nothing(evaluation: Make) -> None:
    empty = evaluation([], items=2)
    told = empty.summary().iloc[0]
    assert (told.TP, told.FP, told.FN) == (0, 0, 0) and np.isnan(told.AP)
    assert empty.objects().empty and empty.confusion().empty and empty.curve().empty and empty.by_label().empty
    assert np.isnan(empty.calibration().error) and empty.hardest()["disagreement"].isna().all()
    assert empty.at(step=7).summary().empty and empty.against(empty).counts()["fixed"] == 0
    assert empty.against(empty).items().shape[0] == 2
