"""What is heard at this step, and where in time did the model find what?"""

import streamlit as st

from mediastore.view import choice, frame, player, selection, steps, takes

KINDS = ("audio",)

frame.page("Audio", "Listen to what was logged at one step; click a span to hear it.")
store = frame.open_store()
runs = frame.selected_runs(store)
if take := takes.named_by_link(store, runs):
    takes.show(store, take, runs, colors=frame.label_colors(store))
    st.stop()

place = steps.choose(store, runs, KINDS)
if place is None:
    frame.nothing_found("The runs in view hold no audio yet.", "Log some with mediastore.Audio, or choose other runs.")
    st.stop()

body = st.container()
found = selection.select(store, runs, place, choice.from_url(), KINDS)
with body:
    others = takes.others(store, runs, place.key)
    colors, key = frame.label_colors(store), f"audio-{place.key}"
    if picked := player.sounds(found, root=store.root, colors=colors, key=key, takes=others):
        takes.take_up(picked)
