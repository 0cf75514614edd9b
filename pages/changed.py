"""What does this checkpoint get right that the other got wrong, and the other way round?"""

import streamlit as st

from mediastore.view import changed, frame, judged, links
from mediastore.view.steps import plain

store = frame.open_store()

frame.page("What changed", "What does one checkpoint find that the other did not? Press any number to see its objects.")
named = judged.layers()
found = judged.comparable(store, named)
if found.empty:
    judged.nothing_to_judge(named)
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    key = judged.choose_key(found)
    bounds = judged.choose_bounds()
before, after = changed.choose(store, key, found.loc[found["key"] == key, "ref"].tolist())
changes = changed.compared(store, key, before, after, named, bounds)
if not changes.paired:
    frame.nothing_found(
        "No item of one side is on the other.", "Log the same pictures with the same sample=… at every checkpoint."
    )
    st.stop()

st.markdown(plain(changes.in_words()))
links.to_compare(key, [f"{run}@{step}" for run, step in (before, after)], bounds.score)
changed.overview(changes)
changed.behind(store, changes, bounds)
