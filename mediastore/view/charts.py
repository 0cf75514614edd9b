"""Metric curves of the runs in view: many small charts in one mount, drawn by plotly, which keep their place."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mediastore.draw.curves import Curve, figure, is_thinned, remark
from mediastore.reader.store import Store
from mediastore.serve import plotly_url
from mediastore.view import chart_looks, components, frame

POINTS, POINTS_WIDE = 600, 2000

_mount = st.components.v2.component(
    "mediastore_curves",
    js=components.joined("dom.js", "plotly.js", "curves.js"),
    css=components.joined("curves.css"),
    isolate_styles=False,  # plotly puts its own style into the page's head
)


def picked(key: str) -> tuple[str, int] | None:
    """The metric and step of the point that was just clicked in the charts of this `key`, once."""
    point = getattr(st.session_state.get(key), "picked", None)
    return (point["metric"], int(point["custom"])) if point else None


def show(
    store: Store, groups: Mapping[str, Sequence[str]], *, key: str, mark: int | None = None, wide: bool = False
) -> None:
    """Draw the metrics of each group for the runs in view; `picked(key)` then tells what was clicked.

    `mark` is a step to mark on every curve, `wide` draws fewer and larger charts.
    """
    looks = chart_looks.from_url()
    refs, names, colors = frame.selected_runs(store), frame.run_names(store), frame.run_colors(store)
    metrics = tuple(name for listed in groups.values() for name in listed)
    asked = str(store.root), store.version, tuple(refs), POINTS_WIDE if wide else POINTS, looks.x
    charts = _charts(*asked, metrics, None, store)
    for metric, span in st.session_state.get(_ranges(key), {}).items():
        if charts.get(metric, {}).get("more"):
            charts[metric] = charts[metric] | _charts(*asked, (metric,), span, store)[metric] | {"more": True}
    data = {
        "plotly": plotly_url(),
        "mark": mark if looks.x == "step" else None,
        "wide": wide,
        "looks": {"smooth": looks.smooth, "log": looks.log},
        "runs": [{"name": names[ref], "color": colors[ref]} for ref in refs],
        "groups": [
            {"title": title, "charts": [charts[name] for name in listed if name in charts]}
            for title, listed in groups.items()
        ],
    }
    _mount(
        key=key,
        data=components.versioned(data),
        on_picked_change=components.ignore,
        on_zoomed_change=lambda: _look_closer(key),
    )


def _ranges(key: str) -> str:
    """Where the session keeps what is looked at closer: the range of steps by metric."""
    return f"{key}_ranges"


def _look_closer(key: str) -> None:
    zoomed = getattr(st.session_state.get(key), "zoomed", None) or {}
    ranges = dict(st.session_state.get(_ranges(key), {}))
    ranges.pop(zoomed.get("metric"), None)
    if zoomed.get("range"):
        ranges[zoomed["metric"]] = tuple(sorted(float(end) for end in zoomed["range"]))
    st.session_state[_ranges(key)] = ranges


@st.cache_data(show_spinner=False, max_entries=16)
def _charts(
    root: str,
    version: str,
    refs: Sequence[str],
    points: int,
    x: str,
    metrics: Sequence[str],
    span: tuple[float, float] | None,
    _store: Store,
) -> dict[str, dict[str, object]]:
    names, colors = frame.run_names(_store), frame.run_colors(_store)
    found = _store.curves(metrics, refs, x=x, points=points, range=span)
    by_line = dict(list(found.points.groupby(["project", "run", "name"], sort=False)))
    drawn: dict[str, dict[str, Curve]] = {}
    for line in found.lines.itertuples(index=False):
        ref = f"{line.project}/{line.run}"
        shown = by_line.get((line.project, line.run, line.name), found.points.iloc[:0])
        counts = int(line.in_range), int(line.shown), int(line.not_finite)
        steps, values, xs = (shown[name].to_numpy() for name in ("step", "value", "x"))
        curve = Curve(ref, names[ref], colors[ref], steps, values.astype(float), *counts, xs=xs.astype(float))
        drawn.setdefault(line.name, {})[ref] = curve
    return {
        metric: _chart(metric, x, [by_ref[ref] for ref in refs if ref in by_ref]) for metric, by_ref in drawn.items()
    }


def _chart(name: str, x: str, curves: Sequence[Curve]) -> dict[str, object]:
    runs = ", ".join(curve.name for curve in curves)
    return {
        "id": name,
        "title": name,
        "remark": remark(curves),
        "more": is_thinned(curves),
        "alt": f"{name} by {x} for {runs}",
        "figure": figure(curves, x),
    }
