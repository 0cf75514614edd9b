"""What do I want to show to somebody else, and in which order?"""

import streamlit as st

from mediastore import pins
from mediastore.view import deck, frame, slides

store = frame.open_store()
pinned = pins.saved(store.root)
number = slides.number_in_link(len(pinned))
if number:
    slides.show(store, pinned, number)
    st.stop()

frame.page("Present", "Views and items that were pinned, as slides: what somebody sees who has ten minutes.")
if not pinned:
    deck.removed()
    frame.nothing_found(
        "Nothing is pinned yet.", "Open any page and press “Pin this view” at the side, or tick items in the Gallery."
    )
    st.stop()

deck.show(pinned)
