"""What is seen in this film, frame by frame?"""

import streamlit as st

from mediastore.view import choice, films, frame, selection, steps

KINDS = ("video",)

frame.page("Video", "Watch what was logged at one step, with what the model found in each frame.")
store = frame.open_store()
runs = frame.selected_runs(store)
key = steps.choose_key(store, runs, KINDS)
if key is None:
    frame.nothing_found("The runs in view hold no video yet.", "Log some with mediastore.Video, or choose other runs.")
    st.stop()

step = steps.choose_step(store.steps(run=runs, key=key, kind=KINDS))
found = selection.select(store, runs, key, step, choice.Choice(), KINDS)
films.show(found, colors=frame.label_colors(store), choice=choice.from_url())
