"""Since when a label is found: its numbers by step, and the steps at which they turned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
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
FEW = 4
"""Up to so many, an axis of counts has a mark at each: there is no half of one."""


def since_when(by_label: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row a run and label of `Evaluation.by_label`: ref, label, truths, first_found, works_since, best, at, last.

    first_found: the first step with a right prediction. works_since: the first step from which on the measure stays at
    half of its best or more. best: its largest value, at: the step of it. last: its value at the last step.
    """
    ordered = by_label.sort_values("step", kind="stable")
    all_steps, all_truths, all_right = (ordered[name].to_numpy() for name in ("step", "truths", "TP"))
    all_values = ordered[measure].fillna(0.0).to_numpy(float)
    rows = []
    for (ref, label), at in sorted(ordered.groupby(["ref", "label"]).indices.items(), key=lambda group: group[1][0]):
        steps, values = all_steps[at], all_values[at]
        found, best = steps[all_right[at] > 0], values.max()
        below = steps[values < WORKS_FROM * best]
        after = steps[steps > below[-1]] if len(below) else steps
        rows.append(
            {
                "ref": ref,
                "label": label,
                "truths": int(all_truths[at[-1]]),
                "first_found": found[0] if len(found) else None,
                "works_since": after[0] if best > 0 and len(after) else None,
                "best": best,
                "at": steps[values.argmax()],
                "last": values[-1],
            }
        )
    table = pd.DataFrame(rows)
    return table.astype({"first_found": "Int64", "works_since": "Int64"}) if len(table) else table


def label_figures(
    by_label: pd.DataFrame, measure: str, names: Mapping[str, str], colors: Mapping[str, str], x: str = "step"
) -> list[tuple[str, str, dict[str, Any]]]:
    """One figure a label, a line a run: (id, title, figure). names and colors: of runs, by ref. x: the axis' column."""
    points = _Points.of(by_label, measure, x)
    known = points.rows.groupby("label").indices
    return [
        (f"label:{label}", str(label), _figure(points.curves(names, colors, known.get(label, [])), x, unit=True))
        for label in sorted(by_label["label"].unique())
    ]


def kind_figures(
    counts: pd.DataFrame, names: Mapping[str, str], colors: Mapping[str, str], x: str = "step"
) -> list[tuple[str, str, dict[str, Any]]]:
    """One figure a kind of mistake, from `Evaluation.counts`: how many at each step, a line a run."""
    return [
        (f"kind:{kind}", name, _figure(_Points.of(counts, kind, x).curves(names, colors), x, unit=False))
        for kind, (name, _) in KINDS.items()
    ]


@dataclass(frozen=True, slots=True)
class _Points:
    """Known values in the order of their steps, as columns: the run's number among `refs`, step, x and value."""

    rows: pd.DataFrame
    refs: list[str]
    run: np.ndarray
    steps: np.ndarray
    xs: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, rows: pd.DataFrame, measure: str, x: str) -> "_Points":
        known = rows.dropna(subset=measure).sort_values("step", kind="stable")
        run, refs = pd.factorize(known["ref"])
        columns = (known[name].to_numpy() for name in ("step", x))
        return cls(known, list(refs), run, *columns, known[measure].to_numpy(float))

    def curves(
        self, names: Mapping[str, str], colors: Mapping[str, str], at: np.ndarray | Sequence[int] | slice = slice(None)
    ) -> list[Curve]:
        """A line a run of the rows `at`."""
        run, steps, xs, values = self.run[at], self.steps[at], self.xs[at], self.values[at]
        return [
            Curve(
                ref, names.get(ref, ref), colors[ref], steps[run == number], values[run == number], xs=xs[run == number]
            )
            for number, ref in ((number, self.refs[number]) for number in dict.fromkeys(run.tolist()))
        ]


def _figure(curves: Sequence[Curve], x: str, *, unit: bool) -> dict[str, Any]:
    drawn = figure(curves, x)
    drawn["layout"]["yaxis"] |= {"range": [0, 1.02]} if unit else {"rangemode": "tozero"}
    if not unit and max((curve.values.max() for curve in curves), default=0) <= FEW:
        drawn["layout"]["yaxis"]["dtick"] = 1
    drawn["layout"]["xaxis"]["hoverformat"] = ",d"
    return drawn
