"""The pins of a store as a list to put in order, reword, take out, and show."""

import contextlib
from collections.abc import Sequence

import streamlit as st

from mediastore import pins
from mediastore.errors import MediaStoreError
from mediastore.pins import Pin
from mediastore.view import access, components, frame, links, pinning, slides
from mediastore.view.steps import plain

_REMOVED, _DRAGGED = "pin_removed", "deck-dragged"

_mount = components.component("deck", "deck.js", style=())


def show(pinned: Sequence[Pin]) -> None:
    """Each pin with its headline, its note and where it comes from; a click on its number begins to show there."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="deck-bar"):
        st.button(
            "Show", type="primary", icon=":material/slideshow:", on_click=slides.go, args=(pinned, 1), key="show-deck"
        )
        slides_said = "slide" if len(pinned) == 1 else "slides"
        ordered = "drag them into order · " if access.can_change() and len(pinned) > 1 else ""
        keys = "arrow keys turn them, f fills the screen, Escape ends"
        st.caption(f"{len(pinned):,} {slides_said} · {ordered}{keys}", width="content")
    removed()
    with st.container(key="deck", gap="small"):
        for place, pin in enumerate(pinned):
            _row(pinned, place, pin)
    if access.can_change() and len(pinned) > 1:
        _mount(key=_DRAGGED, data={"count": len(pinned)}, on_moved_change=lambda: _move(pinned))


def _move(pinned: Sequence[Pin]) -> None:
    moved = st.session_state[_DRAGGED].moved
    if moved and 0 <= moved["from"] < len(pinned):
        pins.move(frame.store_in_view().root, pinned[moved["from"]].name, moved["to"] - moved["from"])


def _row(pinned: Sequence[Pin], place: int, pin: Pin) -> None:
    root = frame.store_in_view().root
    last = len(pinned) - 1
    row = st.container(horizontal=True, vertical_alignment="center", gap="small", border=True, key=f"pin-{place}")
    with row:
        st.button(
            f"{place + 1}",
            type="tertiary",
            help="Show from here",
            on_click=slides.go,
            args=(pinned, place + 1),
            key=f"show-{place}",
        )
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(pin.name)}**")
            for line in pin.note.splitlines()[:2]:
                st.caption(plain(line))
            st.caption(f"{links.icon_of(pin.page)} {plain(_origin(pin))}")
        if not access.can_change():
            return
        for name, icon, by, is_off in (
            ("Earlier", ":material/arrow_upward:", -1, place == 0),
            ("Later", ":material/arrow_downward:", 1, place == last),
        ):
            _act(name, icon, f"{name}-{place}", lambda by=by: pins.move(root, pin.name, by), is_off)
        if st.button("", icon=":material/edit:", type="tertiary", help="Headline and note", key=f"reword-{place}"):
            pinning.reword(pin)
        _act("Take out", ":material/close:", f"remove-{place}", lambda: _remove(pin))


def _act(name: str, icon: str, key: str, act: object, disabled: bool = False) -> None:
    st.button("", icon=icon, type="tertiary", help=name, key=key, on_click=act, disabled=disabled)


def _origin(pin: Pin) -> str:
    said = [links.title_of(pin.page)]
    if pin.items:
        said.append(f"{len(pin.items):,} {'item' if len(pin.items) == 1 else 'items'}")
    for word, names in (("", ("key_at", "key", "metric")), ("step ", ("step_at", "step", "at"))):
        values = next((pin.params[name] for name in names if pin.params.get(name)), [])
        said += [word + ", ".join(values)] if values else []
    return " · ".join(said)


def _remove(pin: Pin) -> None:
    with contextlib.suppress(MediaStoreError):
        pins.forget(frame.store_in_view().root, pin.name)
        st.session_state[_REMOVED] = pin


def removed() -> None:
    """The pin that was just taken out, with the way back."""
    pin = st.session_state.get(_REMOVED)
    if pin is None:
        return

    def undo() -> None:
        pins.restore(frame.store_in_view().root, st.session_state.pop(_REMOVED))

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pin-removed"):
        st.text(f"“{pin.name}” was taken out.", width="content")
        st.button("Undo", type="tertiary", icon=":material/undo:", on_click=undo)
