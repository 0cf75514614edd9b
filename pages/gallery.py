"""What did the model see and say at this step?"""

import streamlit as st

from mediastore.view import choice, frame, gallery, selection, step_tools, steps

frame.page("Gallery", "What the model saw and said, at one step of the selected runs.")
store = frame.open_store()
runs = frame.selected_runs(store)
place = steps.choose(store, runs)
if place is None:
    frame.nothing_found("The runs in view hold no media yet.", "Log some with run.log, or choose other runs.")
    st.stop()

ways = step_tools.ask(store, runs, place)
found = selection.select(
    store,
    runs,
    place,
    choice.from_url(),
    keys=ways.keys,
    rule=ways.rule,
    sort=st.query_params.get(selection.SORT, ""),
    is_endless=True,
)
gallery.show(found.groups, colors=frame.label_colors(store), key=f"gallery-{place.key}", selection=found)
