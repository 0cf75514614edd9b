"""Which numbers go together."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediastore.analysis.correlations import N_MIN, correlate, pearson, ranked

COLUMNS = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=N_MIN, max_size=30).filter(
    lambda rows: all(len(set(side)) > 1 for side in zip(*rows, strict=True))
)


@given(COLUMNS)
def test_coefficients_are_those_of_numpy_and_ranks_those_of_pandas(rows: list[tuple[int, int]]) -> None:
    x, y = np.array(rows, float).T
    assert pearson(x, y) == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)
    assert (ranked(x) + 1).tolist() == pd.Series(x).rank().tolist()


def test_the_strongest_order_stands_first_and_n_counts_what_both_sides_have() -> None:
    metrics = pd.DataFrame({"loss": [5.0, 4, 3, 2, 1], "noise": [1.0, 5, 2, 4, np.nan]})
    numbers = pd.DataFrame({"score": [1.0, 10, 11, 50, 1000], "same": [2.0] * 5, "few": [1, 2, 3, np.nan, np.nan]})
    found = correlate(metrics, numbers)
    assert found[["metric", "number", "n"]].values.tolist() == [["loss", "score", 5], ["noise", "score", 4]]
    assert found.loc[0, "spearman"] == pytest.approx(-1)
    assert -1 < found.loc[0, "pearson"] < 0
    assert found.attrs["n_pairs"] == 6
