"""What is on this one picture, sound or film, and how did it change over the steps?"""

import streamlit as st

from mediastore.view import detail, frame, show_item

store = frame.open_store()
record = detail.named_by_link(store, frame.selected_runs(store))
if record is None:
    frame.page("Item", "One item, large.")
    frame.nothing_found("There is no such item in this store.", "Open one from the Gallery; it may have been deleted.")
    st.stop()

ref = f"{record['project']}/{record['run']}"
colors = frame.label_colors(store)
frame.page("Item", "One item, large, with everything that is known of it.")
left, right = st.columns([7, 3], gap="large")
with left:
    detail.walk(store, record)
    shown = show_item.show(store, record, colors)
with right:
    detail.facts(record, frame.run_names(store).get(ref, ref))
    detail.actions(record)
    if shown:
        detail.table(shown)
detail.over_steps(store, record, colors)
with st.expander("Sidecar"):
    st.json(record)
