"""Metric curves of the runs in view: many small charts in one mount, drawn by plotly, which keep their place."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mediastore.draw.curves import Curve, figure, remark
from mediastore.reader.store import Store
from mediastore.serve import plotly_url
from mediastore.view import components, frame

_mount = st.components.v2.component(
    "mediastore_curves",
    js=components.joined("dom.js", "plotly.js", "curves.js"),
    css=components.joined("curves.css"),
    isolate_styles=False,  # plotly puts its own style into the page's head
)


def picked(key: str) -> tuple[str, int] | None:
    """The metric and step of the point that was just clicked in the charts of this `key`, once."""
    point = getattr(st.session_state.get(key), "picked", None)
    return (point["metric"], int(point["step"])) if point else None


def show(
    store: Store, groups: Mapping[str, Sequence[str]], *, key: str, mark: int | None = None, wide: bool = False
) -> None:
    """Draw the metrics of each group for the runs in view; `picked(key)` then tells what was clicked.

    `mark` is a step to mark on every curve, `wide` draws fewer and larger charts.
    """
    refs, names, colors = frame.selected_runs(store), frame.run_names(store), frame.run_colors(store)
    charts = _charts(
        str(store.root), store.version, refs, [name for listed in groups.values() for name in listed], store
    )
    data = {
        "plotly": plotly_url(),
        "mark": mark,
        "wide": wide,
        "runs": [{"name": names[ref], "color": colors[ref]} for ref in refs],
        "groups": [
            {"title": title, "charts": [charts[name] for name in listed if name in charts]}
            for title, listed in groups.items()
        ],
    }
    _mount(key=key, data=components.versioned(data), on_picked_change=lambda: None)


@st.cache_data(show_spinner=False, max_entries=16)
def _charts(
    root: str, version: str, refs: Sequence[str], metrics: Sequence[str], _store: Store
) -> dict[str, dict[str, object]]:
    names, colors = frame.run_names(_store), frame.run_colors(_store)
    points = _store.metrics(list(metrics), run=refs)
    points = points[points["text"].isna()].sort_values(["step", "time"], kind="stable")
    points = points.drop_duplicates(["project", "run", "name", "step"], keep="last")
    curves: dict[str, list[Curve]] = {}
    for (project, run, metric), of_run in points.groupby(["project", "run", "name"], sort=False):
        ref = f"{project}/{run}"
        curve = Curve(ref, names[ref], colors[ref], of_run["step"].to_numpy(), of_run["value"].to_numpy(float))
        curves.setdefault(metric, []).append(curve)
    return {
        metric: _chart(metric, sorted(drawn, key=lambda curve: refs.index(curve.ref)))
        for metric, drawn in curves.items()
    }


def _chart(name: str, curves: Sequence[Curve]) -> dict[str, object]:
    runs = ", ".join(curve.name for curve in curves)
    return {
        "id": name,
        "title": name,
        "remark": remark(curves),
        "alt": f"{name} by step for {runs}",
        "figure": figure(curves),
    }
