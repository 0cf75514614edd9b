"""What does one checkpoint get right that another got wrong?"""

import streamlit as st

from mediastore.view import changes, choice, compare, differences, frame, links, places

frame.page("Compare", "The same sample in two to four places: what came, what went, what moved.")
store = frame.open_store()
found = places.choose(store, frame.selected_runs(store))
if found is None:
    frame.nothing_found("The runs in view hold no pictures yet.", "Log some with run.log, or choose other runs.")
    st.stop()

key, columns = found
if len(columns) < 2:
    frame.nothing_found("Two places are needed to compare.", "Choose two to four of the runs and steps above.")
    st.stop()

least = (choice.from_url().score or (0.0, 1.0))[0]
changed = changes.between(store, key, columns, least)
records = compare.samples(store, key, columns)
if not records:
    frame.nothing_found("No picture here has a sample.", "Name it when you log: Image(array, sample='img-17')")
    st.stop()

sample = places.choose_sample(list(records), compare.captions(records), changed[-1].items if changed else None)
compare.said(records, changed)
if changed:
    links.to_changed(key, columns[0].text, columns[-1].text, least)
compare.show(store, columns, records[sample], changed, key=f"compare-{key}")
differences.show(store, columns)
