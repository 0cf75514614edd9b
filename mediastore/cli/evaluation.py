"""`mediastore evaluate`: a run's predictions against the truth, in numbers, step by step."""

from argparse import Namespace
from typing import Any

import pandas as pd

from mediastore.analysis.mistakes import KINDS
from mediastore.cli import output
from mediastore.cli.words import say
from mediastore.errors import NotFoundError
from mediastore.reader.named import named_run
from mediastore.reader.store import Store

_COUNTED = [
    "step",
    "items",
    "truths",
    "predictions",
    "AP",
    "AP50",
    "AP75",
    "precision",
    "recall",
    "F1",
    "TP",
    "FP",
    "FN",
]
_DIGITS = 4


def run(options: Namespace) -> int:
    """Print one object or line a step; what makes them doubtful goes to standard error."""
    ref = named_run(options.root, options.run_name).ref
    evaluation = Store(options.root).evaluate(
        options.key,
        run=ref,
        step="latest" if options.step is None and not options.all_steps else options.step,
        predictions=options.predictions,
        truth=options.truth,
        geometry=options.geometry,
    )
    summary = evaluation.summary(options.iou, options.score)
    if summary.empty:
        raise NotFoundError(f"step must be one at which {options.key} was logged, got {options.step}; see --all-steps")
    labels = evaluation.by_label(options.iou, options.score)
    if options.json:
        mistakes = evaluation.mistakes(options.iou, options.score)
        output.show_json([_record(row, labels, mistakes) for row in summary.to_dict("records")])
    else:
        output.show(_table(summary, labels), "table")
    for doubt in evaluation.warnings:
        say(doubt)
    return 0


def _record(row: dict[str, Any], labels: pd.DataFrame, mistakes: pd.DataFrame) -> dict[str, Any]:
    at = labels[labels["step"] == row["step"]]
    cost = mistakes[mistakes["step"] == row["step"]]
    by_label = {"AP_by_label": dict(zip(at["label"], at["AP"], strict=True))}
    errors = {kind: row[kind] for kind in KINDS}
    return (
        {name: row[name] for name in _COUNTED[:7]}
        | by_label
        | {name: row[name] for name in _COUNTED[7:]}
        | errors
        | {"dAP": dict(zip(cost["error"], cost["dAP"], strict=True))}
    )


def _table(summary: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    table = summary[[*_COUNTED, *KINDS]].set_index("step")
    for at, (label, rows) in enumerate(labels.groupby("label", sort=True)):
        table.insert(6 + at, f"AP {label}", rows.set_index("step")["AP"])
    return table.reset_index().round(_DIGITS)
