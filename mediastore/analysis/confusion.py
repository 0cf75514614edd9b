"""What was taken for what."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mediastore.analysis.greedy import NONE
from mediastore.analysis.scores import share

if TYPE_CHECKING:
    from mediastore.analysis.evaluation import Evaluation


def matrix(evaluation: "Evaluation", iou: float, score: float) -> pd.DataFrame:
    """One row a cell that holds something: truth, predicted, count, share_of_truth, share_of_predicted.

    None is the background: truth None is a prediction on nothing, predicted None a truth that nothing found. Objects
    are matched whatever their labels, the highest score first; `objects(per_label=False, truth_label=…,
    predicted_label=…)` are those of a cell, "" standing for the background there.
    """
    matching = evaluation.matching(iou, per_label=False)
    passes = evaluation.passes(score) & evaluation.counting(matching)
    comparison, background = evaluation.comparison, len(evaluation.labels)
    side = background + 1
    taken = matching.truth[passes]
    truth = np.full(len(taken), background)
    truth[taken != NONE] = comparison.truths.label[taken[taken != NONE]]
    cells = np.bincount(truth * side + comparison.predictions.label[passes], minlength=side * side)
    lost = ~evaluation.ignored() & ~evaluation.found(iou, score, per_label=False)
    cells += np.bincount(comparison.truths.label[lost] * side + background, minlength=side * side)
    counts = cells.reshape(side, side)
    rows, columns = np.nonzero(counts)
    names = np.array([*evaluation.labels, None], dtype=object)
    count = counts[rows, columns]
    return pd.DataFrame(
        {
            "truth": names[rows],
            "predicted": names[columns],
            "count": count,
            "share_of_truth": share(count, counts.sum(axis=1)[rows]),
            "share_of_predicted": share(count, counts.sum(axis=0)[columns]),
        }
    )
