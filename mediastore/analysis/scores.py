"""The numbers of an evaluation, for each run and step."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mediastore.analysis.greedy import NONE
from mediastore.analysis.mistakes import KINDS, MISSED, costs
from mediastore.analysis.objects import Floats, Ints
from mediastore.analysis.precision import (
    Ranking,
    average_precision,
    curve,
    mean_where_any,
    recall_reached,
)

if TYPE_CHECKING:
    from mediastore.analysis.evaluation import Evaluation

IOUS = np.linspace(0.5, 0.95, 10)
MOST = 100
"""How many predictions of one label in one place count towards AP, as in COCO; TP, FP and FN know no such limit."""
MOST_KEYPOINTS = 20
"""The same where keypoints are compared."""
SIZES = ("small", "medium", "large")


def summary(evaluation: "Evaluation", iou: float, score: float) -> pd.DataFrame:
    """One row a run and step: project, run, step, items, truths, predictions;

    AP (mean over labels and the overlaps 0.50, 0.55 … 0.95), AP50, AP75, AP_small, AP_medium, AP_large, AR_1, AR_10,
    AR_100 (at most so many predictions of a label in an item, the last `max_detections`), AR_small, AR_medium,
    AR_large: the twelve numbers of `COCOeval.summarize`, over all scores, NaN where COCO says -1; then the columns of
    `counts`.
    """
    shape = (evaluation.comparison.groups, len(evaluation.labels))
    precision, recalls = coco(evaluation, "all")
    found = {
        "AP": precision,
        "AP50": precision[:1],
        "AP75": precision[5:6],
        **{f"AP_{size}": coco(evaluation, size)[0] for size in SIZES},
        **{f"AR_{most}": recalls[most] for most in recalls},
        **{f"AR_{size}": coco(evaluation, size)[1][MOST] for size in SIZES},
    }
    means = {name: _mean_of_labels(values, shape) for name, values in found.items()}
    told = counts(evaluation, iou, score)
    return pd.concat([told.iloc[:, :6], pd.DataFrame(means), told.iloc[:, 6:]], axis=1)


def counts(evaluation: "Evaluation", iou: float, score: float) -> pd.DataFrame:
    """One row a run and step: project, run, step, items, truths, predictions (those that pass the score and count),

    TP, FP, FN, precision, recall, F1, and the kinds of mistakes: localisation, confusion, both, duplicate, background
    (they add up to FP) and missed (the part of FN that mending another mistake would not find).
    """
    right, wrong, lost, truths = _outcomes(evaluation, iou, score)
    found = evaluation.found_mistakes(iou, score)
    groups = evaluation.comparison.groups
    of_prediction = evaluation.comparison.group[evaluation.comparison.predictions.item]
    of_truth = evaluation.comparison.group[evaluation.comparison.truths.item]
    by_group = [values.reshape(groups, len(evaluation.labels)).sum(axis=1) for values in (right, wrong, lost, truths)]
    told = evaluation.groups.copy()
    told["truths"], told["predictions"] = by_group[3], by_group[0] + by_group[1]
    for name, values in _ratios(*by_group[:3]).items():
        told[name] = values
    for number, name in enumerate(KINDS[:MISSED]):
        told[name] = np.bincount(of_prediction[found.kind == number], minlength=groups)
    told[KINDS[MISSED]] = np.bincount(of_truth[found.missed == MISSED], minlength=groups)
    return told


def by_label(evaluation: "Evaluation", iou: float, score: float) -> pd.DataFrame:
    """One row a run, step and label that has a truth or prediction there: project, run, step, label, truths,

    predictions, AP, AP50, AP75, AR_100, TP, FP, FN, precision, recall, F1, and best_score with best_F1: the threshold
    at which F1 is largest, at this overlap.
    """
    right, wrong, lost, truths = _outcomes(evaluation, iou, score)
    precision, recalls = coco(evaluation, "all")
    labels, segments = len(evaluation.labels), np.arange(evaluation.segments)
    told = evaluation.groups.iloc[segments // max(1, labels)].reset_index(drop=True)
    told = told.drop(columns="items").assign(label=np.array(evaluation.labels, dtype=object)[segments % max(1, labels)])
    told["truths"], told["predictions"] = truths, right + wrong
    told["AP"], told["AP50"], told["AP75"] = mean_where_any(precision, axis=0), precision[0], precision[5]
    told["AR_100"] = mean_where_any(recalls[MOST], axis=0)
    for name, values in _ratios(right, wrong, lost).items():
        told[name] = values
    told["best_score"], told["best_F1"] = evaluation.kept(
        ("best scores", iou), lambda: _best_scores(evaluation, iou, truths)
    )
    there = np.zeros(evaluation.segments, dtype=bool)
    for side in ("predictions", "truths"):
        there[evaluation.segment(side)] = True
    return told[there].reset_index(drop=True)


def mistakes(evaluation: "Evaluation", iou: float, score: float) -> pd.DataFrame:
    """One row a run, step and kind: project, run, step, error, count, AP, dAP.

    AP: at this overlap, over the predictions that pass. dAP: how much higher it would be were this kind alone mended,
    0 where it would not be.
    """
    found = evaluation.found_mistakes(iou, score)
    matching = evaluation.matching(iou)
    considered = (
        evaluation.counting(matching) & evaluation.passes(score) & (evaluation.rank() < evaluation.max_detections)
    )
    sides = evaluation.segment("predictions"), evaluation.segment("truths"), evaluation.segments
    before, after = costs(evaluation.comparison, found, matching.truth != NONE, considered, sides)
    shape = (evaluation.comparison.groups, len(evaluation.labels))
    whole = _mean_of_labels(before[None], shape)
    told = counts(evaluation, iou, score)
    parts = [
        told[["project", "run", "step"]].assign(
            error=name,
            count=told[name],
            AP=whole,
            dAP=np.maximum(_mean_of_labels(after[kind][None], shape) - whole, 0.0),
        )
        for kind, name in enumerate(KINDS)
    ]
    return pd.concat(parts, ignore_index=True)


def coco(evaluation: "Evaluation", area: str) -> tuple[Floats, dict[int, Floats]]:
    """AP of every overlap and segment, shape (10, segments), and recall likewise by how many predictions may count."""

    def measure() -> tuple[Floats, dict[int, Floats]]:
        segment = evaluation.segment("predictions")
        ranks = evaluation.rank()
        limits = (1, 10, MOST) if area == "all" else (MOST,)
        of_limit = {most: min(most, evaluation.max_detections) for most in limits} | {MOST: evaluation.max_detections}
        rankings = {name: Ranking.of(segment, evaluation.segments, ranks < most) for name, most in of_limit.items()}
        asked = np.bincount(evaluation.segment("truths")[~evaluation.ignored(area)], minlength=evaluation.segments)
        precision = np.empty((len(IOUS), evaluation.segments))
        recalls = {most: np.empty_like(precision) for most in limits}
        for row, iou in enumerate(IOUS):
            matching = evaluation.match(float(iou), area=area)
            is_right, considered = matching.truth != NONE, evaluation.counting(matching, area)
            precision[row] = average_precision(rankings[MOST], is_right, considered, asked)
            for most, ranking in rankings.items():
                recalls[most][row] = recall_reached(ranking, is_right, considered, asked)
        return precision, recalls

    return evaluation.kept(("coco", area), measure)


def _outcomes(evaluation: "Evaluation", iou: float, score: float) -> tuple[Ints, Ints, Ints, Ints]:
    """TP, FP, FN and truths of every segment."""
    matching = evaluation.matching(iou)
    considered = evaluation.counting(matching) & evaluation.passes(score)
    taken = matching.truth != NONE
    of_prediction, of_truth = evaluation.segment("predictions"), evaluation.segment("truths")
    asked = ~evaluation.ignored()
    found = evaluation.found(iou, score)
    return tuple(
        np.bincount(segment, minlength=evaluation.segments)
        for segment in (
            of_prediction[considered & taken],
            of_prediction[considered & ~taken],
            of_truth[asked & ~found],
            of_truth[asked],
        )
    )


def _ratios(right: Ints, wrong: Ints, lost: Ints) -> dict[str, Ints | Floats]:
    return {
        "TP": right,
        "FP": wrong,
        "FN": lost,
        "precision": share(right, right + wrong),
        "recall": share(right, right + lost),
        "F1": share(2 * right, 2 * right + wrong + lost),
    }


def share(part: Ints, whole: Ints) -> Floats:
    """part / whole; NaN where there is no whole."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)


def _best_scores(evaluation: "Evaluation", iou: float, truths: Ints) -> tuple[Floats, Floats]:
    matching = evaluation.matching(iou)
    is_right, considered = matching.truth != NONE, evaluation.counting(matching)
    ranking = Ranking.of(evaluation.segment("predictions"), evaluation.segments)
    ends = np.searchsorted(ranking.segment, np.arange(evaluation.segments + 1))
    best = np.full((2, evaluation.segments), np.nan)
    for segment in np.flatnonzero((np.diff(ends) > 0) & (truths > 0)):
        rows = ranking.rows[ends[segment] : ends[segment + 1]]
        line = curve(rows, evaluation.comparison.predictions.score, is_right, considered, int(truths[segment]))
        if (at := line.best()) is not None:
            best[:, segment] = line.score[at], line.f1[at]
    return best[0], best[1]


def _mean_of_labels(values: Floats, shape: tuple[int, int]) -> Floats:
    """The mean over overlaps and labels, of every group."""
    return mean_where_any(values.reshape(len(values), *shape), axis=(0, 2))
