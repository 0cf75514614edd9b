"""Where to look first: items that went most wrong, and truths that may be wrong themselves."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mediastore.analysis.greedy import NONE
from mediastore.analysis.mistakes import BACKGROUND, CONFUSION
from mediastore.analysis.rows import PLACE, Filters, objects
from mediastore.analysis.scores import share
from mediastore.errors import MediaStoreValueError

if TYPE_CHECKING:
    from mediastore.analysis.evaluation import Evaluation

ORDERS = ("disagreement", "missed_area", "worst_score", "FP", "FN")
CONFIDENT = 0.5


def items(evaluation: "Evaluation", iou: float, score: float, by: str) -> pd.DataFrame:
    """One row an item, the hardest first: project, run, key, step, index, path, sample, TP, FP, FN, disagreement,

    missed_area (of all lost truths, square pixels), worst_score (of its most confident mistake, NaN for none).
    disagreement: (FP + FN) / (2 TP + FP + FN), that is 1 - F1 of the item, 0..1, NaN where there is nothing at all.
    by: disagreement, missed_area, worst_score, FP or FN; ties by missed area, then the order of the items.
    """
    if by not in ORDERS:
        raise MediaStoreValueError(f"by must be one of {', '.join(ORDERS)}, got {by!r}; choose one of them")
    frame = measured(evaluation, iou, score)
    order = np.lexsort((np.arange(len(frame)), -frame["missed_area"], -frame[by].fillna(-1.0)))
    return frame.iloc[order].reset_index(drop=True)


def measured(evaluation: "Evaluation", iou: float, score: float) -> pd.DataFrame:
    """The same in the order of the items."""
    comparison, number = evaluation.comparison, len(evaluation.items)
    matching = evaluation.matching(iou)
    considered = evaluation.counting(matching) & evaluation.passes(score)
    wrong = considered & (matching.truth == NONE)
    lost = ~evaluation.ignored() & ~evaluation.found(iou, score)
    predictions, truths = comparison.predictions, comparison.truths
    right, false = (np.bincount(predictions.item[rows], minlength=number) for rows in (considered & ~wrong, wrong))
    missed = np.bincount(truths.item[lost], minlength=number)
    worst = np.full(number, -np.inf)
    np.maximum.at(worst, predictions.item[wrong], predictions.score[wrong])
    frame = evaluation.items[PLACE].copy()
    frame["TP"], frame["FP"], frame["FN"] = right, false, missed
    frame["disagreement"] = share(false + missed, 2 * right + false + missed)
    frame["missed_area"] = np.bincount(truths.item[lost], weights=truths.area[lost], minlength=number)
    frame["worst_score"] = np.where(np.isfinite(worst), worst, np.nan)
    return frame


def suspects(evaluation: "Evaluation", iou: float, score: float) -> pd.DataFrame:
    """Objects whose truth may be wrong, the most confident first, as rows of `objects` with a column `suspicion`:

    "label" where a prediction of another label covers a truth that nothing else found, "missing" where one covers no
    truth at all. Both need a score of at least `score` and 0.5. A hint to look, no proof.
    """
    found = evaluation.found_mistakes(iou, max(score, CONFIDENT))
    frame = objects(evaluation, iou, max(score, CONFIDENT), Filters(error=("confusion", "background"), outcome="FP"))
    chosen = np.flatnonzero(np.isin(found.kind, (CONFUSION, BACKGROUND)))
    lost = np.append(found.missed != NONE, False)[found.truth[chosen]]
    is_label = found.kind[chosen] == CONFUSION
    frame.insert(0, "suspicion", np.where(is_label, "label", "missing"))
    return frame[~is_label | lost].reset_index(drop=True)
