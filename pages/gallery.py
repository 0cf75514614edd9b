"""What did the model see and say at this step?"""

import streamlit as st

from mediastore.view import choice, frame, gallery, selection, steps

frame.page("Gallery", "What the model saw and said, at one step of the selected runs.")
store = frame.open_store()
runs = frame.selected_runs(store)
place = steps.choose(store, runs)
if place is None:
    frame.nothing_found("The runs in view hold no media yet.", "Log some with run.log, or choose other runs.")
    st.stop()

body = st.container()
found = selection.select(store, runs, place, choice.from_url())
with body:
    gallery.show(found.groups, colors=frame.label_colors(store), key=f"gallery-{place.key}", selection=found)
