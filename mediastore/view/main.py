"""The script that Streamlit runs: the frame, then the page."""

import streamlit as st

from mediastore.errors import MediaStoreError
from mediastore.view import controls, frame, links, notices, theme, welcome

st.set_page_config(page_title="mediastore", page_icon=theme.ICON, layout="wide")
theme.apply()

navigation = st.navigation(
    [
        st.Page(links.page("runs"), title="Runs", icon=":material/table_rows:", default=True),
        st.Page(links.page("gallery"), title="Gallery", icon=":material/grid_view:"),
        st.Page(links.page("item"), title="Item", icon=":material/image:"),
        st.Page(links.page("audio"), title="Audio", icon=":material/graphic_eq:"),
        st.Page(links.page("video"), title="Video", icon=":material/movie:"),
        st.Page(links.page("curves"), title="Curves", icon=":material/show_chart:"),
    ]
)

try:
    store = frame.open_store()
except MediaStoreError as error:
    notices.cannot_open(error)
    st.stop()

frame.keep_selection()
is_empty = frame.runs(store).empty
with st.sidebar:
    if not is_empty:
        controls.run_picker(store)
    frame.live_marker(store)

page, foot = st.container(), st.container()
with foot:
    notices.unreadable(store)
with page:
    if is_empty:
        welcome.show(str(store.root))
    else:
        navigation.run()
