"""Which key and which step of the selected runs is looked at; both stand in the link."""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from mediastore.draw.curves import nearest_step
from mediastore.reader.store import Store

KEY = "key"
STEP = "step"
NEWEST = "newest_step"
GO_ON = "step_to_go_on_with"
"""A step that was decided on after the slider had been drawn: the next run of the script takes it."""
RULES = EXACT, NEAREST, LATEST_BEFORE = ("exact", "nearest", "latest before")
KIND_ORDER = ("image", "video", "audio")


def latest_before(steps: Sequence[int], wanted: int) -> int | None:
    """The step itself where it exists, else the latest before it, else None; `steps` ascend."""
    place = bisect_right(steps, wanted)
    return steps[place - 1] if place else None


def by_rule(steps: Sequence[int], wanted: int, rule: str) -> int | None:
    """The step that stands for `wanted` by one of RULES, or None; `steps` ascend."""
    if rule == EXACT:
        return wanted if wanted in steps else None
    return nearest_step(steps, wanted) if rule == NEAREST else latest_before(steps, wanted)


def said_step(shown: int | None, wanted: int, rule: str = LATEST_BEFORE, name: str = "") -> str:
    """Which step of a run is shown when `wanted` was asked for, in words. name: what that step is called."""
    if shown is None:
        return f"nothing at step {wanted:,}" + (" or before" if rule == LATEST_BEFORE else "")
    said = name or f"step {shown:,}"
    if shown == wanted:
        return said
    return f"{said}, the {'latest before' if rule == LATEST_BEFORE else 'nearest to'} {wanted:,}"


@dataclass(frozen=True)
class Place:
    """One key at one step."""

    key: str
    step: int


def choose(store: Store, runs: Sequence[str], kinds: Collection[str] | None = None) -> Place | None:
    """The key and the step to look at, among those of the runs in view that hold items of these kinds.

    A step that does not exist snaps to the latest before it. None when there is nothing to look at.
    """
    keys = store.keys(run=list(runs)) if runs else None
    names = [] if keys is None else _in_order(keys[keys["kind"].isin(kinds)] if kinds else keys)
    if not names:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        key = choose_key(names)
        filters = {"run": list(runs), "key": key} | ({"kind": list(kinds)} if kinds else {})
        return Place(key, _choose_step(store.steps(**filters)))


def _in_order(keys: pd.DataFrame) -> list[str]:
    rank = {kind: place for place, kind in enumerate(KIND_ORDER)}
    ranked = keys.assign(rank=keys["kind"].map(lambda kind: rank.get(kind, len(rank))))
    return list(dict.fromkeys(ranked.sort_values(["rank", "key"])["key"]))


def choose_key(names: Sequence[str]) -> str:
    """The key in hand, kept in the link."""
    if len(names) < 2:
        return names[0]
    if st.session_state.get(KEY) not in (None, *names):
        del st.session_state[KEY]
    return st.selectbox("Key", names, key=KEY, bind="query-params", width=260)


def _choose_step(steps: Sequence[int]) -> int:
    if len(steps) < 2:
        with st.container(key="only-step", width="content"):
            st.caption(f"Step {steps[0]:,}, the only one", width="content")
        return steps[0]
    _snap(steps)
    step = st.select_slider("Step", steps, value=steps[-1], key=STEP, bind="query-params")
    place, last = steps.index(step), len(steps) - 1
    with st.container(horizontal=True, width="content", gap="small"):
        _step_button("Previous", ":material/chevron_left:", "left", steps[max(0, place - 1)], place == 0)
        _step_button("Next", ":material/chevron_right:", "right", steps[min(last, place + 1)], place == last)
    return step


def _snap(steps: Sequence[int]) -> None:
    """Keep the step among those that exist; who looks at the newest goes on to a newer one."""
    if GO_ON in st.session_state:
        st.session_state[STEP] = st.session_state.pop(GO_ON)
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

    key = side.capitalize()
    st.button(
        name,
        icon=icon,
        icon_position=side,
        help=f"Step {step}",
        shortcut=key,
        on_click=go,
        disabled=disabled,
        type="tertiary",
    )


def plain(text: str) -> str:
    """Strangers' text for a place that reads markdown: a title, a warning, a caption.

    An invisible word joiner keeps addresses from becoming links, which markdown makes of them even when escaped.
    """
    apart = _ADDRESS.sub(lambda found: f"{found[0][:-1]}\u2060{found[0][-1]}", str(text))
    return "".join(f"\\{character}" if character in "\\`*_{}[]()#+-!|~$:<>&" else character for character in apart)


_ADDRESS = re.compile(r":/|www\.|.@", re.IGNORECASE)
