"""The script that Streamlit runs: the frame, then the page."""

import streamlit as st

from mediastore.view import links

st.set_page_config(page_title="mediastore", layout="wide")

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
navigation.run()
