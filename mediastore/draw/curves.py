"""Metric curves as plotly figures: plain dictionaries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MARKED_POINTS = 40
UNIFIED_RUNS = 8
USUAL_PREFIXES = ("train", "val", "valid", "validation", "eval", "test")


@dataclass(frozen=True)
class Curve:
    """One metric of one run: `ref` and `name` of the run, its colour, and finite values by step, in the order of steps.

    xs: where the values stand on the axis, the steps themselves where it shows steps.
    in_range: how many there are where one looks, of which `shown` are here; `lost` values were not finite.
    """

    ref: str
    name: str
    color: str
    steps: np.ndarray
    values: np.ndarray
    in_range: int = 0
    shown: int = 0
    lost: int = 0
    xs: np.ndarray | None = None


def figure(curves: Sequence[Curve], x: str = "step") -> dict[str, Any]:
    """One metric of several runs as a plotly figure: transparent, one line a run, the place kept as runs grow.

    x: what the axis shows: "step", "elapsed" (seconds) or a metric.
    """
    return {
        "data": [_line(curve) for curve in curves],
        "layout": {
            "uirevision": x,
            "showlegend": False,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 48, "r": 10, "t": 6, "b": 26},
            "hovermode": "x unified" if len(curves) <= UNIFIED_RUNS else "closest",
            "hoverdistance": -1,
            "xaxis": {
                "zeroline": False,
                "showgrid": False,
                "nticks": 6,
                "tickformat": "~s",
                "hoverformat": ",d" if x == "step" else ".4~s",
                "unifiedhovertitle": {"text": f"{plain(x)} %{{x}}"},
            },
            "yaxis": {"zeroline": False, "nticks": 5},
        },
    }


def remark(curves: Sequence[Curve]) -> str:
    """What the figure does not show as it was logged, in words; empty when it shows all."""
    said = []
    if is_thinned(curves):
        longest = max(curves, key=lambda curve: curve.in_range)
        said.append(f"{longest.shown:,} of {longest.in_range:,} points a line; zoom for more")
    if lost := sum(curve.lost for curve in curves):
        said.append(f"{lost:,} {'value is' if lost == 1 else 'values are'} not finite")
    return " · ".join(said)


def is_thinned(curves: Sequence[Curve]) -> bool:
    """Whether a line has more points than are drawn."""
    return any(curve.shown < curve.in_range for curve in curves)


def by_prefix(names: Iterable[str]) -> dict[str, list[str]]:
    """Metric names grouped by what stands before their first slash: usual prefixes first, those without one last."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        prefix, slash, _ = name.partition("/")
        groups.setdefault(prefix if slash else "", []).append(name)
    return dict(sorted(groups.items(), key=lambda group: _prefix_rank(group[0])))


def overview(names: Iterable[str], limit: int) -> dict[str, list[str]]:
    """`by_prefix` of the first `limit` metrics in that order."""
    groups = by_prefix(names)
    kept = set([name for listed in groups.values() for name in listed][:limit])
    shown = {prefix: [name for name in listed if name in kept] for prefix, listed in groups.items()}
    return {prefix: listed for prefix, listed in shown.items() if listed}


def first_look(names: Iterable[str]) -> list[str]:
    """Two metrics to begin with, so that their media fit on the same screen: of two prefixes, not the same twice."""
    ordered = [name for listed in by_prefix(names).values() for name in listed]
    if len(ordered) < 2:
        return ordered
    prefix, _, measure = ordered[0].partition("/")
    others = sorted(ordered[1:], key=lambda name: (name.startswith(f"{prefix}/"), name.endswith(f"/{measure}")))
    return [ordered[0], others[0]]


def nearest_step(steps: Sequence[int], step: int) -> int | None:
    """The step that lies nearest to `step`, the earlier of two; None when there are none."""
    return min(steps, key=lambda one: (abs(one - step), one), default=None)


def plain(text: str) -> str:
    """Text as plotly shows it, which reads `<` and `&` as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _prefix_rank(prefix: str) -> tuple[int, str]:
    return (USUAL_PREFIXES.index(prefix) if prefix in USUAL_PREFIXES else len(USUAL_PREFIXES) + (not prefix), prefix)


def _line(curve: Curve) -> dict[str, Any]:
    few = len(curve.steps) <= MARKED_POINTS
    return {
        "type": "scatter",
        "mode": "lines+markers" if few else "lines",
        "name": plain(curve.name),
        "meta": curve.ref,
        "x": (curve.steps if curve.xs is None else curve.xs).tolist(),
        "y": curve.values.tolist(),
        "customdata": curve.steps.tolist(),
        "line": {"color": curve.color, "width": 2},
        "marker": {"color": curve.color, "size": 5},
        "hovertemplate": "%{y:.4~g}",
    }
