"""Which runs are there, and how do they compare?"""

import streamlit as st

from mediastore.draw.curves import overview
from mediastore.view import chart_looks, charts, frame, links, run_edit, run_filter, run_table

METRICS = 24

store = frame.open_store()

frame.page("Runs", "Which runs are there, and how do they compare? Tick the runs to see on every page.")
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    listed = run_filter.choose(store, frame.runs(store))
    looks = run_table.looks(store, listed.runs)
listed.say()
run_table.show(store, listed.runs, *looks)

names = store.metric_names(run=frame.selected_runs(store))
with st.container(horizontal=True, gap="small", vertical_alignment="center"):
    chart_looks.choose(names)
    run_edit.show(store, listed.runs)
if not names:
    frame.nothing_found("The runs in view have logged no metrics.", "Log a number: run.log({'loss': 0.3})")
    st.stop()


@st.fragment
def curves() -> None:
    if point := charts.picked("run_curves"):
        links.open_curve(*point)
    groups = {prefix or "other": listed for prefix, listed in overview(names, METRICS).items()}
    charts.show(store, groups, key="run_curves")


curves()
if len(names) > METRICS:
    st.caption(f"{METRICS} of {len(names):,} metrics. The Curves page draws any of them.")
