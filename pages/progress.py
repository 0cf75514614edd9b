"""Since when does it find what, and which mistakes went away?"""

import streamlit as st

from mediastore.view import frame, judged, progress

store = frame.open_store()

frame.page("Progress", "Since when does the model find what, and which mistakes went away? Click a point to see them.")
named = judged.layers()
found = judged.comparable(store, named)
if found.empty:
    judged.nothing_to_judge(named)
    st.stop()

with st.container(horizontal=True, vertical_alignment="top"):
    key = judged.choose_key(found)
    measure = progress.choose_measure()
    bounds = judged.choose_bounds()

refs = found.loc[found["key"] == key, "ref"].tolist()
progress.opened(key, refs)
progress.show(store, judged.evaluation(store, key, refs, named), bounds, measure)
