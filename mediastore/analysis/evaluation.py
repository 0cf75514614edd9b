"""One evaluation: predictions of some runs and steps against the truth, asked at any threshold."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mediastore.analysis import changes, confusion, curves, doubts, hardest, interval, rows, scores
from mediastore.analysis.greedy import NONE, Matching, match
from mediastore.analysis.mistakes import Mistakes, Nearest, find_mistakes, found_at
from mediastore.analysis.objects import Bools, Comparison, Ints, rank_within
from mediastore.analysis.overlap import FLOOR
from mediastore.errors import MediaStoreValueError

IOU = 0.5
SCORE = 0.0
KEPT = 16
AREAS = {"all": (0.0, 1e10), "small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
"""Square pixels, both ends included: `Params` of https://github.com/cocodataset/cocoapi."""


class Evaluation:
    """Predictions against the truth.

    items: one row an item, with project, run, key, step, index, path, sample, width, height. groups: one row a run and
    step: project, run, step, items. layers: of the predictions and of the truth. labels: every label of either layer.
    max_detections: how many predictions of a label in an item (or frame) count towards AP, AR and their like. warnings:
    sentences that must be shown beside the numbers. Everywhere iou is the overlap that a find needs, 0.05..1,
    and score the lowest that passes.
    """

    def __init__(
        self,
        comparison: Comparison,
        items: pd.DataFrame,
        groups: pd.DataFrame,
        layers: tuple[str, str] = ("predictions", "ground_truth"),
        notes: Sequence[str] = (),
        max_detections: int = scores.MOST,
    ) -> None:
        self.comparison = comparison
        self.items = items
        self.groups = groups
        self.labels = comparison.labels
        self.layers = layers
        self.max_detections = max_detections
        self._notes = list(notes)
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        predictions, truths = len(self.comparison.predictions), len(self.comparison.truths)
        return f"Evaluation({len(self.items)} items, {predictions} predictions, {truths} truths)"

    @property
    def warnings(self) -> list[str]:
        """What makes the numbers say less than they seem to."""
        return [*self._notes, *self.kept("warnings", lambda: doubts.find(self))]

    def at(self, *, run: str | None = None, step: int | Sequence[int] | None = None) -> "Evaluation":
        """The part of some runs (`run` or `project/run`) and steps."""
        wanted = np.ones(len(self.groups), dtype=bool)
        if run is not None:
            wanted &= (
                (self.groups["run"] == run) | (self.groups["project"] + "/" + self.groups["run"] == run)
            ).to_numpy()
        if step is not None:
            wanted &= self.groups["step"].isin([step] if np.isscalar(step) else list(step)).to_numpy()
        return self.kept(("at", wanted.tobytes()), lambda: self._part(wanted))

    def summary(self, iou: float = IOU, score: float = SCORE) -> pd.DataFrame:
        """One row a run and step: COCO's numbers, and what holds at these thresholds; see `scores.summary`."""
        return scores.summary(self, iou, score)

    def counts(self, iou: float = IOU, score: float = SCORE) -> pd.DataFrame:
        """The part of `summary` that follows the sliders: TP, FP, FN, precision, recall, F1, kinds of mistakes."""
        return scores.counts(self, iou, score)

    def by_label(self, iou: float = IOU, score: float = SCORE) -> pd.DataFrame:
        """One row a run, step and label; see `scores.by_label`."""
        return scores.by_label(self, iou, score)

    def mistakes(self, iou: float = IOU, score: float = SCORE) -> pd.DataFrame:
        """One row a run, step and kind of mistake: error, count, dAP; see `scores.mistakes`."""
        return scores.mistakes(self, iou, score)

    def objects(self, iou: float = IOU, score: float = SCORE, **filters: Any) -> pd.DataFrame:
        """One row a prediction that passes, and one a truth that nothing found; see `rows.Filters`."""
        return rows.objects(self, iou, score, rows.Filters(**filters))

    def count_objects(self, iou: float = IOU, score: float = SCORE, **filters: Any) -> int:
        """How many rows `objects` has, without its limit."""
        return rows.count(self, iou, score, rows.Filters(**filters))

    def confusion(self, iou: float = IOU, score: float = SCORE) -> pd.DataFrame:
        """One row a cell of the confusion matrix that holds something; see `confusion.matrix`."""
        return confusion.matrix(self, iou, score)

    def curve(self, iou: float = IOU, label: str | None = None) -> pd.DataFrame:
        """Precision and recall as the score's threshold falls, of one label or of all together; see `curves.curve`."""
        return curves.curve(self, iou, label)

    def best_thresholds(self, iou: float = IOU) -> pd.DataFrame:
        """The score that makes F1 largest, for each label and (label None) for all; see `curves.best_thresholds`."""
        return curves.best_thresholds(self, iou)

    def calibration(self, iou: float = IOU, bins: int = 10, label: str | None = None) -> curves.Calibration:
        """How often predictions of a score are right: a reliability diagram and its error."""
        return curves.calibration(self, iou, bins, label)

    def hardest(self, iou: float = IOU, score: float = SCORE, by: str = "disagreement") -> pd.DataFrame:
        """One row an item, the hardest first; see `hardest.items`."""
        return hardest.items(self, iou, score, by)

    def suspects(self, iou: float = IOU, score: float = SCORE) -> pd.DataFrame:
        """Truths and gaps in the truth that confident predictions speak against; see `hardest.suspects`."""
        return hardest.suspects(self, iou, score)

    def interval(
        self, number: str, iou: float = IOU, score: float = SCORE, *, resamples: int = 1000, seed: int = 0
    ) -> interval.Interval:
        """A number with the interval that resampled items give it; see `interval.bootstrap`."""
        return interval.bootstrap(self, number, iou, score, resamples, seed)

    def against(self, before: "Evaluation", iou: float = IOU, score: float = SCORE) -> "changes.Changes":
        """What changed from `before` to this evaluation; see `changes.Changes`."""
        return changes.Changes(before, self, iou, score)

    # what the questions above are answered from

    def matching(self, iou: float, per_label: bool = True, area: str = "all") -> Matching:
        """Which prediction found which truth; kept, so that the next threshold of the score costs nothing."""
        check_iou(iou)
        return self.kept(("matching", iou, per_label, area), lambda: self.match(iou, per_label, area))

    def ignored(self, area: str = "all") -> Bools:
        """Truths that need not be found: marked so, or of a size outside the range."""
        low, high = AREAS[area]
        truths = self.comparison.truths
        return truths.ignored if area == "all" else truths.ignored | (truths.area < low) | (truths.area > high)

    def counting(self, matching: Matching, area: str = "all") -> Bools:
        """Predictions that count: not those on ignored truths, nor unmatched ones of a size outside the range."""
        taken = matching.truth != NONE
        counts = np.ones(len(taken), dtype=bool)
        counts[taken] = ~self.ignored(area)[matching.truth[taken]]
        if area != "all":
            low, high = AREAS[area]
            size = self.comparison.predictions.area
            counts[~taken & ((size < low) | (size > high))] = False
        return counts

    def passes(self, score: float) -> Bools:
        """Predictions whose score is not below the threshold."""
        return self.comparison.predictions.score >= score

    def found_mistakes(self, iou: float, score: float) -> Mistakes:
        """The kind of every mistake at these thresholds."""

        def find() -> Mistakes:
            nearest = self.kept("nearest", lambda: Nearest.of(self.comparison))
            matching = self.matching(iou)
            return find_mistakes(self.comparison, nearest, matching, self.passes(score), self.counting(matching), iou)

        return self.kept(("mistakes", iou, score), find)

    def found(self, iou: float, score: float, per_label: bool = True) -> Bools:
        """Truths that are found."""
        return found_at(self.matching(iou, per_label), self.passes(score))

    def segment(self, side: str) -> Ints:
        """The number group × labels + label of each of the `predictions` or `truths`."""
        objects = getattr(self.comparison, side)
        made = lambda: self.comparison.group[objects.item] * len(self.labels) + objects.label  # noqa: E731
        return self.kept(("segment", side), made)

    @property
    def segments(self) -> int:
        """How many pairs of group and label there are."""
        return self.comparison.groups * len(self.labels)

    def rank(self) -> Ints:
        """How many predictions of the same label in the same place have a higher score."""
        predictions = self.comparison.predictions
        return self.kept("rank", lambda: rank_within(predictions.place * max(1, len(self.labels)) + predictions.label))

    def kept(self, name: Any, make: Callable[[], Any]) -> Any:
        """What was made before under this name, else what `make` makes; the oldest is let go when there are many."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(name)
            return self._kept[name]

    def match(self, iou: float, per_label: bool = True, area: str = "all") -> Matching:
        """A matching that is not kept."""
        comparison = self.comparison
        pairs = self.kept("pairs of one label", self._alike) if per_label else comparison.pairs
        return match(pairs, self.ignored(area), comparison.truths.crowd, len(comparison.predictions), iou)

    def _alike(self) -> Any:
        pairs = self.comparison.pairs
        alike = self.comparison.predictions.label[pairs.prediction] == self.comparison.truths.label[pairs.truth]
        return pairs.take(np.flatnonzero(alike))

    def _part(self, wanted: Bools) -> "Evaluation":
        number = np.cumsum(wanted) - 1
        kept = np.flatnonzero(wanted[self.comparison.group])
        part = self.comparison.of_items(kept, number[self.comparison.group[kept]], int(wanted.sum()))
        items, groups = (told.reset_index(drop=True) for told in (self.items.iloc[kept], self.groups[wanted]))
        return Evaluation(part, items, groups, self.layers, self._notes, self.max_detections)


def check_iou(iou: float) -> None:
    """Raises MediaStoreValueError for an overlap that cannot be asked for."""
    if not FLOOR <= iou <= 1:
        raise MediaStoreValueError(f"iou must be {FLOOR} to 1, got {iou!r}; overlaps below {FLOOR} are not kept")
