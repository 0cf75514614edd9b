"""What makes the numbers of an evaluation say less than they seem to."""

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mediastore.analysis.evaluation import Evaluation

CUT = 0.1


def find(evaluation: "Evaluation") -> list[str]:
    """One sentence for each doubt; none where there is none."""
    comparison, items = evaluation.comparison, len(evaluation.items)
    found = []
    has_truth = np.zeros(items, dtype=bool)
    has_truth[comparison.truths.item] = True
    has_prediction = np.zeros(items, dtype=bool)
    has_prediction[comparison.predictions.item] = True
    without = int((~has_truth).sum())
    if len(comparison.truths) == 0:
        found.append(f"No item of {items} has a truth: nothing can be right.")
    elif without:
        odd = int((~has_truth & has_prediction).sum())
        found.append(
            f"{without} of {items} items have no truth: {odd} of them have predictions, all counted as wrong; "
            "right if the items are empty, misleading if nobody labelled them."
        )
    if len(comparison.predictions):
        lowest = float(comparison.predictions.score.min())
        if lowest >= CUT:
            found.append(
                f"No prediction scores below {lowest:.3g}: scores seem to be cut off at logging time, so AP misses the "
                "end of its curve and is too low; log all predictions for an AP that compares."
            )
        if len(comparison.predictions) > 1 and float(comparison.predictions.score.max()) == lowest:
            found.append(f"All scores are {lowest:.3g}: predictions have no order, so AP and curves say nothing.")
    below = int((comparison.predictions.score < 0).sum())
    if below:
        found.append(f"{below} predictions score below 0: a threshold of 0 leaves them out, AP does not.")
    if comparison.unscored:
        found.append(f"{comparison.unscored} predictions have no score: they count as if it were 1, before all others.")
    empty = int((comparison.predictions.area == 0).sum() + (comparison.truths.area == 0).sum())
    if empty:
        found.append(f"{empty} objects have no area, or a geometry that cannot be read: nothing overlaps them.")
    spellings = defaultdict(list)
    for label in evaluation.labels:
        spellings[label.casefold().strip()].append(label)
    for same in spellings.values():
        if len(same) > 1:
            found.append(
                f"Labels {', '.join(map(repr, same))} differ only in case or blanks and count as different ones."
            )
    truths, predictions = (set(np.unique(side.label)) for side in (comparison.truths, comparison.predictions))
    if predictions and truths and (never := predictions - truths):
        names = ", ".join(repr(evaluation.labels[number]) for number in sorted(never))
        found.append(f"Labels without any truth: {names}; their predictions are all wrong, and no AP counts them.")
    return found
