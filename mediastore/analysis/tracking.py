"""Objects followed over the frames of a video, against the truth: the counts of CLEAR MOT, and HOTA beside them.

K. Bernardin and R. Stiefelhagen, Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics (EURASIP
Journal on Image and Video Processing, 2008): in each frame a truth keeps the predicted track it had in the frame
before, while they still overlap by `iou`; the others are assigned so that the overlaps add up to as much as they can.
Only boxes of the same label are assigned.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediastore.analysis import hota
from mediastore.analysis.assignment import NONE, assign
from mediastore.geometry import box_iou

ITEM = ["project", "run", "key", "step", "index"]
_CORNERS = ["x0", "y0", "x1", "y1"]
_MOSTLY = (0.8, 0.2)
_STAYS = 1000.0
"""So much more than any overlap is it worth that a truth keeps its track."""
_SUMMED = ("items boxes TP FP FN switches fragments MOTA MOTP HOTA DetA AssA tracks mostly_tracked mostly_lost").split()
_OF_HOTA = ("HOTA", "DetA", "AssA")


@dataclass(frozen=True)
class Tracks:
    """found: one row a true box of a frame: where it is, frame, position, label, track, predicted_track (None: missed),

    predicted_position, overlap, is_switch. wrong: one row a predicted box that no truth took, likewise. predictions:
    one row a predicted box.
    """

    found: pd.DataFrame
    wrong: pd.DataFrame
    predictions: pd.DataFrame

    @classmethod
    def of(cls, truth: pd.DataFrame, predictions: pd.DataFrame, iou: float) -> "Tracks":
        """From boxes with project, run, key, step, index, frame, position, label, track, x0, y0, x1, y1."""
        told, wrong = [], []
        others = dict(iter(predictions.groupby(ITEM, sort=False)))
        for place, part in truth.groupby(ITEM, sort=False):
            rows, left = _followed(part, others.pop(place, predictions.iloc[:0]), iou)
            told += rows
            wrong.append(left)
        wrong += others.values()
        columns = ["predicted_track", "predicted_position", "overlap", "is_switch"]
        found = truth.reset_index(drop=True).join(pd.DataFrame(told, columns=columns, index=range(len(told))))
        return cls(found, pd.concat(wrong, ignore_index=True) if wrong else predictions.iloc[:0], predictions)

    def hota(self) -> pd.DataFrame:
        """One row a run, step and overlap threshold (0.05, 0.10 … 0.95); see `hota.sums` and `hota.scores`."""
        return hota.scores(hota.sums(self.found, self.predictions))

    def summary(self) -> pd.DataFrame:
        """One row a run and step: project, run, step, items, boxes (true ones), TP, FP, FN, switches, fragments, MOTA,

        MOTP (mean overlap of what was found), HOTA, DetA, AssA, tracks, mostly_tracked (more than 80 % of its boxes),
        mostly_lost (less than 20 %). MOTA: 1 - (FN + FP + switches) / boxes, at most 1 and possibly below 0. HOTA, DetA
        and AssA: means over 19 overlaps, 0.05 to 0.95.
        """
        by = ["project", "run", "step"]
        by_track = self.by_track()
        rows = []
        for place, part in self.found.groupby(by, sort=False):
            hit = part["predicted_track"].notna()
            wrong = int((self.wrong[by] == list(place)).all(axis=1).sum())
            tracks = by_track[(by_track[by] == list(place)).all(axis=1)]
            switches, lost = int(part["is_switch"].sum()), int((~hit).sum())
            covered = tracks["found"] / tracks["boxes"]
            most, least = (int(one.sum()) for one in (covered > _MOSTLY[0], covered < _MOSTLY[1]))
            counts = (len(part.groupby(ITEM)), len(part), int(hit.sum()), wrong, lost, switches)
            mota = 1 - (lost + wrong + switches) / len(part)
            overlap = float(part.loc[hit, "overlap"].mean()) if hit.any() else float("nan")
            rows.append((*place, *counts, int(tracks["fragments"].sum()), mota, overlap, len(tracks), most, least))
        names = [name for name in _SUMMED if name not in _OF_HOTA]
        told = pd.DataFrame(rows, columns=[*by, *names])
        means = self.hota().groupby(by, as_index=False, sort=False)[list(_OF_HOTA)].mean()
        return told.merge(means, on=by, how="left")[[*by, *_SUMMED]]

    def by_track(self) -> pd.DataFrame:
        """One row a true track: where it is, label, track, first_frame, last_frame, boxes, found, switches, fragments,

        predicted_tracks (how many followed it). A fragment is a gap: found, then missed, then found again.
        """
        rows = []
        for place, part in self.found.groupby([*ITEM, "track"], sort=False):
            part = part.sort_values("frame", kind="stable")
            hit = part["predicted_track"].notna().to_numpy()
            begins = int((np.diff(hit.astype(int), prepend=0) == 1).sum())
            ends = int(part["frame"].iloc[0]), int(part["frame"].iloc[-1])
            numbers = (len(part), int(hit.sum()), int(part["is_switch"].sum()), max(0, begins - 1))
            rows.append(
                (*place[:-1], part["label"].iloc[0], place[-1], *ends, *numbers, part["predicted_track"].nunique())
            )
        names = "label track first_frame last_frame boxes found switches fragments predicted_tracks".split()
        return pd.DataFrame(rows, columns=[*ITEM, *names])


def _followed(truth: pd.DataFrame, predictions: pd.DataFrame, iou: float) -> tuple[list[tuple], pd.DataFrame]:
    """What became of each true box of an item, in their order, and the predicted boxes that nothing took."""
    last: dict[Any, Any] = {}
    before: dict[Any, Any] = {}
    told: list[tuple] = []
    taken = np.zeros(len(predictions), dtype=bool)
    rows_of_frame = predictions.groupby("frame").indices
    for frame, part in truth.groupby("frame", sort=True):
        rows = rows_of_frame.get(frame, np.zeros(0, np.int64))
        others = predictions.iloc[rows]
        overlap = box_iou(part[_CORNERS].to_numpy(float), others[_CORNERS].to_numpy(float))
        overlap[part["label"].to_numpy()[:, None] != others["label"].to_numpy()[None]] = 0.0
        stays = np.array([[before.get(one) == track for track in others["track"]] for one in part["track"]], dtype=bool)
        enough = (overlap >= iou - np.finfo(float).eps) & (overlap > 0)
        chosen = assign(np.where(enough, overlap + _STAYS * stays.reshape(overlap.shape), 0.0))
        if len(others):
            before = {}
        for row, (track, at) in enumerate(zip(part["track"], chosen.tolist(), strict=True)):
            if at == NONE:
                told.append((None, -1, 0.0, False))
                continue
            by = others["track"].iloc[at]
            told.append((by, int(others["position"].iloc[at]), float(overlap[row, at]), last.get(track, by) != by))
            last[track] = before[track] = by
            taken[rows[at]] = True
    return told, predictions.iloc[~taken]
