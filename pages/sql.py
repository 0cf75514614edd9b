"""What does the store answer to a question of one's own?"""

import streamlit as st

from mediastore.view import asking, frame

frame.page("SQL", "Ask anything about runs, metrics, items and annotations; the link carries the question.")
store = frame.open_store()
query = asking.editor(store)
found = asking.ask(store, query)
if found is None:
    st.stop()

asking.show(store, query, found)
