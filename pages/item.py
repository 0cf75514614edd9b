"""What is on this one picture, sound or film, and how did it change over the steps?"""

import streamlit as st

from mediastore.view import access, against, detail, epochs, facts, frame, history, own_renderer, show_item

store = frame.open_store()
record = detail.named_by_link(store, frame.selected_runs(store))
if record is None:
    frame.page("Item", "One item, large.")
    frame.nothing_found("There is no such item in this store.", "Open one from the Gallery; it may have been deleted.")
    st.stop()

ref = detail.ref_of(record)
run_name = frame.run_names(store).get(ref, ref)
colors = frame.label_colors(store)
step = epochs.said(epochs.of(store, [ref]), ref, record["step"])
frame.page(*detail.heading(record, run_name, step))
detail.long_caption(record)
detail.walk(store, record, step)
unlisted = show_item.show(store, record, colors)
own_renderer.show(store, record)
history.show(store, record, colors)
against.show(store, record)
left, right = st.columns([3, 7], gap="large")
with left:
    facts.show(record, run_name)
    facts.actions(store, record)
with right:
    if unlisted:
        facts.table(unlisted)
    with st.expander("Sidecar"):
        st.json(access.record_as_shown(record))
