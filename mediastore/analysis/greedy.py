"""Which prediction found which truth: greedy by falling score, as COCO's evaluation does it, for all items at once."""

from dataclasses import dataclass

import numpy as np

from mediastore.analysis.objects import Bools, Floats, Ints, Pairs, first_of_runs

NONE = -1


@dataclass(frozen=True, slots=True)
class Matching:
    """truth: the truth that each prediction took, else -1; overlap: with it, else 0. prediction: who took each truth.

    Several predictions may take one crowd, which then names none of them. A prediction takes the same truth at every
    threshold of the score that lets it pass: those below it come later and take nothing from it.
    """

    truth: Ints
    overlap: Floats
    prediction: Ints


def match(pairs: Pairs, ignored: Bools, crowd: Bools, predictions: int, least: float) -> Matching:
    """Match by overlaps of `least` or more.

    pairs: what may match, in the order of `Pairs`. ignored, crowd: of each truth.
    The best free truth goes to the prediction of the highest score; ignored truths are taken only where no other is
    left, crowds by any number: `COCOeval.evaluateImg` of https://github.com/cocodataset/cocoapi. Predictions are not
    walked one by one: all ask for their best truth at once, a truth keeps the earliest that asked, the others ask for
    their next. Where all truths prefer the earlier prediction, that ends in the very matching that going through
    predictions in order makes (D. Gale and L. S. Shapley, College Admissions and the Stability of Marriage, 1962).
    """
    wanted = pairs.take(np.flatnonzero(pairs.overlap >= min(least, 1 - 1e-10)))
    if ignored.any():
        wanted = wanted.take(np.argsort(wanted.prediction * 2 + ignored[wanted.truth], kind="stable"))
    begins = np.flatnonzero(first_of_runs(wanted.prediction))
    asker = wanted.prediction[begins]
    next_pair, end = begins.copy(), np.append(begins[1:], len(wanted))
    free = len(asker)
    holder = np.full(len(ignored), free, dtype=np.int64)
    active = np.arange(free)
    while len(active):
        choice = wanted.truth[next_pair[active]]
        before = holder[choice]
        np.minimum.at(holder, choice, active)
        endless = crowd[choice]
        holder[choice[endless]] = free
        has_won = (holder[choice] == active) | endless
        displaced = before[has_won & ~endless]
        losers = np.concatenate([active[~has_won], displaced[displaced < free]])
        next_pair[losers] += 1
        active = losers[next_pair[losers] < end[losers]]
    return _result(wanted, asker, next_pair, end, holder, predictions)


def _result(wanted: Pairs, asker: Ints, next_pair: Ints, end: Ints, holder: Ints, predictions: int) -> Matching:
    has_one = next_pair < end
    taken, takes = next_pair[has_one], asker[has_one]
    truth, overlap = np.full(predictions, NONE, dtype=np.int32), np.zeros(predictions)
    truth[takes], overlap[takes] = wanted.truth[taken], wanted.overlap[taken]
    prediction = np.full(len(holder), NONE, dtype=np.int32)
    held = np.flatnonzero(holder < len(asker))
    prediction[held] = asker[holder[held]]
    return Matching(truth, overlap, prediction)
