"""What is heard at this step, and where in time did the model find what?"""

import streamlit as st

from mediastore.view import choice, frame, player, selection, steps

KINDS = ("audio",)

frame.page("Audio", "Listen to what was logged at one step; click a span to hear it.")
store = frame.open_store()
runs = frame.selected_runs(store)
key = steps.choose_key(store, runs, KINDS)
if key is None:
    frame.nothing_found("The runs in view hold no audio yet.", "Log some with mediastore.Audio, or choose other runs.")
    st.stop()

step = steps.choose_step(store.steps(run=runs, key=key, kind=KINDS))
body = st.container()
found = selection.select(store, runs, key, step, choice.from_url(), KINDS)
with body:
    player.sounds(found, root=store.root, colors=frame.label_colors(store), key=f"audio-{key}")
