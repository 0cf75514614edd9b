"""What one would write without us: `streamlit run plain_pages.py -- FOLDER image|plotly`, 24 pictures a step.

image: `st.image` of each file. plotly: a figure each, its picture by URL and its ten boxes as one line.
"""

import sys
from pathlib import Path

import streamlit as st
from app_material import boxes, by_step

folder, way = Path(sys.argv[1]), sys.argv[2]
STATIC = "/app/static"


@st.cache_data(show_spinner=False)
def figure(path: Path, step: int) -> dict:
    """One picture and its boxes."""
    xs, ys = [], []
    for box in boxes(int(path.stem)):
        x0, y0, x1, y1 = box.xyxy
        xs += [x0, x1, x1, x0, x0, None]
        ys += [y0, y0, y1, y1, y0, None]
    picture = {"source": f"{STATIC}/{path.name}", "xref": "x", "yref": "y", "x": 0, "y": 0, "sizex": 640, "sizey": 480}
    axes = {"visible": False, "range": [0, 640]}, {"visible": False, "range": [480, 0], "scaleanchor": "x"}
    layout = {"images": [{**picture, "layer": "below"}], "xaxis": axes[0], "yaxis": axes[1], "meta": step}
    layout |= {"height": 220, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "showlegend": False}
    return {"data": [{"type": "scatter", "mode": "lines", "x": xs, "y": ys}], "layout": layout}


st.set_page_config(layout="wide")
steps = dict(by_step(folder))
step = st.session_state.setdefault("step", int(st.query_params.get("step", 0)))
if st.button("Next"):
    step = st.session_state["step"] = step + 1
st.text(f"step {step}")
columns = st.columns(6)
for place, path in enumerate(steps[step]):
    with columns[place % 6]:
        if way == "image":
            st.image(path, caption=f"step {step}")
        else:
            st.plotly_chart(figure(path, step), key=f"picture-{place}")
