"""How right are labels of whole items, label maps, tracks, events and words?"""

import streamlit as st

from mediastore.view import epochs, frame, judged, measures

store = frame.open_store()

frame.page("Labels and masks", "How right are labels of items, label maps, tracks, events and words?")
named = judged.layers()
found = measures.comparable(store, named)
if found.empty:
    frame.nothing_found(
        f"No run in view holds labels of items, label maps, tracks or spans in “{named.found}” and “{named.truth}”.",
        "Log both: Image(array, labels=[Label('cat', layer='ground_truth'), Label('cat', score=0.9)])",
    )
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    key = judged.choose_key(found)
    run = judged.choose_run(store, found.loc[found["key"] == key, "ref"].drop_duplicates().tolist())
    steps = store.steps(run=run, key=key)
    step = judged.choose_step(steps, "step", named=epochs.named(epochs.of(store, [run]), run, steps))

kinds = set(found.loc[(found["key"] == key) & (found["ref"] == run), "type"])
measures.show(store, kinds, measures.asked_of(key, run, named), step)
