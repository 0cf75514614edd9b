"""Curves of right and wrong as plotly figures: plain dictionaries."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mediastore.draw.curves import plain

AXIS = {"zeroline": False, "nticks": 6}
POINTS = 400
MARKED = 40


def precision_recall_figure(
    curves: Mapping[str, pd.DataFrame], colors: Mapping[str, str], score: float
) -> dict[str, Any]:
    """Precision by recall, a line a label; a dot marks where the threshold of the score stands."""
    data = []
    for label, curve in curves.items():
        color = colors.get(label, "#808080")
        drawn = _thinned(curve)
        data.append(_line(label, color, drawn))
        above = curve[curve["score"] >= score]
        if len(above):
            data.append(_dot(label, color, above.iloc[-1]))
    return {"data": data, "layout": _layout("recall", "precision")}


def calibration_figure(bins: pd.DataFrame) -> dict[str, Any]:
    """A reliability diagram: the share that is right by score, over the line where both are the same."""
    middle = (bins["score_low"] + bins["score_high"]) / 2
    said = [
        f"{right:.0%} of {count:,} right"
        for right, count in zip(bins["share_right"].fillna(0), bins["predictions"], strict=True)
    ]
    bars = {
        "type": "bar",
        "meta": "bins",
        "x": middle.tolist(),
        "y": bins["share_right"].fillna(0).tolist(),
        "width": (bins["score_high"] - bins["score_low"]).mul(0.92).tolist(),
        "marker": {"color": "#007896"},
        "text": said,
        "textposition": "none",
        "hovertemplate": "score %{x:.2f}: %{text}<extra></extra>",
    }
    return {"data": [bars, _diagonal()], "layout": _layout("score", "share that is right")}


def roc_figure(curves: Mapping[str, pd.DataFrame], colors: Mapping[str, str]) -> dict[str, Any]:
    """ROC curves, a line a label, over the line of chance; `customdata` of a point is its score."""
    lines = []
    for label, curve in curves.items():
        score = [value if abs(value) < float("inf") else None for value in curve["score"].tolist()]
        line = {
            "type": "scatter",
            "mode": "lines+markers" if len(curve) <= MARKED else "lines",
            "name": plain(label),
            "meta": label,
            "x": curve["false_positive_rate"].tolist(),
            "y": curve["true_positive_rate"].tolist(),
            "customdata": score,
            "line": {"color": colors.get(label, "#808080"), "width": 2},
            "marker": {"size": 5},
            "hovertemplate": "score %{customdata:.3f}: %{y:.3f} of its items at %{x:.3f} of the others"
            "<extra>%{fullData.name}</extra>",
        }
        lines.append(line)
    layout = _layout("share of other items taken for it", "share of its items found")
    return {"data": [*lines, _diagonal()], "layout": layout}


def _diagonal() -> dict[str, Any]:
    line = {"color": "#808080", "width": 1.5, "dash": "dot"}
    return {"type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "line": line, "hoverinfo": "skip"}


def _thinned(curve: pd.DataFrame) -> pd.DataFrame:
    """No more points than can be told apart on the recall axis: the most precise of each stretch."""
    if len(curve) <= POINTS:
        return curve
    stretch = (curve["recall"] * POINTS).round()
    return curve.loc[curve.groupby(stretch)["precision"].idxmax()].sort_values("score", ascending=False)


def _line(label: str, color: str, curve: pd.DataFrame) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(label),
        "meta": label,
        "x": curve["recall"].tolist(),
        "y": curve["precision"].tolist(),
        "customdata": curve["score"].tolist(),
        "line": {"color": color, "width": 2},
        "hovertemplate": "score %{customdata:.3f}: precision %{y:.3f}, recall %{x:.3f}<extra>%{fullData.name}</extra>",
    }


def _dot(label: str, color: str, row: pd.Series) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": label,
        "x": [float(row["recall"])],
        "y": [float(row["precision"])],
        "marker": {"color": color, "size": 10, "line": {"color": "#ffffff", "width": 1.5}},
        "hoverinfo": "skip",
    }


def _layout(x: str, y: str) -> dict[str, Any]:
    return {
        "uirevision": "kept",
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 52, "r": 10, "t": 6, "b": 40},
        "hovermode": "closest",
        "xaxis": {**AXIS, "range": [0, 1.02], "showgrid": False, "title": {"text": x}},
        "yaxis": {**AXIS, "range": [0, 1.02], "title": {"text": y}},
    }
