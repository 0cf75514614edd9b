"""Precision, recall and ROC of scored answers, at every threshold that changes them.

Definitions: https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-f-measure-metrics.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def precision_recall(hits: NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """Precision and recall as the threshold falls, beginning with precision 1 at recall 0."""
    true, false = _counts(hits, scores)
    precision = true / np.maximum(true + false, 1)
    recall = true / max(int(hits.sum()), 1)
    return np.concatenate([[1.0], precision]), np.concatenate([[0.0], recall])


def average_precision(hits: NDArray[np.bool_], scores: Floats) -> float:
    """The area under the steps of precision over recall."""
    precision, recall = precision_recall(hits, scores)
    return float(np.sum(np.diff(recall) * precision[1:]))


def roc(hits: NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """False and true positive rates as the threshold falls, from 0 to 1."""
    true, false = _counts(hits, scores)
    positives = max(int(hits.sum()), 1)
    negatives = max(int((~hits).sum()), 1)
    return np.concatenate([[0.0], false / negatives]), np.concatenate([[0.0], true / positives])


def _counts(hits: NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """True and false positives at each threshold; equal scores fall together."""
    order = np.argsort(-scores, kind="stable")
    ranked, found = scores[order], hits[order]
    ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    true = np.cumsum(found)[ends].astype(np.float64)
    return true, ends + 1 - true
