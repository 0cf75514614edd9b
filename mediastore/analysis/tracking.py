"""Objects followed over the frames of a video, against the truth: the counts of CLEAR MOT, with a greedy assignment.

K. Bernardin and R. Stiefelhagen, Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics (EURASIP
Journal on Image and Video Processing, 2008): in each frame a truth keeps the predicted track it had, while they still
overlap by `iou`; the others are assigned by falling overlap. The paper assigns these by the Hungarian method; where
boxes crowd, its numbers may differ by a few. Only boxes of the same label are assigned.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediastore.geometry import box_iou

ITEM = ["project", "run", "key", "step", "index"]
_CORNERS = ["x0", "y0", "x1", "y1"]
_MOSTLY = (0.8, 0.2)


@dataclass(frozen=True)
class Tracks:
    """found: one row a true box of a frame: where it is, frame, position, label, track, predicted_track (None: missed),

    predicted_position, overlap, is_switch. wrong: one row a predicted box that no truth took, likewise.
    """

    found: pd.DataFrame
    wrong: pd.DataFrame

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
        return cls(found, pd.concat(wrong, ignore_index=True) if wrong else predictions.iloc[:0])

    def summary(self) -> pd.DataFrame:
        """One row a run and step: project, run, step, items, boxes (true ones), TP, FP, FN, switches, fragments, MOTA,

        MOTP (mean overlap of what was found), tracks, mostly_tracked (80 % of its boxes or more), mostly_lost (20 % or
        less). MOTA: 1 - (FN + FP + switches) / boxes, at most 1 and possibly below 0.
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
            most, least = (int(one.sum()) for one in (covered >= _MOSTLY[0], covered <= _MOSTLY[1]))
            counts = (len(part.groupby(ITEM)), len(part), int(hit.sum()), wrong, lost, switches)
            mota = 1 - (lost + wrong + switches) / len(part)
            overlap = float(part.loc[hit, "overlap"].mean()) if hit.any() else float("nan")
            rows.append((*place, *counts, int(tracks["fragments"].sum()), mota, overlap, len(tracks), most, least))
        names = "items boxes TP FP FN switches fragments MOTA MOTP tracks mostly_tracked mostly_lost".split()
        return pd.DataFrame(rows, columns=[*by, *names])

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
    told: list[tuple] = []
    taken = np.zeros(len(predictions), dtype=bool)
    frames = predictions["frame"].to_numpy()
    for frame, part in truth.groupby("frame", sort=True):
        rows = np.flatnonzero(frames == frame)
        others = predictions.iloc[rows]
        overlap = box_iou(part[_CORNERS].to_numpy(float), others[_CORNERS].to_numpy(float))
        overlap[part["label"].to_numpy()[:, None] != others["label"].to_numpy()[None]] = 0.0
        chosen = _assigned(overlap, iou, [last.get(track) for track in part["track"]], list(others["track"]))
        for row, track in enumerate(part["track"]):
            at = chosen.get(row)
            if at is None:
                told.append((None, -1, 0.0, False))
                continue
            by = others["track"].iloc[at]
            told.append((by, int(others["position"].iloc[at]), float(overlap[row, at]), last.get(track, by) != by))
            last[track] = by
            taken[rows[at]] = True
    return told, predictions.iloc[~taken]


def _assigned(overlap: np.ndarray, iou: float, before: list, tracks: list) -> dict[int, int]:
    """Which column each row takes: that of the track it had before if it can, the others by falling overlap."""
    kept = np.array([[track == one for track in tracks] for one in before], dtype=bool).reshape(overlap.shape)
    rank = overlap + 2.0 * (kept & (overlap >= iou))
    chosen: dict[int, int] = {}
    for cell in np.argsort(-rank, axis=None, kind="stable"):
        row, column = divmod(int(cell), overlap.shape[1])
        if overlap[row, column] >= iou and row not in chosen and column not in chosen.values():
            chosen[row] = column
    return chosen
