"""Which key and which step of the selected runs is looked at; both stand in the link."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from typing import Literal

import streamlit as st

from mediastore.reader.store import Store

KEY = "key"
STEP = "step"
NEWEST = "newest_step"
KEYS_IN_LINE = 6
KIND_ORDER = ("image", "video", "audio")


def latest_before(steps: Sequence[int], wanted: int) -> int | None:
    """The step itself where it exists, else the latest before it, else None; `steps` ascend."""
    place = bisect_right(steps, wanted)
    return steps[place - 1] if place else None


def said_step(shown: int | None, wanted: int) -> str:
    """Which step of a run is shown when `wanted` was asked for, in words."""
    if shown is None:
        return f"nothing at step {wanted} or before"
    return f"step {shown}" if shown == wanted else f"step {shown}, the latest before {wanted}"


def choose_key(store: Store, runs: Sequence[str], kinds: Collection[str] | None = None) -> str | None:
    """The key to look at, among those that hold items of these kinds; None when there is none."""
    keys = store.keys(run=list(runs)) if runs else None
    if keys is None or keys.empty:
        return None
    keys = keys[keys["kind"].isin(kinds)] if kinds else keys
    rank = {kind: place for place, kind in enumerate(KIND_ORDER)}
    ordered = keys.sort_values("kind", key=lambda kind: kind.map(lambda one: rank.get(one, len(rank))), kind="stable")
    names = list(dict.fromkeys(ordered["key"]))
    if len(names) < 2:
        return names[0] if names else None
    if st.session_state.get(KEY) not in (None, *names):
        del st.session_state[KEY]
    if len(names) > KEYS_IN_LINE:
        return st.selectbox("Key", names, key=KEY, bind="query-params", format_func=plain)
    return st.segmented_control(
        "Key", names, default=names[0], required=True, key=KEY, bind="query-params", format_func=plain
    )


def choose_step(steps: Sequence[int]) -> int:
    """The step to look at, among those that exist; a step that does not exist snaps to the latest before it."""
    if len(steps) < 2:
        st.caption(f"Step {steps[0]}, the only one")
        return steps[0]
    _snap(steps)
    with st.container(horizontal=True, vertical_alignment="bottom", key="step-row"):
        step = st.select_slider("Step", steps, value=steps[-1], key=STEP, bind="query-params")
        place, last = steps.index(step), len(steps) - 1
        _step_button("Previous", ":material/chevron_left:", "left", steps[max(0, place - 1)], place == 0)
        _step_button("Next", ":material/chevron_right:", "right", steps[min(last, place + 1)], place == last)
    return step


def _snap(steps: Sequence[int]) -> None:
    """Keep the step among those that exist; who looks at the newest goes on to a newer one."""
    followed, st.session_state[NEWEST] = st.session_state.get(NEWEST), steps[-1]
    asked = st.session_state.get(STEP, st.query_params.get(STEP))
    try:
        wanted = int(asked) if asked is not None else steps[-1]
    except (TypeError, ValueError):
        return
    if wanted == followed:
        wanted = steps[-1]
    if wanted != asked and asked is not None:
        st.session_state[STEP] = wanted
    if wanted not in steps:
        before = latest_before(steps, wanted)
        st.session_state[STEP] = steps[0] if before is None else before


def _step_button(name: str, icon: str, side: Literal["left", "right"], step: int, disabled: bool) -> None:
    def go() -> None:
        st.session_state[STEP] = step

    st.button(name, icon=icon, icon_position=side, help=f"Step {step}", on_click=go, disabled=disabled, type="tertiary")


def plain(text: str) -> str:
    """Strangers' text for a widget's label, which reads markdown."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]()#+-!|~$:<>&" else character for character in str(text))
