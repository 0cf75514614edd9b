"""More ways to a step of the gallery: typed, played, by a metric's value; and what stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mediastore.draw.curves import nearest_step
from mediastore.reader.store import Store
from mediastore.view import live, steps

RULE, BESIDE = "rule", "beside"
PLAY_S = 1.0
_PLAY, _TYPED, _METRIC, _VALUE, _TICKS = "play", "typed_step", "by_metric", "metric_value", "play_ticks"


@dataclass(frozen=True)
class Ways:
    """The further keys that stand beside the first, and the rule for runs that lack the step."""

    keys: tuple[str, ...] = ()
    rule: str = steps.LATEST_BEFORE


def ask(store: Store, runs: Sequence[str], place: steps.Place) -> Ways:
    """One row: play, the other ways to a step, the rule, and the keys beside."""
    logged = store.steps(run=list(runs), key=place.key)
    keys = [key for key in dict.fromkeys(store.keys(run=list(runs))["key"]) if key != place.key]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="step_tools"):
        if len(logged) > 1:
            _play(logged, place.step)
            with st.popover("Go to a step", icon=":material/my_location:"):
                _typed(logged, place.step)
                _by_metric(store, runs, logged)
        rule = steps.LATEST_BEFORE
        if len(runs) > 1:
            rule = st.selectbox(
                "Where a run lacks the step", steps.RULES, index=2, key=RULE, bind="query-params", width=210
            )
        kept = [key for key in st.session_state.get(BESIDE, []) if key in keys]
        if st.session_state.get(BESIDE, kept) != kept:
            st.session_state[BESIDE] = kept
        beside = st.multiselect("Beside", keys, key=BESIDE, bind="query-params", width=320) if keys else []
    return Ways(tuple(beside), rule)


def _typed(logged: Sequence[int], step: int) -> None:
    def go() -> None:
        _to(nearest_step(logged, int(st.session_state[_TYPED])))

    st.session_state[_TYPED] = step
    st.number_input("Step", min_value=0, step=1, key=_TYPED, on_change=go, help="The nearest that was logged is shown.")


def _by_metric(store: Store, runs: Sequence[str], logged: Sequence[int]) -> None:
    names = store.metric_names(run=list(runs))
    if not names:
        return
    metric = st.selectbox("Where this metric", names, key=_METRIC)

    def go() -> None:
        wanted = st.session_state[_VALUE]
        if wanted is not None:
            _to(step_of_value(store, runs, metric, wanted, logged))

    st.number_input("is nearest to", value=None, format="%g", key=_VALUE, on_change=go, placeholder="value")


def step_of_value(store: Store, runs: Sequence[str], metric: str, wanted: float, logged: Sequence[int]) -> int | None:
    """The logged step nearest to where a metric of these runs comes nearest to a value; the first of several."""
    points = store.metrics(metric, run=list(runs)).dropna(subset=["value"]).sort_values("step", kind="stable")
    if points.empty:
        return None
    at = int(points["step"].to_numpy()[(points["value"] - wanted).abs().to_numpy().argmin()])
    return nearest_step(logged, at)


def _to(step: int | None) -> None:
    if step is not None:
        st.session_state[steps.STEP] = step


def _play(logged: Sequence[int], step: int) -> None:
    """A switch that goes on by one step a second, until the last."""
    is_last = step == logged[-1]

    def begin() -> None:
        if st.session_state[_PLAY] and is_last:
            _to(logged[0])

    if is_last and st.session_state.get(_TICKS, 0):
        st.session_state[_PLAY] = False
    st.session_state[_TICKS] = 0
    if st.toggle("Play", key=_PLAY, on_change=begin, help="One step a second"):
        _tick(logged, step)


@st.fragment
def _tick(logged: Sequence[int], step: int) -> None:
    st.session_state[_TICKS] += 1
    if live.pulse("play-pulse", PLAY_S):
        st.session_state[steps.GO_ON] = logged[min(logged.index(step) + 1, len(logged) - 1)]
        st.rerun()
