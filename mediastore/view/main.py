"""The script that Streamlit runs: the frame, then the page."""

import streamlit as st

from mediastore.errors import MediaStoreError
from mediastore.view import (
    access,
    controls,
    frame,
    indexing,
    links,
    live,
    notices,
    pinning,
    shortcuts,
    slides,
    theme,
    waiting,
    welcome,
)

st.set_page_config(page_title="mediastore", page_icon=theme.ICON, layout="wide")
theme.apply()

navigation = st.navigation(
    {
        section: [
            st.Page(links.page(name), title=title, icon=icon, default=name == links.HOME) for name, title, icon in pages
        ]
        for section, pages in links.SECTIONS.items()
    },
    expanded=True,
)

access.wait_for_login()
with st.sidebar:
    frame.store_picker()
try:
    store = frame.read_store()
except MediaStoreError as error:
    notices.cannot_open(error)
    st.stop()

frame.keep_selection()
page_name = navigation.url_path or links.HOME
is_empty = not frame.known_runs(store).refs
with st.sidebar:
    if not is_empty:
        controls.run_picker(store)
        pinning.button(store, page_name)
    live.switch(store)

slides.leave_unless(navigation.url_path)
if page_name != links.SQL:
    waiting.end()
indexing.progress(store)
page, foot = st.container(), st.container()
with foot:
    notices.unreadable(store)
    live.follow(store, page_name)
    shortcuts.show(page_name)
with page:
    if is_empty:
        welcome.show(access.root_as_shown(store))
    else:
        navigation.run()
