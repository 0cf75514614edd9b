"""Labels of whole items: accuracy, top-k, each label, ROC; scikit-learn is asked where it knows the number."""

from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

import mediastore

PIXELS = np.zeros((8, 8, 3), np.uint8)
NAMES = ["ant", "bee", "cat"]


@pytest.fixture
def logged(root: Path) -> tuple[Path, np.ndarray, np.ndarray]:
    """Forty pictures with a score for each of three labels, and one picture without truth."""
    random = np.random.default_rng(1)
    truth = random.integers(0, 3, 40)
    scores = np.round(random.random((40, 3)) + 0.4 * np.eye(3)[truth], 6)
    with mediastore.init(project="demo", dir=root) as run:
        pictures = []
        for true, row in zip(truth, scores, strict=True):
            labels = [mediastore.Label(NAMES[at], score=float(score)) for at, score in enumerate(row)]
            pictures.append(
                mediastore.Image(PIXELS, labels=[mediastore.Label(NAMES[true], layer="ground_truth"), *labels])
            )
        run.log({"val": [*pictures, mediastore.Image(PIXELS, labels=[mediastore.Label("ant", score=0.5)])]}, step=3)
    return root, truth, scores


def test_numbers_are_those_of_scikit_learn(logged: tuple[Path, np.ndarray, np.ndarray]) -> None:
    root, truth, scores = logged
    told = mediastore.Store(root).classify("val")
    found = scores.argmax(axis=1)
    summary = told.summary().iloc[0]
    assert (summary["items"], summary["step"], told.without_truth) == (40, 3, 1)
    assert summary["accuracy"] == pytest.approx(metrics.accuracy_score(truth, found))
    assert told.top(2) == pytest.approx(metrics.top_k_accuracy_score(truth, scores, k=2))
    assert told.top(3) == 1.0
    assert summary["balanced_accuracy"] == pytest.approx(metrics.balanced_accuracy_score(truth, found))
    assert summary["macro_F1"] == pytest.approx(metrics.f1_score(truth, found, average="macro"))
    by_label = told.by_label()
    precision, recall, f1, count = metrics.precision_recall_fscore_support(truth, found)
    for name, values in (("precision", precision), ("recall", recall), ("F1", f1), ("truths", count)):
        assert by_label[name].tolist() == pytest.approx(values.tolist())
    areas = [metrics.roc_auc_score(truth == at, scores[:, at]) for at in range(3)]
    assert by_label["AUC"].tolist() == pytest.approx(areas)
    curve = told.roc("bee")
    assert np.trapezoid(curve["true_positive_rate"], curve["false_positive_rate"]) == pytest.approx(areas[1])


def test_every_cell_opens_its_items(logged: tuple[Path, np.ndarray, np.ndarray]) -> None:
    root, truth, scores = logged
    told = mediastore.Store(root).classify("val")
    matrix = metrics.confusion_matrix(truth, scores.argmax(axis=1))
    for cell in told.confusion().itertuples():
        assert matrix[NAMES.index(cell.truth), NAMES.index(cell.predicted)] == cell.count
        assert len(told.objects(truth=cell.truth, predicted=cell.predicted)) == cell.count
    first = told.objects().iloc[0]
    assert not first["is_right"] and first["true_rank"] > 1
    assert told.objects()["is_right"].sum() == np.trace(matrix)


def test_equal_scores_and_nothing_predicted(root: Path) -> None:
    truth = mediastore.Label("b", layer="ground_truth")
    tied = [mediastore.Label("a", score=0.5), mediastore.Label("b", score=0.5)]
    with mediastore.init(project="demo", dir=root) as run:
        run.log({"val": [mediastore.Image(PIXELS, labels=[truth, *tied]), mediastore.Image(PIXELS, labels=[truth])]})
    told = mediastore.Store(root).classify("val")
    assert told.objects()["predicted"].fillna("nothing").tolist() == ["a", "nothing"]
    assert (told.top(1), told.top(2)) == (0.0, 0.5)
    assert told.by_label().set_index("label").loc["b", "right"] == 0
