"""What is seen in this film, frame by frame?"""

import streamlit as st

from mediastore.view import choice, films, frame, selection, steps

KINDS = ("video",)

frame.page("Video", "Watch what was logged at one step, with what the model found in each frame.")
store = frame.open_store()
runs = frame.selected_runs(store)
place = steps.choose(store, runs, KINDS)
if place is None:
    frame.nothing_found("The runs in view hold no video yet.", "Log some with mediastore.Video, or choose other runs.")
    st.stop()

found = selection.select(store, runs, place, choice.Choice(), KINDS)
films.show(found, colors=frame.label_colors(store), choice=choice.from_url())
