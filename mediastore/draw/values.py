"""The numbers of one sample over steps, as a small plotly figure."""

from collections.abc import Sequence
from typing import Any

from mediastore.draw.colors import PALETTE
from mediastore.draw.curves import plain
from mediastore.draw.overlay import Record, item_values


def figure(records: Sequence[Record], step: int) -> dict[str, Any] | None:
    """A line for each per-item value over the steps of these records, `step` marked; None where there are no values."""
    names = list(dict.fromkeys(name for record in records for name in item_values(record)))
    lines = [_line(name, records, PALETTE[place % len(PALETTE)]) for place, name in enumerate(names)]
    if not any(len(line["x"]) > 1 for line in lines):
        return None
    mark = {"type": "line", "xref": "x", "yref": "paper", "x0": step, "x1": step, "y0": 0, "y1": 1}
    layout = {
        "height": 170,
        "margin": {"l": 40, "r": 8, "t": 8, "b": 30},
        "hovermode": "x unified",
        "xaxis": {"title": {"text": "step"}, "showgrid": False},
        "shapes": [mark | {"line": {"width": 1, "dash": "dot", "color": "#8a8f98"}}],
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    return {"data": lines, "layout": layout}


def _line(name: str, records: Sequence[Record], color: str) -> dict[str, Any]:
    points = [(record["step"], item_values(record)[name]) for record in records if name in item_values(record)]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(name),
        "x": [step for step, _ in points],
        "y": [value for _, value in points],
        "line": {"color": color, "width": 2},
        "marker": {"size": 5},
    }
