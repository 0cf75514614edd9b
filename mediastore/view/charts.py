"""Metric curves of the runs in view: many small charts in one mount, drawn by plotly, which keep their place."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from math import inf, isfinite

import streamlit as st

from mediastore.draw.curves import Curve, figure, is_thinned, remark
from mediastore.reader.store import Store
from mediastore.serve import plotly_url
from mediastore.view import chart_looks, choice, components, frame, plots

POINTS, POINTS_WIDE = 600, 2000

ZOOM = "zoom"
"""The parameter of the link that holds what is looked at closer: `10..16|0.2..0.9@val/loss`, x, y and the metric."""


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
    for metric, span in zooms(st.query_params.get_all(ZOOM)).items():
        if charts.get(metric, {}).get("more"):
            charts[metric] = charts[metric] | _charts(*asked, (metric,), span, store)[metric] | {"more": True}
    data = {
        "plotly": plotly_url(),
        "mark": mark if looks.x == "step" else None,
        "wide": wide,
        "url": True,
        "x": looks.x,
        "looks": {"smooth": looks.smooth, "log": looks.log},
        "runs": [{"name": names[ref], "color": colors[ref]} for ref in refs],
        "groups": [
            {"title": title, "charts": [charts[name] for name in listed if name in charts]}
            for title, listed in groups.items()
        ],
    }
    plots.mount(
        key=key,
        data=data,
        on_picked_change=components.ignore,
        on_zoomed_change=choice.follow(key, "zoomed", [ZOOM]),
    )


def zooms(texts: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Metric → the range of its x axis that the link asks for; what cannot be read is not asked for."""
    found = {}
    for text in texts:
        ranges, _, metric = text.partition("@")
        low, _, high = ranges.partition("|")[0].partition("..")
        with contextlib.suppress(ValueError):
            span = float(low), float(high)
            if metric and isfinite(span[0]) and span[0] < span[1] < inf:
                found[metric] = span
    return found


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
