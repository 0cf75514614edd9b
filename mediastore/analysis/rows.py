"""The objects behind a number: predictions and lost truths as rows that say where they stand in the store."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mediastore.analysis.greedy import NONE
from mediastore.analysis.mistakes import KINDS
from mediastore.analysis.objects import Bools, Ints
from mediastore.errors import MediaStoreValueError

if TYPE_CHECKING:
    from mediastore.analysis.evaluation import Evaluation

OUTCOMES = ("TP", "FP", "FN", "ignored")
PLACE = ["project", "run", "key", "step", "index", "path", "sample"]
CORNERS = ("x0", "y0", "x1", "y1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Each narrows; None leaves it open.

    outcome: TP, FP, FN or ignored, one or several. error: a kind of mistake, one or several. label: of the object
    itself, one or several. cell: (truth, predicted) of the confusion matrix, None for the background; objects are then
    matched whatever their labels. scores: (lowest, highest), the lowest itself excluded unless it is 0, as the bins of
    `calibration` are. item: (project, run, key, step, index). limit, offset: which rows of the answer.
    """

    outcome: str | tuple[str, ...] | None = None
    error: str | tuple[str, ...] | None = None
    label: str | tuple[str, ...] | None = None
    cell: tuple[str | None, str | None] | None = None
    scores: tuple[float, float] | None = None
    item: tuple[str, str, str, int, int] | None = None
    limit: int | None = None
    offset: int = 0

    def __post_init__(self) -> None:
        for name, accepted in (("outcome", OUTCOMES), ("error", KINDS)):
            if unknown := set(_several(getattr(self, name))) - set(accepted):
                raise MediaStoreValueError(f"{name} must be one of {', '.join(accepted)}, got {unknown}; choose one")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Numbers of the predictions and of the lost truths that are wanted."""

    predictions: Ints
    truths: Ints


def objects(evaluation: "Evaluation", iou: float, score: float, filters: Filters) -> pd.DataFrame:
    """One row a prediction that passes the score, the highest first, then one a truth that nothing found, the largest

    first: project, run, key, step, index, path, sample; layer, position (in the sidecar's list), label, score, x0, y0,
    x1, y1, area; outcome (TP, FP, FN, ignored), error (the kind of mistake, "" for none; of an FN the kind that would
    find it if mended, else missed), overlap; and what it was compared with: other_position, other_label, other_score,
    other_x0 … other_y1; -1, None and NaN where that is nothing.
    """
    chosen = choose(evaluation, iou, score, filters)
    begin, count = filters.offset, len(chosen.predictions)
    end = None if filters.limit is None else begin + filters.limit
    predictions = chosen.predictions[begin:end]
    rest = slice(max(0, begin - count), None if end is None else max(0, end - count))
    return pd.concat(
        [
            _predictions(evaluation, iou, score, predictions, filters.cell is None),
            _truths(evaluation, iou, score, chosen.truths[rest], filters.cell is None),
        ],
        ignore_index=True,
    )


def count(evaluation: "Evaluation", iou: float, score: float, filters: Filters) -> int:
    """How many rows there are without a limit."""
    chosen = choose(evaluation, iou, score, filters)
    return len(chosen.predictions) + len(chosen.truths)


def everything(evaluation: "Evaluation", iou: float) -> pd.DataFrame:
    """One row a prediction, whatever its score, and one a truth: the columns of `objects`, without other_x0 … other_y1;

    a truth has the outcome found, FN or ignored, and as other_score that of the prediction which found it.
    """
    truths = np.arange(len(evaluation.comparison.truths))
    told = _truths(evaluation, iou, -np.inf, truths, True)
    by, found = evaluation.matching(iou).prediction, evaluation.found(iou, -np.inf)
    told["outcome"] = np.where(evaluation.ignored(), "ignored", np.where(found, "found", "FN"))
    scores = np.append(evaluation.comparison.predictions.score, np.nan)
    positions = np.append(evaluation.comparison.predictions.position, NONE)
    labels = _names(evaluation)[np.append(evaluation.comparison.predictions.label, NONE)[by]]
    told["other_score"] = np.where(found, scores[by], told["other_score"])
    told["other_position"] = np.where(found, positions[by], told["other_position"])
    told["other_label"] = np.where(found, labels, told["other_label"])
    told["overlap"] = np.where(found, np.append(evaluation.matching(iou).overlap, 0.0)[by], told["overlap"])
    predictions = _predictions(evaluation, iou, -np.inf, np.arange(len(evaluation.comparison.predictions)), True)
    whole = pd.concat([predictions, told], ignore_index=True)
    return whole.drop(columns=[f"other_{corner}" for corner in CORNERS])


def choose(evaluation: "Evaluation", iou: float, score: float, filters: Filters) -> Chosen:
    """Which predictions and lost truths the filters want."""
    comparison, per_label = evaluation.comparison, filters.cell is None
    matching = evaluation.matching(iou, per_label)
    predictions = evaluation.passes(score)
    truths = ~evaluation.ignored() & ~evaluation.found(iou, score, per_label)
    if filters.outcome is not None:
        wanted = _several(filters.outcome)
        counts, taken = evaluation.counting(matching), matching.truth != NONE
        of_each = {"TP": counts & taken, "FP": counts & ~taken, "ignored": ~counts}
        predictions = predictions & np.logical_or.reduce(
            [of_each[name] for name in wanted if name in of_each] or [False]
        )
        truths = truths & ("FN" in wanted)
    if filters.error is not None:
        kinds = [KINDS.index(name) for name in _several(filters.error)]
        found = evaluation.found_mistakes(iou, score)
        predictions, truths = predictions & np.isin(found.kind, kinds), truths & np.isin(found.missed, kinds)
    if filters.label is not None:
        numbers = [n for n, label in enumerate(evaluation.labels) if label in _several(filters.label)]
        predictions = predictions & np.isin(comparison.predictions.label, numbers)
        truths = truths & np.isin(comparison.truths.label, numbers)
    if filters.cell is not None:
        predictions, truths = _in_cell(
            evaluation, predictions & evaluation.counting(matching), truths, matching.truth, filters.cell
        )
    if filters.scores is not None:
        low, high = filters.scores
        score_of = comparison.predictions.score
        predictions = predictions & ((score_of > low) | ((score_of == low) & (low <= 0))) & (score_of <= high)
        truths = np.zeros_like(truths)
    if filters.item is not None:
        names = ["project", "run", "key", "step", "index"]
        is_it = (evaluation.items[names] == list(filters.item)).all(axis=1).to_numpy()
        predictions, truths = predictions & is_it[comparison.predictions.item], truths & is_it[comparison.truths.item]
    lost = np.flatnonzero(truths)
    return Chosen(np.flatnonzero(predictions), lost[np.argsort(-comparison.truths.area[lost], kind="stable")])


def _in_cell(
    evaluation: "Evaluation", predictions: Bools, truths: Bools, taken: Ints, cell: tuple[str | None, str | None]
) -> tuple[Bools, Bools]:
    comparison = evaluation.comparison
    numbers = {label: number for number, label in enumerate(evaluation.labels)}
    truth, predicted = (numbers.get(label, NONE) if label is not None else None for label in cell)
    if predicted is None:
        return np.zeros_like(predictions), truths & (comparison.truths.label == truth)
    predictions = predictions & (comparison.predictions.label == predicted)
    if truth is None:
        return predictions & (taken == NONE), np.zeros_like(truths)
    has_label = np.append(comparison.truths.label == truth, False)
    return predictions & has_label[taken], np.zeros_like(truths)


def _predictions(evaluation: "Evaluation", iou: float, score: float, rows: Ints, per_label: bool) -> pd.DataFrame:
    comparison = evaluation.comparison
    matching = evaluation.matching(iou, per_label)
    taken, counts = matching.truth[rows], evaluation.counting(matching)[rows]
    other, overlap = taken, matching.overlap[rows]
    is_right = taken != NONE
    if per_label:
        found = evaluation.found_mistakes(iou, score)
        other = np.where(is_right, taken, found.truth[rows])
        overlap = np.where(is_right, overlap, found.overlap[rows])
        error = np.array([*KINDS, ""], dtype=object)[found.kind[rows]]
    else:
        alike = np.append(comparison.truths.label, NONE)[taken] == comparison.predictions.label[rows]
        error = np.where(is_right & ~alike, "confusion", "").astype(object)
        is_right &= alike
    outcome = np.where(~counts, "ignored", np.where(is_right, "TP", "FP")).astype(object)
    told = _told(evaluation, "predictions", rows)
    told["outcome"], told["error"], told["overlap"] = outcome, np.where(counts, error, ""), overlap
    return _with_other(told, evaluation, "truths", other)


def _truths(evaluation: "Evaluation", iou: float, score: float, rows: Ints, per_label: bool) -> pd.DataFrame:
    told = _told(evaluation, "truths", rows)
    found = evaluation.found_mistakes(iou, score)
    kind = found.missed[rows] if per_label else np.full(len(rows), NONE)
    told["outcome"] = np.full(len(rows), "FN", dtype=object)
    told["error"] = np.array([*KINDS, ""], dtype=object)[kind]
    other, told["overlap"] = _menders(evaluation, found, rows) if per_label else (np.full(len(rows), NONE), 0.0)
    return _with_other(told, evaluation, "predictions", other)


def _menders(evaluation: "Evaluation", found: Any, rows: Ints) -> tuple[Ints, NDArray]:
    """The best prediction whose mistake, mended, would find each of these truths, and its overlap."""
    speaks = np.flatnonzero((found.kind == KINDS.index("localisation")) | (found.kind == KINDS.index("confusion")))
    mender = np.full(len(evaluation.comparison.truths), NONE, dtype=np.int64)
    mender[found.truth[speaks[::-1]]] = speaks[::-1]
    other = mender[rows]
    return other, np.where(other == NONE, 0.0, np.append(found.overlap, 0.0)[other])


def _told(evaluation: "Evaluation", side: str, rows: Ints) -> pd.DataFrame:
    some = getattr(evaluation.comparison, side).take(rows)
    told = evaluation.items.iloc[some.item][PLACE].reset_index(drop=True)
    told["layer"] = np.full(len(rows), evaluation.layers[side == "truths"], dtype=object)
    told["position"], told["label"] = some.position, _names(evaluation)[some.label]
    told["score"] = some.score
    for axis, name in enumerate(CORNERS):
        told[name] = some.box[:, axis]
    told["area"] = some.area
    return told


def _with_other(told: pd.DataFrame, evaluation: "Evaluation", side: str, other: Ints) -> pd.DataFrame:
    objects = getattr(evaluation.comparison, side)
    told["other_position"] = np.append(objects.position, NONE)[other]
    told["other_label"] = _names(evaluation)[np.append(objects.label, NONE)[other]]
    told["other_score"] = np.append(objects.score, np.nan)[other]
    for axis, name in enumerate(CORNERS):
        told[f"other_{name}"] = np.append(objects.box[:, axis], np.nan)[other]
    return told


def _names(evaluation: "Evaluation") -> NDArray:
    """Labels by number; number -1 is None."""
    return np.array([*evaluation.labels, None], dtype=object)


def _several(value: Any) -> tuple:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)
