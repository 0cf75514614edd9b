"""Which media go with this point of a curve?"""

import streamlit as st

from mediastore.view import chart_looks, charts, controls, correlations, frame, gallery, links, step_media

store = frame.open_store()

frame.page("Curves", "Which media go with this point? Click a curve to see that step in every run in view.")
names = store.metric_names(run=frame.selected_runs(store))
if not names:
    frame.nothing_found("The runs in view have logged no metrics.", "Log a number: run.log({'loss': 0.3})")
    st.stop()


@st.fragment
def curves_and_media() -> None:
    if point := charts.picked("curves"):
        controls.pick_step(point[1])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = controls.metrics(names)
        key = controls.media_key(store)
        step = controls.step()
        chart_looks.choose(names)
    charts.show(store, {"": chosen}, key="curves", mark=step, wide=True)
    if key is None:
        frame.nothing_found("The runs in view have logged no media.", "Log a picture: run.log({'view': Image(array)})")
        return
    if st.toggle("What goes along with these curves?", key="along", bind="query-params"):
        correlations.show(store, chosen, key)
    found = step_media.at_step(store, step, key)
    gallery.show(found.groups, colors=frame.label_colors(store), key="curve_media", selection=found)
    links.to_gallery("See all of this step", key, step)


curves_and_media()
