"""Pins one after the other over the whole window: the headline, the note, and what was pinned, still to be filtered.

A slide is its pin's link with the number of the slide: the parts of other pages read it as they do at home.
"""

from collections.abc import Sequence

import streamlit as st

from mediastore.pins import Pin
from mediastore.reader.store import Store
from mediastore.shown import STORE_PARAM
from mediastore.view import components, frame, links, slide

SLIDE = "slide"
_SHOWN, _RUNS_BEFORE = "slide_shown", "runs_before_slides"
_KEEP = (STORE_PARAM, SLIDE, frame.RUN_PARAM)

_bar = components.component("slides", "slides.js", style="slides.css")


def number_in_link(count: int) -> int:
    """The slide that the link names, 1 for the first; 0 for none. One beyond the last is the last."""
    asked = st.query_params.get(SLIDE, "")
    return min(int(asked), count) if asked.isdecimal() and len(asked) < 6 else 0


def go(pinned: Sequence[Pin], number: int) -> None:
    """Put a slide with its own filters and runs into the link; 0 ends the show and gives the runs back."""
    if number and _RUNS_BEFORE not in st.session_state:
        st.session_state[_RUNS_BEFORE] = st.query_params.get_all(frame.RUN_PARAM)
    for name in [name for name in st.query_params if name != STORE_PARAM]:
        del st.query_params[name]
    st.session_state[_SHOWN] = number
    if not number:
        frame.select_runs(st.session_state.pop(_RUNS_BEFORE, []))
        return
    st.query_params[SLIDE] = str(number)
    params = pinned[number - 1].params
    frame.select_runs(list(params.get(frame.RUN_PARAM, [])))
    for name, values in params.items():
        if name not in _KEEP:
            st.query_params[name] = list(values)


def leave_unless(page: str) -> None:
    """On any other page, give back the runs that were in view before the show."""
    if page != links.PRESENT and _RUNS_BEFORE in st.session_state:
        frame.select_runs(st.session_state.pop(_RUNS_BEFORE))


def show(store: Store, pinned: Sequence[Pin], number: int) -> None:
    """Draw a slide: nothing of the app around it, and a bar to turn it that fades when nobody moves."""
    pin = pinned[number - 1]
    if st.session_state.get(_SHOWN) != number and not set(st.query_params) - set(_KEEP):
        go(pinned, number)
        st.rerun()
    st.session_state[_SHOWN] = number
    st.html(f"<style>{components.joined('slides_page.css')}</style>")
    data = {"number": number, "count": len(pinned), "headline": pin.name, "note": pin.note}

    def turn() -> None:
        asked = st.session_state["slides"].turned
        if asked is not None:
            go(pinned, max(0, min(int(asked), len(pinned))))

    _bar(key="slides", data=data, on_turned_change=turn)
    slide.show(store, pin)
