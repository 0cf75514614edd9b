"""Numbers that may go together, by the steps of runs, and their scatter as a plotly figure."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mediastore.draw.curves import plain

SORTS = {
    "value": "mean {name}",
    "duration": "mean duration, s",
    "count": "{name} an item",
    "score": "mean score of {name}",
    "measured": "mean {name}",
}
UNITS = {"brightness": "brightness, 0 to 1", "sharpness": "sharpness", "loudness": "loudness, dBFS"}


def number_name(sort: str, name: str, layer: str) -> str:
    """What a number of media is called: "RBC an item, predictions"."""
    said = SORTS[sort].format(name=name or "no label")
    return f"{said}, {layer}" if layer else said


def wide_numbers(numbers: pd.DataFrame) -> pd.DataFrame:
    """`Store.media_numbers` with one row a (ref, step) and one column a number."""
    named = numbers.assign(
        number=[number_name(*row) for row in numbers[["sort", "name", "layer"]].itertuples(index=False)]
    )
    return named.pivot_table(index=["ref", "step"], columns="number", values="value", sort=True)


def measured_numbers(items: pd.DataFrame, measured: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """What files measure as rows of `Store.media_numbers`: of each ref and step the mean of those that were measured.

    items: `Store.media_files`. measured: path → numbers.
    """
    rows = [
        (item.ref, item.step, UNITS.get(name, name), value)
        for item in items.itertuples(index=False)
        for name, value in measured.get(item.path, {}).items()
    ]
    found = pd.DataFrame(rows, columns=["ref", "step", "name", "value"])
    means = found.groupby(["ref", "step", "name"], as_index=False)["value"].mean()
    return means.assign(sort="measured", layer="")


def at_steps(metrics: pd.DataFrame, places: pd.MultiIndex) -> pd.DataFrame:
    """`Store.metrics` at each (ref, step) of `places`, else the latest before it; one column a name."""
    metrics = metrics.assign(ref=metrics["project"] + "/" + metrics["run"])
    table = pd.DataFrame(index=places)
    for name, rows in metrics.groupby("name", sort=True):
        by_ref = {
            ref: (of["step"].to_numpy(), of["value"].to_numpy(float))
            for ref, of in rows.sort_values("step", kind="stable").groupby("ref")
        }
        table[name] = [_latest(by_ref.get(ref), step) for ref, step in places]
    return table


def scatter_figure(
    metric: pd.Series, number: pd.Series, names: Mapping[str, str], colors: Mapping[str, str]
) -> dict[str, Any]:
    """One dot a run and step: the metric by the number. `meta` of a trace is its run, `customdata` the steps."""
    both = pd.DataFrame({"x": number, "y": metric}).dropna()
    traces = []
    for ref, rows in both.groupby(level="ref", sort=False):
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": plain(names.get(str(ref), str(ref))),
                "meta": ref,
                "x": rows["x"].tolist(),
                "y": rows["y"].tolist(),
                "customdata": rows.index.get_level_values("step").tolist(),
                "marker": {"color": colors[str(ref)], "size": 9, "opacity": 0.8},
                "hovertemplate": "step %{customdata:,d}: %{y:.4~g} at %{x:.4~g}<extra>%{fullData.name}</extra>",
            }
        )
    axis = {"zeroline": False, "nticks": 6}
    return {
        "data": traces,
        "layout": {
            "uirevision": f"{metric.name} {number.name}",
            "showlegend": False,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 60, "r": 10, "t": 6, "b": 40},
            "hovermode": "closest",
            "xaxis": {**axis, "title": {"text": plain(str(number.name))}},
            "yaxis": {**axis, "title": {"text": plain(str(metric.name))}},
        },
    }


def _latest(of_run: Sequence[np.ndarray] | None, step: int) -> float:
    if of_run is None:
        return float("nan")
    steps, values = of_run
    place = int(np.searchsorted(steps, step, side="right"))
    return float(values[place - 1]) if place else float("nan")
