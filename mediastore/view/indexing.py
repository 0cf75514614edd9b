"""How far the index is, while a process makes it beside the app. Pages stay as quick as they are."""

import streamlit as st

from mediastore.reader.store import Store
from mediastore.view import frame, live


def progress(store: Store) -> None:
    """A bar while there is something to index, and what waits for it; the page is drawn anew when it has ended."""
    if store.indexing is not None:
        _bar()


@st.fragment
def _bar() -> None:
    found = frame.read_store().indexing
    if found is None:
        st.rerun()
    live.pulse("indexing-pulse")
    share, waiting = found
    waits = f" · the media of {waiting:,} {'run' if waiting == 1 else 'runs'} come after it" if waiting else ""
    st.space("small")
    st.progress(share, f"Indexing, {share:.0%} done{waits}")
