"""Label maps against label maps: how well each label covers its pixels, item by item, and where the borders are off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mediastore.analysis.objects import Ints

LabelMap = tuple[NDArray[np.integer], Mapping[int, str]]
"""Integers of shape (height, width), and the label of each; pixels of other integers have none."""
RIGHT, INSIDE, BORDER = 0, 1, 2
FALSE_POSITIVE, FALSE_POSITIVE_BORDER, FALSE_NEGATIVE, FALSE_NEGATIVE_BORDER = 1, 2, 3, 4
BORDER_PIXELS = 2


@dataclass(frozen=True)
class Segmentation:
    """items: one row an item that has both maps: project, run, key, step, index, path, sample.

    labels: names by number. pixels: (items, labels + 1, labels + 1) counts by truth, then prediction; the last of each
    is no label. Pixels without a true label count neither way. left_out: a sentence for each item that has no number.
    """

    items: pd.DataFrame
    labels: tuple[str, ...]
    pixels: Ints
    left_out: tuple[str, ...]

    def summary(self) -> pd.DataFrame:
        """One row a run and step: project, run, step, items, pixel_accuracy, mean_IoU, mean_Dice.

        Means over the labels that are there in truth or prediction, of the pixels of all items together.
        """
        rows = []
        for place, pixels in self._by_step():
            told = self._ratios(pixels)
            asked = pixels[:-1].sum()
            accuracy = np.trace(pixels[:-1, :-1]) / asked if asked else np.nan
            rows.append((*place, accuracy, told["IoU"].mean(), told["Dice"].mean()))
        return pd.DataFrame(rows, columns="project run step items pixel_accuracy mean_IoU mean_Dice".split())

    def by_label(self) -> pd.DataFrame:
        """One row a run, step and label: project, run, step, label, truth_pixels, predicted_pixels, IoU, Dice,

        precision, recall. IoU: TP / (TP + FP + FN). Dice: 2 TP / (2 TP + FP + FN). NaN where there is nothing.
        """
        parts = []
        for (project, run, step, _), pixels in self._by_step():
            told = self._ratios(pixels)
            parts.append(told.assign(project=project, run=run, step=step))
        names = "project run step label truth_pixels predicted_pixels IoU Dice precision recall".split()
        return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)

    def by_item(self, label: str | None = None) -> pd.DataFrame:
        """One row an item, the worst first: where it is, IoU and Dice: of one label, or the mean of those it has."""
        told = self.items.copy()
        found = [self._ratios(pixels) for pixels in self.pixels]
        chosen = [one if label is None else one[one["label"] == label] for one in found]
        told["IoU"] = [float(one["IoU"].mean()) for one in chosen]
        told["Dice"] = [float(one["Dice"].mean()) for one in chosen]
        return told.sort_values("IoU", kind="stable", na_position="last").reset_index(drop=True)

    def _by_step(self) -> list[tuple[tuple[str, str, int, int], Ints]]:
        groups = self.items.groupby(["project", "run", "step"], sort=False).indices
        return [((*place, len(rows)), self.pixels[rows].sum(axis=0)) for place, rows in groups.items()]

    def _ratios(self, pixels: Ints) -> pd.DataFrame:
        """Of counts (labels + 1, labels + 1): one row a label."""
        right = np.diag(pixels)[:-1].astype(float)
        truth, predicted = pixels[:-1].sum(axis=1), pixels[:-1, :-1].sum(axis=0)
        both = truth + predicted
        ratios = {"IoU": (right, both - right), "Dice": (2 * right, both)}
        ratios |= {"precision": (right, predicted), "recall": (right, truth)}
        told = {name: np.divide(a, b, out=np.full(len(right), np.nan), where=b > 0) for name, (a, b) in ratios.items()}
        names = {"label": list(self.labels), "truth_pixels": truth, "predicted_pixels": predicted}
        return pd.DataFrame(names | told)


def count_pixels(truth: LabelMap, predicted: LabelMap, labels: Sequence[str]) -> Ints:
    """How many pixels of each true label were taken for each, shape (labels + 1, labels + 1), the last is none.

    Raises ValueError when the maps differ in shape.
    """
    if truth[0].shape != predicted[0].shape:
        raise ValueError(f"both maps must have one shape, got {truth[0].shape} and {predicted[0].shape}")
    number = {label: at for at, label in enumerate(labels)}
    side = len(labels) + 1
    codes = numbered(truth, number).ravel() * side + numbered(predicted, number).ravel()
    return np.bincount(codes, minlength=side * side).reshape(side, side)


def numbered(given: LabelMap, number: Mapping[str, int]) -> Ints:
    """The number of each pixel's label; as many as there are labels where it has none."""
    pixels, classes = given
    values, inverse = np.unique(pixels, return_inverse=True)
    codes = np.array([number.get(classes.get(int(value), ""), len(number)) for value in values], dtype=np.int64)
    return codes[inverse].reshape(pixels.shape)


def error_picture(truth: LabelMap, predicted: LabelMap, border: int = BORDER_PIXELS) -> NDArray[np.uint8]:
    """Where the labels differ, shape (height, width): 0 right or without truth, 1 wrong inside, 2 wrong at a border.

    At a border: within `border` pixels, counted in steps to the four neighbours, of a pixel whose true label is another
    than its neighbour's.
    """
    true, taken, none = _both(truth, predicted)
    is_wrong = (true != taken) & (true < none)
    return np.where(is_wrong, np.where(_border(true, border), BORDER, INSIDE), RIGHT).astype(np.uint8)


def label_errors(truth: LabelMap, predicted: LabelMap, label: str, border: int = BORDER_PIXELS) -> NDArray[np.uint8]:
    """Where one label is too much or missing, shape (height, width): 0 right or without truth, 1 false positive,

    2 false positive at a border, 3 false negative, 4 false negative at a border; borders as in `error_picture`.
    """
    true, taken, none = _both(truth, predicted)
    at = _numbers(truth, predicted).get(label, none + 1)
    is_false = (taken == at) & (true != at) & (true < none)
    is_lost = (true == at) & (taken != at)
    kind = np.where(is_false, FALSE_POSITIVE, np.where(is_lost, FALSE_NEGATIVE, RIGHT))
    return np.where((kind != RIGHT) & _border(true, border), kind + 1, kind).astype(np.uint8)


def _numbers(truth: LabelMap, predicted: LabelMap) -> dict[str, int]:
    return {label: at for at, label in enumerate(sorted({*truth[1].values(), *predicted[1].values()}))}


def _both(truth: LabelMap, predicted: LabelMap) -> tuple[Ints, Ints, int]:
    number = _numbers(truth, predicted)
    return numbered(truth, number), numbered(predicted, number), len(number)


def _border(true: Ints, border: int) -> NDArray[np.bool_]:
    """Pixels within `border` steps of one whose number is another than its neighbour's."""
    edge = np.zeros(true.shape, dtype=bool)
    for axis in (0, 1):
        differs = np.diff(true, axis=axis) != 0
        before, after = [slice(None)] * 2, [slice(None)] * 2
        before[axis], after[axis] = slice(None, -1), slice(1, None)
        edge[tuple(before)] |= differs
        edge[tuple(after)] |= differs
    for _ in range(border - 1):
        grown = np.pad(edge, 1)
        edge = grown[1:-1, 1:-1] | grown[:-2, 1:-1] | grown[2:, 1:-1] | grown[1:-1, :-2] | grown[1:-1, 2:]
    return edge
