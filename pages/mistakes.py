"""Which predictions are wrong, in which way, and what was missed?"""

import streamlit as st

from mediastore.view import epochs, frame, judged, mistakes

store = frame.open_store()

frame.page(
    "Mistakes", "Which predictions are wrong, in which way, and what was missed? Press any number to see its objects."
)
named = judged.layers()
found = judged.comparable(store, named)
if found.empty:
    judged.nothing_to_judge(named)
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    key = judged.choose_key(found)
    run = judged.choose_run(store, found.loc[found["key"] == key, "ref"].tolist())
    whole = judged.evaluation(store, key, [run], named)
    steps = store.steps(run=run, key=key)
    step = judged.choose_step(steps, "step", named=epochs.named(epochs.of(store, [run]), run, steps))
    bounds = judged.choose_bounds()

at_step = whole.at(step=step)
mistakes.numbers(at_step, bounds)
mistakes.overview(at_step, bounds)
mistakes.behind(store, at_step, bounds)
