"""What did the model see and say at this step?"""

import streamlit as st

from mediastore.view import choice, frame, gallery, selection, steps

frame.page("Gallery", "What the model saw and said, at one step of the selected runs.")
store = frame.open_store()
runs = frame.selected_runs(store)
key = steps.choose_key(store, runs)
if key is None:
    frame.nothing_found("The runs in view hold no media yet.", "Log some with run.log, or choose other runs.")
    st.stop()

step = steps.choose_step(store.steps(run=runs, key=key))
body = st.container()
found = selection.select(store, runs, key, step, choice.from_url())
with body:
    gallery.show(found.groups, colors=frame.label_colors(store), key=f"gallery-{key}", selection=found)
