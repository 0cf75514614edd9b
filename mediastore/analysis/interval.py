"""How much a number would vary with other items of the same kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mediastore.analysis import hardest
from mediastore.analysis.greedy import NONE
from mediastore.analysis.objects import Ints
from mediastore.analysis.precision import Ranking, average_precision, mean_where_any
from mediastore.analysis.scores import IOUS
from mediastore.errors import MediaStoreValueError

if TYPE_CHECKING:
    from mediastore.analysis.evaluation import Evaluation

NUMBERS = ("precision", "recall", "F1", "AP50", "AP")


@dataclass(frozen=True, slots=True)
class Interval:
    """value: as measured. low, high: the middle 95 % of the resampled values. items: how many were drawn from."""

    value: float
    low: float
    high: float
    items: int
    resamples: int


def bootstrap(evaluation: "Evaluation", number: str, iou: float, score: float, resamples: int, seed: int) -> Interval:
    """The percentile interval over items drawn with replacement, reproducible by its seed.

    number: precision, recall or F1 at these thresholds, AP50, or AP. B. Efron and R. J. Tibshirani, An Introduction to
    the Bootstrap (1993), section 13.3. The evaluation must be of one run and step.
    """
    if number not in NUMBERS:
        raise MediaStoreValueError(f"number must be one of {', '.join(NUMBERS)}, got {number!r}; choose one of them")
    if evaluation.comparison.groups != 1:
        raise MediaStoreValueError(
            f"an interval must be asked of one run and step, got {evaluation.comparison.groups}; use at(run=, step=)"
        )
    measure = _average(evaluation, number) if number.startswith("AP") else _ratio(evaluation, number, iou, score)
    items, random = len(evaluation.items), np.random.default_rng(seed)
    draws = (np.bincount(random.integers(0, items, items), minlength=items) for _ in range(resamples))
    found = np.array([measure(times) for times in draws])
    low, high = np.nanpercentile(found, [2.5, 97.5]) if np.isfinite(found).any() else (np.nan, np.nan)
    return Interval(measure(np.ones(items, np.int64)), float(low), float(high), items, resamples)


def _ratio(evaluation: "Evaluation", number: str, iou: float, score: float) -> Callable[[Ints], float]:
    told = hardest.measured(evaluation, iou, score)
    right, wrong, lost = (told[name].to_numpy() for name in ("TP", "FP", "FN"))
    over = {"precision": right + wrong, "recall": right + lost, "F1": (2 * right + wrong + lost) / 2}[number]

    def measure(times: Ints) -> float:
        whole = float(over @ times)
        return float(right @ times) / whole if whole else float("nan")

    return measure


def _average(evaluation: "Evaluation", number: str) -> Callable[[Ints], float]:
    predictions, truths = evaluation.comparison.predictions, evaluation.comparison.truths
    ranking = Ranking.of(predictions.label, len(evaluation.labels), evaluation.rank() < evaluation.max_detections)
    asked = ~evaluation.ignored()
    matchings = [evaluation.match(float(iou)) for iou in (IOUS if number == "AP" else IOUS[:1])]
    outcomes = [(found.truth != NONE, evaluation.counting(found)) for found in matchings]

    def measure(times: Ints) -> float:
        often = times[predictions.item[ranking.rows]]
        drawn = Ranking(np.repeat(ranking.rows, often), np.repeat(ranking.segment, often), ranking.segments)
        weights = times[truths.item[asked]]
        wanted = np.bincount(truths.label[asked], weights=weights, minlength=ranking.segments).astype(np.int64)
        found = [average_precision(drawn, is_right, counts, wanted) for is_right, counts in outcomes]
        return float(mean_where_any(np.array(found)))

    return measure
