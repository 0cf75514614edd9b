"""Since when a label is found: its numbers by step, and the steps at which they turned."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mediastore.draw.curves import Curve, figure
from mediastore.draw.verdicts import KINDS

MEASURES = {
    "AP50": "AP at an overlap of 0.5, over all scores",
    "AP": "AP averaged over overlaps of 0.5 to 0.95, over all scores",
    "F1": "F1 at these thresholds",
    "precision": "precision at these thresholds",
    "recall": "recall at these thresholds",
}
WORKS_FROM = 0.5


def since_when(by_label: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row a run and label of `Evaluation.by_label`: ref, label, truths, first_found, works_since, best, at, last.

    first_found: the first step with a right prediction. works_since: the first step from which on the measure stays at
    half of its best or more. best: its largest value, at: the step of it. last: its value at the last step.
    """
    rows = []
    for (ref, label), steps in by_label.sort_values("step").groupby(["ref", "label"], sort=False):
        values = steps[measure].fillna(0.0)
        found, best = steps.loc[steps["TP"] > 0, "step"], values.max()
        below = steps.loc[values < WORKS_FROM * best, "step"]
        after = steps["step"] if below.empty else steps.loc[steps["step"] > below.iloc[-1], "step"]
        rows.append(
            {
                "ref": ref,
                "label": label,
                "truths": int(steps["truths"].iloc[-1]),
                "first_found": found.iloc[0] if len(found) else None,
                "works_since": after.iloc[0] if best > 0 and len(after) else None,
                "best": best,
                "at": steps.loc[values.idxmax(), "step"],
                "last": values.iloc[-1],
            }
        )
    table = pd.DataFrame(rows)
    return table.astype({"first_found": "Int64", "works_since": "Int64"}) if len(table) else table


def label_figures(
    by_label: pd.DataFrame, measure: str, names: Mapping[str, str], colors: Mapping[str, str], x: str = "step"
) -> list[tuple[str, str, dict[str, Any]]]:
    """One figure a label, a line a run: (id, title, figure). names and colors: of runs, by ref. x: the axis' column."""
    return [
        (f"label:{label}", str(label), _figure(_curves(rows, measure, names, colors, x), x, unit=True))
        for label, rows in by_label.groupby("label", sort=True)
    ]


def kind_figures(
    counts: pd.DataFrame, names: Mapping[str, str], colors: Mapping[str, str], x: str = "step"
) -> list[tuple[str, str, dict[str, Any]]]:
    """One figure a kind of mistake, from `Evaluation.counts`: how many at each step, a line a run."""
    return [
        (f"kind:{kind}", name, _figure(_curves(counts, kind, names, colors, x), x, unit=False))
        for kind, (name, _) in KINDS.items()
    ]


def _curves(
    rows: pd.DataFrame, measure: str, names: Mapping[str, str], colors: Mapping[str, str], x: str
) -> list[Curve]:
    return [
        Curve(
            ref,
            names.get(ref, ref),
            colors[ref],
            steps["step"].to_numpy(),
            steps[measure].to_numpy(float),
            xs=steps[x].to_numpy(),
        )
        for ref, steps in rows.dropna(subset=measure).sort_values("step").groupby("ref", sort=False)
    ]


def _figure(curves: Sequence[Curve], x: str, *, unit: bool) -> dict[str, Any]:
    drawn = figure(curves, x)
    drawn["layout"]["yaxis"] |= {"range": [0, 1.02]} if unit else {"rangemode": "tozero"}
    drawn["layout"]["xaxis"]["hoverformat"] = ",d"
    return drawn
