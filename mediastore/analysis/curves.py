"""Precision and recall as curves, the best threshold, and how far a score can be believed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mediastore.analysis.greedy import NONE
from mediastore.analysis.objects import Bools
from mediastore.analysis.precision import Curve
from mediastore.analysis.precision import curve as curve_of
from mediastore.errors import MediaStoreValueError, NotFoundError

if TYPE_CHECKING:
    from mediastore.analysis.evaluation import Evaluation


@dataclass(frozen=True)
class Calibration:
    """bins: one row a bin of scores: score_low, score_high, predictions, mean_score, share_right, all of them counted.

    error: the expected calibration error, the mean over predictions of |share_right - mean_score| of their bin, as C.
    Guo and others, On Calibration of Modern Neural Networks (ICML 2017), section 2; NaN without predictions.
    outside: predictions whose score is not within 0..1; they lie in no bin.
    """

    bins: pd.DataFrame
    error: float
    outside: int


def curve(evaluation: "Evaluation", iou: float, label: str | None) -> pd.DataFrame:
    """One row a score at which something right is found, or just before: score, precision, recall, F1, TP, FP, FN,

    and the prediction that stands there: project, run, key, step, index, position. A straight line between two rows
    passes exactly where the rows in between would lie to within one prediction. Counts are over all runs and steps of
    the evaluation; ask `at(run=, step=)` for one.
    """
    line = _line(evaluation, iou, label)
    kept = line.turning_points()
    found = line.prediction[kept]
    predictions = evaluation.comparison.predictions
    told = evaluation.items.iloc[predictions.item[found]][["project", "run", "key", "step", "index"]]
    return told.reset_index(drop=True).assign(
        position=predictions.position[found],
        score=line.score[kept],
        precision=line.precision[kept],
        recall=line.recall[kept],
        F1=line.f1[kept],
        TP=line.right[kept],
        FP=line.wrong[kept],
        FN=line.truths - line.right[kept],
    )


def best_thresholds(evaluation: "Evaluation", iou: float) -> pd.DataFrame:
    """One row a label, and first one for all together (label None): label, score, F1, precision, recall, TP, FP, FN.

    NaN where nothing right is ever found.
    """
    rows = []
    for label in (None, *evaluation.labels):
        line = _line(evaluation, iou, label)
        at = line.best()
        if at is None:
            rows.append((label, np.nan, np.nan, np.nan, np.nan, 0, 0, line.truths))
            continue
        numbers = line.score[at], line.f1[at], line.precision[at], line.recall[at]
        rows.append((label, *numbers, line.right[at], line.wrong[at], line.truths - line.right[at]))
    return pd.DataFrame(rows, columns=["label", "score", "F1", "precision", "recall", "TP", "FP", "FN"])


def calibration(evaluation: "Evaluation", iou: float, bins: int, label: str | None) -> Calibration:
    """Bins of equal width over 0..1, each without its lower end but the first; right means TP at this overlap."""
    if bins < 1:
        raise MediaStoreValueError(f"bins must be 1 or more, got {bins!r}; 10 is usual")
    matching = evaluation.matching(iou)
    rows = np.flatnonzero(evaluation.counting(matching) & _of_label(evaluation, label, "predictions"))
    score = evaluation.comparison.predictions.score[rows]
    inside = (score >= 0) & (score <= 1)
    rows, score = rows[inside], score[inside]
    edges = np.linspace(0.0, 1.0, bins + 1)
    bin_of = np.clip(np.searchsorted(edges, score, "left") - 1, 0, bins - 1)
    count = np.bincount(bin_of, minlength=bins)
    sums = (np.bincount(bin_of, weights=weights, minlength=bins) for weights in (score, matching.truth[rows] != NONE))
    mean_score, share_right = (np.divide(s, count, out=np.full(bins, np.nan), where=count > 0) for s in sums)
    gaps = np.where(count > 0, np.abs(share_right - mean_score), 0.0)
    error = float((gaps * count).sum() / count.sum()) if count.sum() else float("nan")
    columns = {"score_low": edges[:-1], "score_high": edges[1:], "predictions": count}
    told = pd.DataFrame(columns | {"mean_score": mean_score, "share_right": share_right})
    return Calibration(told, error, int((~inside).sum()))


def label_number(evaluation: "Evaluation", label: str) -> int:
    """The number of a label. Raises NotFoundError."""
    if label not in evaluation.labels:
        raise NotFoundError(f"label must be one of {', '.join(evaluation.labels) or 'none'}, got {label!r}; choose one")
    return evaluation.labels.index(label)


def _of_label(evaluation: "Evaluation", label: str | None, side: str) -> Bools:
    objects = getattr(evaluation.comparison, side)
    if label is None:
        return np.ones(len(objects), dtype=bool)
    return objects.label == label_number(evaluation, label)


def _line(evaluation: "Evaluation", iou: float, label: str | None) -> Curve:
    matching = evaluation.matching(iou)
    rows = np.flatnonzero(_of_label(evaluation, label, "predictions"))
    asked = int((_of_label(evaluation, label, "truths") & ~evaluation.ignored()).sum())
    score = evaluation.comparison.predictions.score
    return curve_of(rows, score, matching.truth != NONE, evaluation.counting(matching), asked)
