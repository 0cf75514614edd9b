"""What is asked of an evaluation, and the items and overlaps that answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mediastore.analysis.objects import Comparison
from mediastore.reader.filters import Filters

PREDICTIONS = "predictions"
TRUTH = "ground_truth"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be evaluated: the arguments of `evaluate`."""

    key: str
    run: Any = None
    step: Any = None
    layers: tuple[str, str] = (PREDICTIONS, TRUTH)
    geometry: str | None = None
    max_detections: int | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison of a key in one geometry, all its items, and the numbers of those that are wanted."""

    geometry: str
    comparison: Comparison
    items: pd.DataFrame
    rows: np.ndarray

    @property
    def wanted(self) -> pd.DataFrame:
        """The items that are wanted."""
        return self.items.iloc[self.rows]


def rows_of_step(items: pd.DataFrame, step: Any) -> np.ndarray:
    """Which items stand at a step, in a range of them, at the "latest" of each run, or at any (None)."""
    Filters(step=step)
    if step is None:
        return np.ones(len(items), dtype=bool)
    if step == "latest":
        return (items["step"] == items.groupby(["project", "run"])["step"].transform("max")).to_numpy()
    low, high = step if isinstance(step, tuple) else (step, step)
    lowest, highest = -1 if low is None else low, np.iinfo(np.int64).max if high is None else high
    return items["step"].between(lowest, highest).to_numpy()
