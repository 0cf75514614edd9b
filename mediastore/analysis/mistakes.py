"""Why a prediction is wrong, and what each kind of mistake costs.

The kinds are those of D. Bolya, S. Foley, J. Hays, J. Hoffman, TIDE: A General Toolbox for Identifying Object Detection
Errors (ECCV 2020), section 2.2, tested in the order of its published code (https://github.com/dbolya/tide).
"""

from dataclasses import dataclass

import numpy as np

from mediastore.analysis.greedy import NONE, Matching
from mediastore.analysis.objects import Bools, Comparison, Floats, Ints, Pairs, first_of_runs
from mediastore.analysis.precision import Ranking, average_precision

BACKGROUND_OVERLAP = 0.1
KINDS = ("localisation", "confusion", "both", "duplicate", "background", "missed")
LOCALISATION, CONFUSION, BOTH, DUPLICATE, BACKGROUND, MISSED = range(6)


@dataclass(frozen=True, slots=True)
class Mistakes:
    """kind: of each prediction, NONE where it is no mistake. truth: the truth that the kind speaks of, else NONE.

    overlap: with that truth. missed: of each truth, what stands for its loss: MISSED, or the kind of the mistake that
    would have found it if it were mended; NONE where it was found or does not count.
    """

    kind: Ints
    truth: Ints
    overlap: Floats
    missed: Ints


@dataclass(frozen=True, slots=True)
class Nearest:
    """Of each prediction: its largest overlap with truths of its own label, of other labels, and with which."""

    own: Floats
    own_truth: Ints
    other: Floats
    other_truth: Ints

    @classmethod
    def of(cls, comparison: Comparison) -> "Nearest":
        """Look at every pair whose truth counts."""
        counts = ~comparison.truths.ignored
        pairs = comparison.pairs.take(np.flatnonzero(counts[comparison.pairs.truth]))
        alike = comparison.predictions.label[pairs.prediction] == comparison.truths.label[pairs.truth]
        own = _first_of_each(pairs.take(np.flatnonzero(alike)), len(comparison.predictions))
        return cls(*own, *_first_of_each(pairs.take(np.flatnonzero(~alike)), len(comparison.predictions)))


def find_mistakes(
    comparison: Comparison, nearest: Nearest, matching: Matching, passes: Bools, counts: Bools, least: float
) -> Mistakes:
    """The kind of every mistake.

    matching: per label, at an overlap of `least`. passes: predictions whose score passes the threshold. counts: those
    that are not matched to an ignored truth.
    A wrong prediction is *localisation* if it overlaps a truth of its label by 0.1 to `least`; else *confusion* if it
    overlaps one of another label by `least` or more; else *duplicate* if it overlaps one of its label that is taken;
    else *background* if it overlaps nothing by more than 0.1; else *both*. A truth that nothing found is *missed*
    unless mending a localisation or confusion would find it.
    """
    wrong = passes & counts & (matching.truth == NONE)
    kind = np.full(len(wrong), NONE, dtype=np.int8)
    anything = np.maximum(nearest.own, nearest.other)
    tests = (
        (LOCALISATION, (nearest.own >= BACKGROUND_OVERLAP) & (nearest.own <= least)),
        (CONFUSION, nearest.other >= least),
        (DUPLICATE, nearest.own >= least),
        (BACKGROUND, anything <= BACKGROUND_OVERLAP),
    )
    kind[wrong] = np.select([holds[wrong] for _, holds in tests], [number for number, _ in tests], BOTH)
    by_own = (kind == LOCALISATION) | (kind == DUPLICATE) | ((kind == BOTH) & (nearest.own >= nearest.other))
    truth = np.where(by_own, nearest.own_truth, nearest.other_truth)
    truth[(kind == NONE) | (kind == BACKGROUND)] = NONE
    overlap = np.where(truth == NONE, anything, np.where(by_own, nearest.own, nearest.other))
    lost = ~comparison.truths.ignored & ~found_at(matching, passes)
    missed = np.where(lost, MISSED, NONE)
    mends = np.flatnonzero((kind == LOCALISATION) | (kind == CONFUSION))
    mends = mends[lost[truth[mends]]][::-1]
    missed[truth[mends]] = kind[mends]
    return Mistakes(kind, truth.astype(np.int32), overlap, missed.astype(np.int8))


def found_at(matching: Matching, passes: Bools) -> Bools:
    """Which truths are found by a prediction that passes, shape (truths,)."""
    taken = matching.prediction != NONE
    found = np.zeros(len(taken), dtype=bool)
    found[taken] = passes[matching.prediction[taken]]
    return found


def costs(
    comparison: Comparison, mistakes: Mistakes, is_right: Bools, counts: Bools, segments: tuple[Ints, Ints, int]
) -> tuple[Floats, Floats]:
    """AP of every segment as it is, shape (segments,), and with each kind mended, shape (kinds, segments).

    segments: of predictions, of truths, and how many there are. Mended: the best localisation or confusion of a lost
    truth finds it if it is of this kind, the others of the kind vanish; duplicate, background and both vanish; missed
    truths are not asked for.
    """
    of_prediction, of_truth, number = segments
    asked = np.bincount(of_truth[~comparison.truths.ignored], minlength=number)
    before = average_precision(Ranking.of(of_prediction, number), is_right, counts, asked)
    after = np.empty((len(KINDS), number))
    for kind in range(len(KINDS)):
        segment, right, wanted = of_prediction, is_right, asked
        if kind == MISSED:
            wanted = asked - np.bincount(of_truth[mistakes.missed == MISSED], minlength=number)
        else:
            right = is_right | _mended(mistakes, kind)
        if kind == CONFUSION:
            segment = np.where(right & ~is_right, of_truth[mistakes.truth], of_prediction) if len(of_truth) else segment
        remains = counts & ((mistakes.kind != kind) | right)
        mended = average_precision(Ranking.of(segment, number), right, remains, wanted)
        after[kind] = np.where(asked > 0, np.nan_to_num(mended), np.nan)
    return before, after


def _mended(mistakes: Mistakes, kind: int) -> Bools:
    """The mistakes of a kind that find a truth once mended: of all localisations and confusions at a lost truth the

    first, that is the best, may find it.
    """
    mended = np.zeros(len(mistakes.kind), dtype=bool)
    if kind in (LOCALISATION, CONFUSION):
        rows = np.flatnonzero((mistakes.kind == LOCALISATION) | (mistakes.kind == CONFUSION))
        rows = rows[mistakes.missed[mistakes.truth[rows]] != NONE]
        _, first = np.unique(mistakes.truth[rows], return_index=True)
        mended[rows[first]] = True
        mended &= mistakes.kind == kind
    return mended


def _first_of_each(pairs: Pairs, predictions: int) -> tuple[Floats, Ints]:
    begins = np.flatnonzero(first_of_runs(pairs.prediction))
    overlap, truth = np.zeros(predictions), np.full(predictions, NONE, dtype=np.int64)
    overlap[pairs.prediction[begins]] = pairs.overlap[begins]
    truth[pairs.prediction[begins]] = pairs.truth[begins]
    return overlap, truth
