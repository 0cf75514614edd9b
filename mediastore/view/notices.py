"""What is wrong with a store, said quietly: what could not be read, or why it cannot be opened."""

import streamlit as st

from mediastore import shown
from mediastore.errors import MediaStoreError
from mediastore.reader.store import Store
from mediastore.view import frame


def cannot_open(error: MediaStoreError) -> None:
    """The page of a store that cannot be opened: the sentence that says why and what to do."""
    frame.page("This store cannot be opened", "The rest of the app waits until it can.")
    st.text(shown.without_paths(str(error)))


def unreadable(store: Store) -> None:
    """One line that says how many things could not be read and opens the list of them; nothing when there are none."""
    problems = store.problems()
    if problems.empty:
        return
    count = f"{len(problems):,} {'thing' if len(problems) == 1 else 'things'}"
    if st.button(f"{count} could not be read", type="tertiary", icon=":material/info:", key="unreadable"):
        _list_of_problems(store)


@st.dialog("What could not be read", width="large")
def _list_of_problems(store: Store) -> None:
    problems = store.problems()
    st.caption(f"{len(problems):,} of {len(problems):,}. Everything else is shown.")
    st.dataframe(problems.assign(problem=problems["problem"].map(shown.without_paths)), hide_index=True)
