"""Labels of whole items: how often the first, or one of the first few, is right; for each label; at any threshold.

Every item with a true label counts. Its predictions are its labels by falling score, equal ones by position; a label
that is predicted twice counts once, where it stands first. An item without predictions is wrong.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mediastore.analysis.objects import Comparison, Floats, Ints, rank_within
from mediastore.analysis.precision import mean_where_any

NOTHING = -1
_PLACE = ["project", "run", "key", "step", "index", "path", "sample"]


@dataclass(frozen=True)
class Classification:
    """Predicted labels of items against their true ones.

    items: one row an item that has a true label, with project, run, key, step, index, path, sample. labels: names by
    number. truth: the number of each item's first true label. scores: (items, labels), -inf where none was predicted.
    ranks: (items, labels), 0 for the highest score, as many as labels where none. without_truth: how many items were
    left out. Where an item has several true labels each is right for `top` and the labels, the first for `confusion`.
    """

    items: pd.DataFrame
    labels: tuple[str, ...]
    truth: Ints
    is_true: np.ndarray
    scores: Floats
    ranks: Ints
    without_truth: int

    @classmethod
    def of(cls, comparison: Comparison, items: pd.DataFrame) -> "Classification":
        """Read the labels of a comparison whose objects are labels of whole items."""
        labels, number = len(comparison.labels), len(items)
        is_true = np.zeros((number, labels), dtype=bool)
        truths, predictions = comparison.truths, comparison.predictions
        is_true[truths.item, truths.label] = True
        first = np.full(number, NOTHING, dtype=np.int64)
        first[truths.item[::-1]] = truths.label[::-1]
        scores = np.full((number, labels), -np.inf)
        ranks = np.full((number, labels), labels, dtype=np.int64)
        once = rank_within(predictions.item * max(1, labels) + predictions.label) == 0
        some = predictions.take(np.flatnonzero(once))
        scores[some.item, some.label] = some.score
        ranks[some.item, some.label] = rank_within(some.item)
        kept = np.flatnonzero(first != NOTHING)
        where = items.iloc[kept].reset_index(drop=True)
        return cls(where, comparison.labels, first[kept], is_true[kept], scores[kept], ranks[kept], number - len(kept))

    @property
    def predicted(self) -> Ints:
        """The number of the label that each item is taken for, -1 for none."""
        if not self.labels:
            return np.full(len(self.items), NOTHING)
        best = self.ranks.argmin(axis=1)
        return np.where(self.ranks[np.arange(len(best)), best] == 0, best, NOTHING)

    def top(self, k: int) -> float:
        """The share of items with a true label among their first k, 0..1; top(1) is the accuracy. NaN without items."""
        return float((self.is_true & (self.ranks < k)).any(axis=1).mean()) if len(self.items) else float("nan")

    def summary(self) -> pd.DataFrame:
        """One row a run and step: project, run, step, items, accuracy, top5, balanced_accuracy, macro_F1, macro_AUC.

        balanced_accuracy: the mean of the labels' recalls. macro_…: the mean over the labels that have a truth.
        """
        rows = []
        for (project, run, step), at in self.items.groupby(["project", "run", "step"], sort=False).indices.items():
            part = self.take(np.asarray(at))
            told = part.by_label()
            true = told[told["truths"] > 0]
            means = (float(mean_where_any(true[name].to_numpy(float))) for name in ("recall", "F1", "AUC"))
            rows.append((project, run, step, len(at), part.top(1), part.top(5), *means))
        names = "project run step items accuracy top5 balanced_accuracy macro_F1 macro_AUC".split()
        return pd.DataFrame(rows, columns=names)

    def by_label(self) -> pd.DataFrame:
        """One row a label: label, truths, predicted, right, precision, recall, F1, AUC.

        AUC: the area under the label's ROC curve, the chance that an item of the label scores higher than one of
        another, ties counting half: J. A. Hanley and B. J. McNeil, The meaning and use of the area under a receiver
        operating characteristic (ROC) curve, Radiology 143 (1982). A label that was not predicted scores lowest.
        """
        predicted = self.predicted[:, None] == np.arange(len(self.labels))
        right, truths, taken = (self.is_true & predicted).sum(axis=0), self.is_true.sum(axis=0), predicted.sum(axis=0)
        both = truths + taken
        ratios = {
            name: np.divide(part, whole, out=np.full(len(self.labels), np.nan), where=whole > 0)
            for name, part, whole in (("precision", right, taken), ("recall", right, truths), ("F1", 2 * right, both))
        }
        told = pd.DataFrame({"label": np.array(self.labels, dtype=object), "truths": truths, "predicted": taken})
        told["right"] = right
        return told.assign(
            **ratios, AUC=[_auc(self.scores[:, at], self.is_true[:, at]) for at in range(len(self.labels))]
        )

    def roc(self, label: str) -> pd.DataFrame:
        """One row a distinct score of a label, falling: score, true_positive_rate, false_positive_rate."""
        at = self.labels.index(label)
        score, is_true = self.scores[:, at], self.is_true[:, at]
        order = np.argsort(-score, kind="stable")
        score, is_true = score[order], is_true[order]
        ends = np.flatnonzero(np.append(score[1:] != score[:-1], True)) if len(score) else np.zeros(0, np.int64)
        rates = [np.concatenate([[0.0], np.cumsum(some)[ends] / max(1, some.sum())]) for some in (is_true, ~is_true)]
        columns = {"score": np.concatenate([[np.inf], score[ends]])}
        return pd.DataFrame(columns | {"true_positive_rate": rates[0], "false_positive_rate": rates[1]})

    def confusion(self) -> pd.DataFrame:
        """One row a cell that holds something: truth (the first true label), predicted (NaN for none), count."""
        names = np.array([*self.labels, None], dtype=object)
        cells = pd.DataFrame({"truth": names[self.truth], "predicted": names[self.predicted]})
        return cells.value_counts(dropna=False, sort=False).reset_index(name="count")

    def above(self, label: str, score: float) -> pd.DataFrame:
        """One row an item where the label scores so much or more, the highest first: place, truth, score, is_right.

        is_right: whether it is a true label of the item. So the items behind a point of `roc`.
        """
        at = self.labels.index(label)
        rows = np.flatnonzero(self.scores[:, at] >= score)
        rows = rows[np.argsort(-self.scores[rows, at], kind="stable")]
        names = np.array([*self.labels, None], dtype=object)
        told = self.items.iloc[rows][_PLACE].reset_index(drop=True)
        return told.assign(truth=names[self.truth[rows]], score=self.scores[rows, at], is_right=self.is_true[rows, at])

    def objects(
        self,
        truth: str | None = None,
        predicted: str | None = None,
        cell: tuple[str | None, str | None] | None = None,
    ) -> pd.DataFrame:
        """One row an item, the most confident mistake first: where it is, truth, predicted, score, is_right, true_rank.

        truth, predicted: only items of this true or predicted label. cell: both, None for no prediction. true_rank: 1
        where the truth scores highest.
        """
        names, number = np.array([*self.labels, None], dtype=object), np.arange(len(self.items))
        taken = self.predicted
        told = self.items[_PLACE].copy()
        told["truth"], told["predicted"] = names[self.truth], names[taken]
        padded = np.append(self.scores, np.full((len(number), 1), np.nan), axis=1)
        told["score"] = padded[number, taken]
        told["is_right"] = np.append(self.is_true, np.zeros((len(number), 1), bool), axis=1)[number, taken]
        told["true_rank"] = (
            np.where(self.is_true, self.ranks, len(self.labels)).min(axis=1, initial=len(self.labels)) + 1
        )
        wanted = np.ones(len(told), dtype=bool)
        for name, value in (("truth", truth), ("predicted", predicted)):
            if value is not None:
                wanted &= (told[name] == value).to_numpy()
        if cell is not None:
            of_none = told["predicted"].isna() if cell[1] is None else told["predicted"] == cell[1]
            wanted &= ((told["truth"] == cell[0]) & of_none).to_numpy()
        order = np.lexsort((-told["score"].fillna(-np.inf), told["is_right"]))
        return told.iloc[order[wanted[order]]].reset_index(drop=True)

    def take(self, rows: Ints) -> "Classification":
        """Some items."""
        items = self.items.iloc[rows].reset_index(drop=True)
        arrays = (array[rows] for array in (self.truth, self.is_true, self.scores, self.ranks))
        return Classification(items, self.labels, *arrays, self.without_truth)


def _auc(score: Floats, is_true: np.ndarray) -> float:
    positives, negatives = int(is_true.sum()), int((~is_true).sum())
    if not positives or not negatives:
        return float("nan")
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count - 1) / 2
    return float((middle[place][is_true].sum() - positives * (positives + 1) / 2) / (positives * negatives))
