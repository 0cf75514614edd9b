"""The views that are made from evaluations: filled when a query names them, at an overlap of 0.5 and any score."""

import re
from collections.abc import Callable

import pandas as pd

from mediastore.analysis import rows
from mediastore.analysis.evaluation import IOU, SCORE, Evaluation

MAKERS: dict[str, Callable[[Evaluation], pd.DataFrame]] = {
    "matches": lambda evaluation: rows.everything(evaluation, IOU),
    "evaluations": lambda evaluation: evaluation.summary(IOU, SCORE),
    "evaluations_by_label": lambda evaluation: evaluation.by_label(IOU, SCORE),
}


def named_in(query: str) -> list[str]:
    """Which of the views a query may be about: whose name stands in it."""
    words = {word.lower() for word in re.findall(r"\w+", query)}
    return [name for name in MAKERS if name in words]
