"""Asks for a name and pins what is in view."""

from collections.abc import Sequence

import streamlit as st

from mediastore import pins
from mediastore.errors import MediaStoreValueError
from mediastore.view import frame


@st.dialog("Pin these items")
def ask(items: Sequence[tuple[str, str, str, int, int]]) -> None:
    """Ask for the name under which the ticked items and the view around them are kept."""
    _, _, key, step, _ = items[0]
    name = st.text_input("Name", f"{key}, step {step}", max_chars=pins.NAME_CHARACTERS_MAX, key="pin_name")
    st.caption(
        f"{len(items):,} {'item' if len(items) == 1 else 'items'} and the filters of this view, kept in the store."
    )
    if not st.button("Pin", type="primary"):
        return
    params = {param: st.query_params.get_all(param) for param in st.query_params}
    try:
        pins.save(frame.store_in_view().root, name, "gallery", params, items)
    except (MediaStoreValueError, OSError) as error:
        st.text(str(error))
        return
    st.toast("Pinned", icon=":material/keep:")
    st.rerun()
