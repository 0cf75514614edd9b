"""What stands in the tables that were logged?"""

import streamlit as st

from mediastore.view import frame, logged, steps

frame.page("Tables", "Tables as they were logged, with their media; filter, group, or join two steps or runs.")
store = frame.open_store()
place = steps.choose(store, frame.selected_runs(store), logged.KINDS)
if place is None:
    frame.nothing_found(
        "The runs in view hold no tables yet.",
        "Log one: run.log({'table': Table(columns=['picture', 'loss'], data=[[Image(array), 0.3]])})",
    )
    st.stop()

found = logged.choose(store, place)
if found is not None:
    logged.show(*found, key=f"table-{place.key}-{found[1]}")
