"""A chart of a query's answer: which one suits its columns, and its plotly figure as a plain dictionary."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mediastore.draw.colors import PALETTE

KINDS = ("bar", "line", "scatter", "histogram")
COLORS_MAX = 12
NAMES_MAX = 60
POINTS_MAX = 5000
ORDERED = ("step", "epoch", "time", "frame", "created")
PLACES = ("index", "position", "step", "bytes", "time")


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: `kind` is one of KINDS; x, y and color are columns; a histogram has no y, color may be missing."""

    kind: str
    x: str
    y: str | None = None
    color: str | None = None


def columns(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The columns that can be drawn: numbers and times, then texts."""
    numbers = [name for name in frame if _is_number(frame[name])]
    texts = [name for name in frame if pd.api.types.is_string_dtype(frame[name]) or frame[name].dtype == bool]
    return numbers, [name for name in texts if name not in numbers]


def suggested(frame: pd.DataFrame) -> Chart | None:
    """The chart that suits the columns: lines, bars, points or a histogram; None where there is no number."""
    numbers, texts = columns(frame)
    if not numbers or frame.empty:
        return None
    few = [name for name in texts if frame[name].nunique() <= COLORS_MAX]
    ordered = next((name for name in ORDERED if name in numbers), None)
    values = [name for name in numbers if name not in PLACES] or numbers
    rest = [name for name in values if name != ordered]
    if ordered and rest:
        is_single = frame.groupby([ordered, *few[:1]], dropna=False).size().max() == 1
        return Chart("line" if is_single else "scatter", ordered, rest[0], few[0] if few else None)
    names = [name for name in texts if 1 < frame[name].nunique() <= NAMES_MAX]
    if names:
        others = [name for name in few if name != names[0]]
        return Chart("bar", names[0], values[0], others[0] if others else None)
    if len(values) > 1:
        return Chart("scatter", values[0], values[1], few[0] if few else None)
    return Chart("histogram", values[0], None, few[0] if few else None)


def figure(frame: pd.DataFrame, chart: Chart, colors: Mapping[str, str]) -> dict[str, Any]:
    """The figure of the first POINTS_MAX rows, one trace a value of `chart.color`, in that value's colour."""
    shown = frame.head(POINTS_MAX)
    parts = shown.groupby(chart.color, sort=False, dropna=False) if chart.color else [(chart.y or chart.x, shown)]
    traces = [
        _trace(part, chart, str(name), _color(str(name), place, colors)) for place, (name, part) in enumerate(parts)
    ]
    axis = {"zeroline": False, "automargin": True}
    return {
        "data": traces,
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
            "showlegend": chart.color is not None,
            "barmode": "overlay" if chart.kind == "histogram" else "group",
            "xaxis": {**axis, "title": {"text": html.escape(chart.x)}, "type": _axis_type(shown[chart.x])},
            "yaxis": {**axis, "title": {"text": html.escape(chart.y or "rows")}},
        },
    }


def _trace(part: pd.DataFrame, chart: Chart, name: str, color: str) -> dict[str, Any]:
    drawn = part.sort_values(chart.x, kind="stable") if chart.kind == "line" else part
    trace: dict[str, Any] = {"name": html.escape(name), "x": _plain(drawn[chart.x]), "marker": {"color": color}}
    if chart.kind == "histogram":
        return trace | {"type": "histogram", "opacity": 0.7}
    trace["y"] = _plain(drawn[chart.y])
    if chart.kind == "bar":
        return trace | {"type": "bar"}
    mode = "lines+markers" if chart.kind == "line" else "markers"
    return trace | {"type": "scatter", "mode": mode, "line": {"color": color}}


def _color(name: str, place: int, colors: Mapping[str, str]) -> str:
    return colors.get(name, PALETTE[place % len(PALETTE)])


def _plain(values: pd.Series) -> list[Any]:
    found = values.astype(object).where(values.notna(), None).tolist()
    return [html.escape(value) if isinstance(value, str) else value for value in found]


def _axis_type(values: pd.Series) -> str:
    return "-" if _is_number(values) else "category"


def _is_number(values: pd.Series) -> bool:
    types = pd.api.types
    is_number = types.is_numeric_dtype(values) and not types.is_bool_dtype(values)
    return bool(is_number or types.is_datetime64_any_dtype(values))
