"""What is written while one looks: a switch, and a chip that counts what came.

The browser asks, and only while the page is on screen: nobody reads the store for a tab that is not looked at.
"""

import time
from dataclasses import dataclass

import streamlit as st

from mediastore.reader.store import Store
from mediastore.view import components, frame, steps

EVERY_S = 2
LINGER_S = 20
SWITCH = "live"
_LINGERS_UNTIL, _SEEN = "lingers_until", "live_seen"

_mount = components.component("live", "live.js", style="live.css")


@dataclass(frozen=True)
class _Seen:
    """How many items there were when a page was shown first, with its runs."""

    place: tuple[str, tuple[str, ...]]
    items: int


def switch(store: Store) -> None:
    """While a run in view is being written: whether the page follows by itself."""
    if running(store):
        st.session_state[_LINGERS_UNTIL] = time.monotonic() + LINGER_S
        st.toggle("Live", value=True, key=SWITCH, help="Show new steps as they are written")


def follow(store: Store, page: str) -> None:
    """Look for what is new while a run in view is being written, or the store is still empty.

    The page is drawn anew with it; where the switch is off, a chip says how much waits.
    """
    if running(store) or _lingers() or not frame.known_runs(store).refs:
        items = _items(store)
        place = page, tuple(frame.selected_runs(store))
        seen = st.session_state.get(_SEEN)
        if seen is None or seen.place != place or _is_paused(store):
            st.session_state[_SEEN] = _Seen(place, items)
        _watch((store.version, running(store), _lingers()), _is_paused(store))


def running(store: Store) -> list[str]:
    """The runs in view that are being written now."""
    now = frame.known_runs(store).running
    return [ref for ref in frame.selected_runs(store) if ref in now] if now else []


def pulse(key: str, every_s: float = EVERY_S) -> bool:
    """Run the fragment that this stands in again and again, while it is on screen; whether this is such a run."""
    found = _mount(key=key, data={"every_ms": round(every_s * 1000)}, on_ticked_change=components.ignore)
    return bool(found.ticked)


@st.fragment
def _watch(drawn: tuple[str, list[str], bool], is_paused: bool) -> None:
    store = frame.read_store()
    if not is_paused and (store.version, running(store), _lingers()) != drawn:
        st.rerun()
    seen = st.session_state.get(_SEEN)
    new = _items(store) - seen.items if seen else 0
    noun = "item" if new == 1 else "items"
    said, title = f"{new:,} new {noun}", "Since this page was shown. Go to the newest step."
    if is_paused:
        said, title = f"{new:,} {noun} {'waits' if new == 1 else 'wait'}", "Live is off. Show what was written since."
    data = {"every_ms": EVERY_S * 1000, "said": said if new > 0 else "", "title": title}
    found = _mount(key="live-watch", data=data, on_ticked_change=components.ignore, on_asked_change=_show_all)
    if found.asked:
        st.rerun()


def _show_all() -> None:
    st.session_state.pop(_SEEN, None)
    if steps.NEWEST in st.session_state:
        st.session_state[steps.GO_ON] = st.session_state[steps.NEWEST]


def _items(store: Store) -> int:
    refs = frame.selected_runs(store)
    return store.count(run=refs) if refs else 0


def _is_paused(store: Store) -> bool:
    return bool(running(store)) and not st.session_state.get(SWITCH, True)


def _lingers() -> bool:
    """Whether a run in view has just ended: another may follow at once, as in a sweep."""
    return time.monotonic() < st.session_state.get(_LINGERS_UNTIL, 0.0)
