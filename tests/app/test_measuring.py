"""The correlation finder ranks what pictures measure, and says of how many."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.view import measuring

Open = Callable[..., AppTest]


def test_brightness_is_ranked_beside_the_other_numbers(app: Open, root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        for step in range(5):
            pixels = np.full((8, 8, 3), 40 * step, np.uint8)
            run.log({"loss": 1.0 / (step + 1), "view": [mediastore.Image(pixels), mediastore.Image(pixels)]}, step=step)
    measuring._measured.clear()
    test = app("curves", metric="loss", media="view", along="true")
    assert not test.exception
    measuring._measured(str(root.resolve())).wait()
    test.run()
    assert not test.exception
    said = " ".join(str(one.value) for one in test.caption)
    assert "(variance of the Laplacian, at most 320 px) of 10 of 10 items." in said
    table = next(one.value for one in test.dataframe if "pearson" in one.value)
    row = table[table["number"] == "mean brightness, 0 to 1"].iloc[0]
    assert (row["n"], round(row["spearman"], 6)) == (5, -1)
