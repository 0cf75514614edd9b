"""Where did the model say this, with what score?"""

import streamlit as st

from mediastore.view import finder, frame

frame.page("Predictions", "Find objects by label, score, size or words, over every step of the runs in view.")
store = frame.open_store()
search = finder.from_url(store)
within = finder.extent(store, search)
if not within.annotations:
    frame.nothing_found(
        "The runs in view hold no annotations yet.",
        "Log some: run.log({'view': Image(array, boxes=[Box((x0, y0, x1, y1), label='cat', score=0.9)])})",
    )
    st.stop()

finder.show(store, search, within)
