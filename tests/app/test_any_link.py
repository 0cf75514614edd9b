"""Whatever stands behind the question mark of a link: no page fails, and none takes long."""

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from mediastore.view import links

PAGES = [name for pages in links.SECTIONS.values() for name, _, _ in pages]
NAMES = (
    "run key step index kind at metric metrics media run_at key_at step_at index_at label layer score sort q sql "
    "columns size x y split project of with threshold iou compare view tag status smooth axis frame time"
).split()
ODD = [
    "",
    "\0",
    "9" * 400,
    "-1",
    "1e400",
    "NaN",
    "0.5,",
    ",",
    "0.9-0.1",
    "%",
    "../..",
    "<b>",
    "'; --",
    "x" * 9_000,
    "é\u202e",
]
SOON_S = 15


def test_no_page_minds_an_odd_link(app: Callable[..., AppTest], write_run: Callable[..., str]) -> None:
    write_run()
    test = app("gallery")
    for place in PAGES:
        for odd in ODD:
            began = time.monotonic()
            test.query_params.update(dict.fromkeys(NAMES, odd))
            test.switch_page(f"../../pages/{place}.py").run()
            assert not test.exception, (place, odd[:20], test.exception[0].message, test.exception[0].stack_trace)
            assert time.monotonic() - began < SOON_S


words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
    st.sampled_from(["val/view", "cells", "train/loss", "cell", "0", "2", "4"]),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.dictionaries(st.sampled_from(NAMES), st.lists(words, min_size=1, max_size=3)), place=st.sampled_from(PAGES)
)
def test_no_page_minds_any_link(
    app: Callable[..., AppTest], write_run: Callable[..., str], asked: dict[str, list[str]], place: str
) -> None:
    if not hasattr(write_run, "is_done"):
        write_run()
        write_run.is_done = True
    test = app(place, **asked)
    assert not test.exception, test.exception[0].stack_trace
