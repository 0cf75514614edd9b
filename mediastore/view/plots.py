"""A few figures in one mount, drawn by plotly as the curves are."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from mediastore.serve import PLOTLY_URL
from mediastore.view import components

mount = components.mounting(
    "curves",
    js=components.joined("dom.js", "plotly.js", "curves.js"),
    css=components.joined("curves.css"),
    isolate_styles=False,  # plotly puts its own style into the page's head
)
"""Charts in sections, each drawn by plotly: small figures here, metric curves in `charts`."""


def picked(key: str) -> dict[str, Any] | None:
    """The point that was just clicked in the figures of this `key`, once.

    figure, x, and of the trace its `meta` as run, and the point's `customdata` as custom.
    """
    point = getattr(st.session_state.get(key), "picked", None)
    return (
        {"figure": point["metric"], "x": float(point["step"]), "run": point.get("run"), "custom": point.get("custom")}
        if point
        else None
    )


def show(
    figures: Sequence[tuple[str, str, Mapping[str, Any]]],
    *,
    key: str,
    legend: Sequence[tuple[str, str]] = (),
    hint: str = "",
    titles: Mapping[str, Sequence[str]] | None = None,
    on_picked: Callable[[], None] = components.ignore,
) -> None:
    """Draw figures, each (id, title, figure); `picked(key)` tells `on_picked` what was clicked.

    legend: names with their colours. titles: sections, each with the ids that stand in it.
    """
    charts = {
        id: {"id": id, "title": title, "remark": "", "alt": title, "figure": figure} for id, title, figure in figures
    }
    sections = titles or {"": list(charts)}
    data = {
        "plotly": PLOTLY_URL,
        "mark": None,
        "wide": titles is None,
        "hint": hint,
        "runs": [{"name": name, "color": color} for name, color in legend],
        "groups": [{"title": title, "charts": [charts[id] for id in ids]} for title, ids in sections.items()],
    }
    mount(key=key, data=data, on_picked_change=on_picked)
