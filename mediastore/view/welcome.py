"""The page of an empty store: how to write the first run."""

import streamlit as st

from mediastore.view import frame

FIRST_RUN = """\
import mediastore
import numpy as np

with mediastore.init(project="first", config={{"size": 96}}, dir={root!r}) as run:
    for step in range(10):
        image = np.zeros((96, 96, 3), np.uint8)
        image[20:60, 8 * step : 8 * step + 24] = (240, 180, 60)
        box = mediastore.Box((8 * step, 20, 8 * step + 24, 60), label="square", score=1 - step / 20)
        run.log({{"loss": 1 / (step + 1), "view": mediastore.Image(image, boxes=[box])}}, step=step)
"""


def first_run(root: str) -> str:
    """The lines that write a first run to the store at `root`: a person copies them, a test runs them."""
    return FIRST_RUN.format(root=root)


def show(root: str) -> None:
    """Say that the store is empty and how to begin; the page looks again by itself."""
    frame.page(
        "Nothing logged yet", "Run these lines, or your own training script: what it logs appears here by itself."
    )
    st.code(first_run(root), language="python")
    st.markdown("Or watch a detector learn, with pictures, sound and video:")
    st.code(f"mediastore demo --no-app --root '{root}'", language="bash")
