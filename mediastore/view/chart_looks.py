"""How curves are drawn: what the x axis shows, smoothing, the y axis; chosen once for all pages, kept in the link."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

X, SMOOTH, LOG = "x", "smooth", "logy"
STEP, ELAPSED = "step", "elapsed"


@dataclass(frozen=True)
class Looks:
    """x: "step", "elapsed" or a metric. smooth: weight of the values before, 0 (none) to 0.99. log: the y axis."""

    x: str = STEP
    smooth: float = 0.0
    log: bool = False


def choose(names: Sequence[str]) -> None:
    """Draw the controls; `from_url` then tells what was chosen."""
    with st.popover("Axes and smoothing", icon=":material/tune:"):
        options = [STEP, ELAPSED, *(name for name in names if name not in (STEP, ELAPSED))]
        if st.session_state.get(X) not in (None, *options):
            del st.session_state[X]
        st.selectbox(
            "X axis", options, key=X, bind="query-params", help="elapsed: seconds since the run began; else a metric"
        )
        st.slider(
            "Smoothing",
            0.0,
            0.99,
            0.0,
            0.01,
            key=SMOOTH,
            bind="query-params",
            help="An exponential moving average with this weight on what came before; the raw line stays behind it.",
        )
        st.toggle(
            "Logarithmic y axis", key=LOG, bind="query-params", help="Values of zero and below cannot be drawn on it."
        )


def from_url() -> Looks:
    """What was chosen, by the controls or by the link."""
    params = st.query_params
    x = st.session_state.get(X) or params.get(X) or STEP
    smooth = st.session_state.get(SMOOTH)
    if smooth is None:
        smooth = _number(params.get(SMOOTH, "0"))
    log = st.session_state.get(LOG)
    return Looks(str(x), min(0.99, max(0.0, smooth)), params.get(LOG) == "true" if log is None else bool(log))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
