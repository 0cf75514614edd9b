"""What one checkpoint fixed and broke against another, object by object."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mediastore.analysis.greedy import NONE, match
from mediastore.analysis.objects import Bools, Ints, Objects
from mediastore.analysis.overlap import overlapping
from mediastore.analysis.significance import mcnemar, mcnemar_in_words

if TYPE_CHECKING:
    from mediastore.analysis.evaluation import Evaluation

STATES = ("fixed", "broken", "still right", "still wrong")
KINDS = ("appeared", "gone", "relabelled", "moved", "score up", "score down", "same")
SAME_OBJECT = 0.5
MOVED_BELOW = 0.8
SCORE_STEP = 0.05
_WHERE = ["project", "run", "key", "step", "index", "path"]


class Changes:
    """What changed between two evaluations, each usually of one run and step.

    Items are paired by their `sample` (and how often it came before). A truth is paired with the one of the same label
    and box on the other side; right means that a prediction of its label found it. paired, only_before, only_after:
    how many items are on both sides, or on one alone. truths_paired, truths_unpaired: likewise, on paired items.
    """

    def __init__(self, before: "Evaluation", after: "Evaluation", iou: float, score: float) -> None:
        self.before, self.after, self.iou, self.score = before, after, iou, score
        self._items = _paired_items(before.items, after.items)
        self.paired = len(self._items)
        self.only_before, self.only_after = len(before.items) - self.paired, len(after.items) - self.paired
        self._truths = self._paired_truths()
        self.truths_paired = len(self._truths)
        asked = (int((~side.ignored()).sum()) for side in (before, after))
        self.truths_unpaired = sum(asked) - 2 * self.truths_paired

    def truths(self) -> pd.DataFrame:
        """One row a truth of both sides: state (fixed, broken, still right, still wrong), sample, label, x0 … y1,

        area, and for each side project_before, run_before, key_before, step_before, index_before, path_before,
        position_before (of the truth), prediction_before and score_before (what found it: position, -1 for none), and
        the same with _after.
        """
        told = self._truths.reset_index(drop=True)
        found = [side.found(self.iou, self.score)[told[name]] for side, name in self._sides()]
        state = np.select([~found[0] & found[1], found[0] & ~found[1], found[0]], STATES[:3], STATES[3])
        truths = self.after.comparison.truths.take(told["after"].to_numpy())
        frame = pd.DataFrame({"state": state, "sample": self.after.items["sample"].to_numpy()[truths.item]})
        frame["label"] = np.array(self.after.labels, dtype=object)[truths.label] if len(frame) else None
        for axis, name in enumerate(("x0", "y0", "x1", "y1")):
            frame[name] = truths.box[:, axis]
        frame["area"] = truths.area
        for side, name in self._sides():
            frame = frame.join(self._side(side, name, told[name].to_numpy(), "truths"))
        return frame

    def items(self) -> pd.DataFrame:
        """One row a paired item: sample, fixed, broken, still_right, still_wrong, and where it stands on each side;

        those that lost most first. An item is *broken* that lost more truths than it gained.
        """
        told = self.truths()
        columns = [f"{name}_{side}" for side in ("before", "after") for name in _WHERE]
        frame = self._item_rows()[["sample", *columns]]
        number = frame.reset_index().set_index(columns)["index"]
        at = number.reindex(pd.MultiIndex.from_frame(told[columns])).to_numpy()
        for state in STATES:
            chosen = at[(told["state"] == state).to_numpy()].astype(np.int64)
            frame[state.replace(" ", "_")] = np.bincount(chosen, minlength=len(frame))
        order = np.lexsort((np.arange(len(frame)), -frame["broken"], frame["fixed"] - frame["broken"]))
        return frame.iloc[order].reset_index(drop=True)

    def counts(self) -> dict[str, int]:
        """How many truths are in each state."""
        found = self.truths()["state"].value_counts()
        return {state: int(found.get(state, 0)) for state in STATES}

    def significance(self) -> float:
        """The probability of a difference at least this large if neither side were better: see `mcnemar`."""
        counts = self.counts()
        return mcnemar(counts["fixed"], counts["broken"])

    def in_words(self) -> str:
        """The counts, how many were compared, and what the significance means."""
        counts = self.counts()
        paired = f"{self.paired} of {max(len(self.before.items), len(self.after.items))} items are on both sides"
        told = ", ".join(f"{counts[state]} {state}" for state in STATES)
        return (
            f"{paired}, with {self.truths_paired} truths: {told}. {mcnemar_in_words(counts['fixed'], counts['broken'])}"
        )

    def predictions(self) -> pd.DataFrame:
        """One row a prediction of either side on a paired item that passes the score: change, sample, overlap of both

        (0 where one is missing), and of each side, with _before or _after: project, run, key, step, index, path,
        position, label, score, x0, y0, x1, y1. They are paired whatever their labels by an overlap of 0.5 or more, the
        highest scores first.
        change: appeared, gone, relabelled, else moved (overlap below 0.8), else score up or score down (by 0.05 or
        more), else same.
        """
        sides = [self._predictions_of(side, name) for side, name in self._sides()]
        (before, rows_before), (after, rows_after) = sides
        pairs = overlapping(after, before, SAME_OBJECT)
        nothing = np.zeros(len(before), dtype=bool)
        found = match(pairs, nothing, nothing, len(after), SAME_OBJECT)
        left = np.flatnonzero(found.prediction == NONE)
        row_before = np.append(rows_before, NONE)[np.concatenate([found.truth, left])]
        row_after = np.concatenate([rows_after, np.full(len(left), NONE)])
        overlap = np.concatenate([found.overlap, np.zeros(len(left))])
        frame = pd.DataFrame({"overlap": overlap})
        for (side, name), rows in zip(self._sides(), (row_before, row_after), strict=True):
            frame = frame.join(self._side(side, name, rows, "predictions"))
        frame.insert(0, "change", _change(frame))
        sample = frame.pop("sample_after").where(row_after != NONE, frame.pop("sample_before"))
        frame.insert(1, "sample", sample)
        return frame

    def _sides(self) -> tuple[tuple["Evaluation", str], tuple["Evaluation", str]]:
        return (self.before, "before"), (self.after, "after")

    def _item_rows(self) -> pd.DataFrame:
        frame = pd.DataFrame({"sample": self.after.items["sample"].to_numpy()[self._items["after"]]})
        for side, name in self._sides():
            where = side.items.iloc[self._items[name]][_WHERE].reset_index(drop=True)
            frame = frame.join(where.add_suffix(f"_{name}"))
        return frame

    def _paired_truths(self) -> pd.DataFrame:
        found = []
        for side, name in self._sides():
            truths = side.comparison.truths
            pair_of = np.full(len(side.items), NONE)
            pair_of[self._items[name]] = np.arange(self.paired)
            rows = np.flatnonzero(~side.ignored() & (pair_of[truths.item] != NONE))
            some = truths.take(rows)
            label = np.array(side.labels, dtype=object)[some.label] if len(rows) else np.zeros(0, dtype=object)
            frame = pd.DataFrame({"pair": pair_of[some.item], "label": label, name: rows})
            corners = [f"c{axis}" for axis in range(4)]
            frame[corners] = some.box.round(2)
            keys = ["pair", "label", *corners]
            frame["nth"] = frame.groupby(keys, dropna=False).cumcount()
            found.append((frame, [*keys, "nth"]))
        (before, keys), (after, _) = found
        return before.merge(after, on=keys)[["before", "after"]]

    def _predictions_of(self, side: "Evaluation", name: str) -> tuple[Objects, Ints]:
        """The predictions that pass, placed by the pair of items they lie on; the older side sorted by place."""
        predictions = side.comparison.predictions
        pair_of = np.full(len(side.items), NONE)
        pair_of[self._items[name]] = np.arange(self.paired)
        rows = np.flatnonzero(side.passes(self.score) & (pair_of[predictions.item] != NONE))
        if name == "before":
            rows = rows[np.argsort(pair_of[predictions.item[rows]], kind="stable")]
        some = predictions.take(rows)
        place = pair_of[some.item]
        return Objects(
            some.item, place, some.label, some.score, some.area, some.position, some.box, some.crowd, some.ignored
        ), rows

    def _side(self, side: "Evaluation", name: str, rows: Ints, kind: str) -> pd.DataFrame:
        objects = getattr(side.comparison, kind)
        there = rows != NONE
        some = objects.take(np.where(there, rows, 0)) if len(objects) else objects.take(rows[there])
        columns = _WHERE if kind == "truths" else [*_WHERE, "sample"]
        frame = side.items.iloc[some.item][columns].reset_index(drop=True)
        frame["position"] = some.position
        if kind == "truths":
            by = side.matching(self.iou).prediction[rows]
            by = np.where(side.found(self.iou, self.score)[rows], by, NONE)
            frame["prediction"] = np.append(side.comparison.predictions.position, NONE)[by]
            frame["score"] = np.append(side.comparison.predictions.score, np.nan)[by]
        else:
            frame["label"] = np.array([*side.labels, None], dtype=object)[some.label]
            frame["score"] = some.score
            for axis, corner in enumerate(("x0", "y0", "x1", "y1")):
                frame[corner] = some.box[:, axis]
        if not there.all():
            frame = frame.reindex(range(len(rows))) if len(frame) != len(rows) else frame
            frame = frame.astype(object).where(pd.Series(there), None).infer_objects()
        return frame.add_suffix(f"_{name}")


def _change(frame: pd.DataFrame) -> Ints:
    gain = (frame["score_after"].astype(float) - frame["score_before"].astype(float)).to_numpy()
    tests: list[Bools] = [
        frame["position_before"].isna().to_numpy(),
        frame["position_after"].isna().to_numpy(),
        (frame["label_before"] != frame["label_after"]).to_numpy(),
        (frame["overlap"] < MOVED_BELOW).to_numpy(),
        gain >= SCORE_STEP,
        gain <= -SCORE_STEP,
    ]
    return np.select(tests, KINDS[:-1], KINDS[-1])


def _paired_items(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Numbers of the items on both sides that show one sample; the n-th of a sample is paired with the n-th."""
    sides = []
    for items, name in ((before, "before"), (after, "after")):
        frame = pd.DataFrame({"sample": items["sample"].to_numpy(), name: np.arange(len(items))})
        frame = frame[frame["sample"].notna()]
        sides.append(frame.assign(nth=frame.groupby("sample").cumcount()))
    return sides[0].merge(sides[1], on=["sample", "nth"])[["before", "after"]]
