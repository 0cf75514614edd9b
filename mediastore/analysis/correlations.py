"""Which numbers go up and down together: Pearson's and Spearman's coefficients with their n."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

N_MIN = 4
"""Fewer pairs than this are not correlated: a line through three points says nothing."""


def correlate(metrics: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """Every column of `metrics` with every column of `numbers`, of the rows where both are finite.

    Returns metric, number, n, pearson, spearman (-1..1), the strongest by Spearman first. Pairs of fewer than N_MIN
    rows, or in which one side never changes, are left out: `n_pairs` in its attrs says how many there would be.

    Sources: K. Pearson, Notes on regression and inheritance in the case of two parents (1895); C. Spearman, The proof
    and measurement of association between two things (1904), ranks of equal values being their mean.
    """
    found = []
    for metric in metrics.columns:
        for number in numbers.columns:
            both = np.column_stack([metrics[metric], numbers[number]]).astype(float)
            both = both[np.isfinite(both).all(axis=1)]
            if len(both) >= N_MIN and (np.ptp(both, axis=0) > 0).all():
                ranks = np.column_stack([ranked(side) for side in both.T])
                found.append((metric, number, len(both), pearson(*both.T), pearson(*ranks.T)))
    table = pd.DataFrame(found, columns=["metric", "number", "n", "pearson", "spearman"])
    table = table.sort_values("spearman", key=lambda values: -values.abs(), kind="stable", ignore_index=True)
    table.attrs["n_pairs"] = len(metrics.columns) * len(numbers.columns)
    return table


def pearson(x: NDArray, y: NDArray) -> float:
    """The product-moment coefficient of two columns that change, -1..1."""
    left, right = x - x.mean(), y - y.mean()
    return float(np.clip((left * right).sum() / np.sqrt((left**2).sum() * (right**2).sum()), -1, 1))


def ranked(values: Sequence[float] | NDArray) -> NDArray[np.float64]:
    """The rank of each value from 0; equal ones share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[place]
