"""Asks for a headline and a note, and pins what is in view."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from mediastore import pins, shown
from mediastore.errors import MediaStoreValueError
from mediastore.pins import Pin
from mediastore.reader.store import Store
from mediastore.shown import STORE_PARAM
from mediastore.view import access, frame, links

PLACED = ("key", "step", "metric", "at", "media")
"""Parameters that a link leaves out while they stand at their beginning: a pin names them."""


def button(store: Store, page: str) -> None:
    """A button that pins the page in view, with its filters, for the Present page."""
    if page == links.PRESENT or not access.can_change():
        return
    if st.button("Pin this view", icon=":material/keep:", type="tertiary", help="Keep it as a slide of Present"):
        st.session_state["to_pin"] = page, in_view(store)
    if "to_pin" in st.session_state:
        _ask_view(*st.session_state.pop("to_pin"))


def in_view(store: Store) -> dict[str, list[str]]:
    """The parameters of the link, and those that stand at their beginning; the runs in view by name."""
    asked = {param: st.query_params.get_all(param) for param in st.query_params if param != STORE_PARAM}
    for name in PLACED:
        value = st.session_state.get(name)
        if name not in asked and value not in (None, []):
            asked[name] = [str(one) for one in (value if isinstance(value, list) else [value])]
    return asked | {frame.RUN_PARAM: frame.selected_runs(store)}


@st.dialog("Pin this view")
def _ask_view(page: str, params: Mapping[str, Sequence[str]]) -> None:
    said = params.get("key_at") or params.get("key") or params.get("metric") or []
    step = [f"step {number}" for number in (params.get("step_at") or params.get("step") or params.get("at") or [])]
    _ask(" · ".join([links.title_of(page), *said[:1], *step[:1]]), page, params, ())


@st.dialog("Pin these items")
def ask(items: Sequence[tuple[str, str, str, int, int]]) -> None:
    """Ask for the name under which the ticked items and the view around them are kept."""
    _, _, key, step, _ = items[0]
    st.caption(f"{len(items):,} {'item' if len(items) == 1 else 'items'} and the filters of this view.")
    _ask(f"{key}, step {step}", "gallery", in_view(frame.open_store()), items)


@st.dialog("Headline and note")
def reword(pin: Pin) -> None:
    """Ask for another headline and note of a pin."""
    name, note = _words(pin.name, pin.note)
    if st.button("Keep", type="primary") and _is_done(lambda: pins.reword(frame.store_in_view().root, pin, name, note)):
        st.rerun()


def _ask(
    beginning: str, page: str, params: Mapping[str, Sequence[str]], items: Sequence[tuple[str, str, str, int, int]]
) -> None:
    root = frame.store_in_view().root
    name, note = _words(beginning[: pins.NAME_CHARACTERS_MAX], "")
    is_taken = any(pin.name == name.strip() for pin in pins.saved(root))
    st.caption(
        "A pin has this headline already; it will be replaced." if is_taken else "Kept in the store, for Present."
    )
    if st.button("Pin", type="primary") and _is_done(lambda: pins.save(root, name, page, params, items, note)):
        st.toast("Pinned", icon=":material/keep:")
        st.rerun()


def _words(name: str, note: str) -> tuple[str, str]:
    return (
        st.text_input("Headline", name, max_chars=pins.NAME_CHARACTERS_MAX, key="pin_name"),
        st.text_area("Note", note, max_chars=pins.NOTE_CHARACTERS_MAX, key="pin_note", height=100),
    )


def _is_done(act: Callable[[], object]) -> bool:
    try:
        act()
    except (MediaStoreValueError, OSError) as error:
        st.text(shown.without_paths(str(error)))
        return False
    return True
