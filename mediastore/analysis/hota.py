"""How well objects are followed over frames, detection and association in one number: HOTA.

J. Luiten and others, HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking (International Journal of
Computer Vision 129, 2021), with the one assignment a frame that its published code makes for all thresholds (https://github.com/JonathonLuiten/TrackEval).
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mediastore.analysis.assignment import NONE, assign
from mediastore.analysis.objects import Floats, Ints
from mediastore.geometry import box_iou

SEQUENCE = ["project", "run", "key", "step", "index", "label"]
THRESHOLDS = np.arange(1, 20) / 20
"""Overlaps of 0.05, 0.10 … 0.95."""
SUMS = ("TP", "FN", "FP", "association", "overlap")
_CORNERS = ["x0", "y0", "x1", "y1"]


def sums(truth: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """What HOTA is made from, one row a run, step and threshold: project, run, step, threshold, TP, FN, FP;

    association (the sum over TP of how well their two tracks go together), overlap (the sum over TP). The tracks of
    each item and label are matched by themselves. From boxes with the columns of SEQUENCE, frame, track, x0 … y1.
    """
    others = dict(iter(predictions.groupby(SEQUENCE, sort=False)))
    parts = []
    for place, part in truth.groupby(SEQUENCE, sort=False):
        parts.append(_told(place, _sequence(part, others.pop(place, predictions.iloc[:0]))))
    parts += [_told(place, _sequence(truth.iloc[:0], part)) for place, part in others.items()]
    names = ["project", "run", "step", "threshold", *SUMS]
    if not parts:
        return pd.DataFrame(columns=names)
    return pd.concat(parts, ignore_index=True).groupby(names[:4], as_index=False, sort=False).sum()


def scores(told: pd.DataFrame) -> pd.DataFrame:
    """`sums` with HOTA, DetA, AssA and LocA, 0..1; NaN where there is nothing to find and nothing found.

    DetA: TP / (TP + FN + FP). AssA: the mean association of TP, 0 without any. HOTA: the root of their product. LocA:
    the mean overlap of TP.
    """
    every = told["TP"] + told["FN"] + told["FP"]
    detection = told["TP"] / every.where(every > 0)
    association = (told["association"] / told["TP"].where(told["TP"] > 0)).fillna(0.0).where(every > 0)
    overlap = told["overlap"] / told["TP"].where(told["TP"] > 0)
    return told.assign(HOTA=np.sqrt(detection * association), DetA=detection, AssA=association, LocA=overlap)


def _told(place: tuple, found: Floats) -> pd.DataFrame:
    project, run, _, step, *_ = place
    where = {"project": project, "run": run, "step": step, "threshold": THRESHOLDS}
    return pd.DataFrame(where | dict(zip(SUMS, found, strict=True)))


def _sequence(truth: pd.DataFrame, predictions: pd.DataFrame) -> Floats:
    """The sums of one item and label at each threshold, shape (5, 19)."""
    numbers = [pd.factorize(side["track"])[0] for side in (truth, predictions)]
    sizes = [np.bincount(number, minlength=1) for number in numbers]
    frames = list(_frames(truth, predictions, numbers))
    alike = _alikeness(frames, sizes)
    pairs, overlaps = [np.zeros(0, np.int64)], [np.zeros(0)]
    for true, taken, overlap in frames:
        column = assign(alike[np.ix_(true, taken)] * overlap)
        row = np.flatnonzero(column != NONE)
        pairs.append(true[row] * len(sizes[1]) + taken[column[row]])
        overlaps.append(overlap[row, column[row]])
    pair, of_pair = np.concatenate(pairs), np.concatenate(overlaps)
    found = np.zeros((len(SUMS), len(THRESHOLDS)))
    for at, threshold in enumerate(THRESHOLDS):
        holds = of_pair >= threshold - np.finfo(float).eps
        code, together = np.unique(pair[holds], return_counts=True)
        true, taken = np.divmod(code, len(sizes[1]))
        union = sizes[0][true] + sizes[1][taken] - together
        right = int(holds.sum())
        association = float((together**2 / union).sum())
        found[:, at] = right, len(truth) - right, len(predictions) - right, association, of_pair[holds].sum()
    return found


def _alikeness(frames: list[tuple[Ints, Ints, Floats]], sizes: list[Ints]) -> Floats:
    """How much each true track and each predicted one are together, before any assignment: shape (tracks, tracks)."""
    together = np.zeros((len(sizes[0]), len(sizes[1])))
    for true, taken, overlap in frames:
        around = overlap.sum(axis=0)[None] + overlap.sum(axis=1)[:, None] - overlap
        share = np.divide(overlap, around, out=np.zeros_like(overlap), where=around > np.finfo(float).eps)
        np.add.at(together, np.ix_(true, taken), share)
    return together / np.maximum(1, sizes[0][:, None] + sizes[1][None] - together)


def _frames(truth: pd.DataFrame, predictions: pd.DataFrame, numbers: list[Ints]) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Of each frame that both have: the numbers of the true tracks and of the predicted ones, and the overlaps."""
    rows = [side.groupby("frame", sort=True).indices for side in (truth, predictions)]
    boxes = [side[_CORNERS].to_numpy(float) for side in (truth, predictions)]
    for frame in sorted(rows[0].keys() & rows[1].keys()):
        at = rows[0][frame], rows[1][frame]
        yield numbers[0][at[0]], numbers[1][at[1]], box_iou(boxes[0][at[0]], boxes[1][at[1]])
