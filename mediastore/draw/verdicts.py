"""What is right and wrong, as the matrices and bars that the browser makes buttons of."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

KINDS = {
    "localisation": ("badly placed", "The right label, but too little overlap with the object."),
    "confusion": ("wrong label", "Well placed, but the object has another label."),
    "both": ("both", "Neither placed well enough nor labelled rightly."),
    "duplicate": ("duplicate", "The object was found already, by a prediction with a higher score."),
    "background": ("nothing there", "There is no object here, by what was logged as true."),
    "missed": ("missed", "A true object that no prediction found, not even a bad one."),
}
"""The kinds of mistakes by the names of TIDE, in the words of the page: name and explanation."""

STATES = {
    ("right", "right"): "still right",
    ("right", "wrong"): "broken",
    ("wrong", "right"): "fixed",
    ("wrong", "wrong"): "still wrong",
}
CHANGES = ("appeared", "gone", "relabelled", "moved", "score up", "score down", "same")
BACKGROUND = "nothing"


def picked(pick: str) -> tuple[str, Any]:
    """What a pick of a button stands for: its sort and value; ("", None) for one that cannot be read."""
    sort, _, text = pick.partition(":")
    if sort in ("cell", "scores", "roc"):
        try:
            first, second = json.loads(text)
        except (ValueError, TypeError):
            return "", None
        return sort, (first, second)
    return (sort, text) if sort in ("kind", "state", "change", "label", "point") else ("", None)


def packed(first: Any, second: Any) -> str:
    """The two values of a pick, as `picked` reads them."""
    return json.dumps([first, second])


def label_matrix(cells: pd.DataFrame) -> dict[str, Any]:
    """`Classification.confusion` as a matrix: the true label down, what was predicted across, nothing last."""
    whole = cells.groupby("truth")["count"].transform("sum")
    block = confusion_matrix(cells.assign(share_of_truth=cells["count"] / whole))
    is_all_labelled = bool(cells["predicted"].notna().all())
    rows, columns = block["rows"][:-1], block["columns"][:-1] if is_all_labelled else block["columns"]
    note = "Rows add up to 100 %." + ("" if is_all_labelled else f" “{BACKGROUND}”: items without a predicted label.")
    return block | {"rows": rows, "columns": columns, "note": note}


def confusion_matrix(cells: pd.DataFrame) -> dict[str, Any]:
    """`Evaluation.confusion` as a matrix: the truth down, what was predicted across, the background last."""
    named = cells.astype({"truth": object, "predicted": object}).where(cells.notna(), None)
    labels = sorted({*named["truth"], *named["predicted"]} - {None})
    places = {label: place for place, label in enumerate([*labels, None])}
    return {
        "kind": "matrix",
        "title": "What was taken for what",
        "corner": "true ↓  said →",
        "shares": True,
        "note": f"Rows add up to 100 %. “{BACKGROUND}”: missed objects in its column, false alarms in its row.",
        "rows": [*labels, BACKGROUND],
        "columns": [*labels, BACKGROUND],
        "cells": [_confused(row, places) for row in named.to_dict("records")],
    }


def _confused(row: Mapping[str, Any], places: Mapping[Any, int]) -> dict[str, Any]:
    truth, predicted, count = row["truth"], row["predicted"], int(row["count"])
    said = f"{count:,} × true {truth or BACKGROUND}, predicted {predicted or BACKGROUND}"
    return {
        "row": places[truth],
        "column": places[predicted],
        "count": count,
        "share": float(row["share_of_truth"]),
        "tone": "right" if truth == predicted else "wrong",
        "pick": f"cell:{json.dumps([truth, predicted])}",
        "said": said,
    }


def mistake_bars(mistakes: pd.DataFrame) -> dict[str, Any]:
    """`Evaluation.mistakes` of one run and step as bars, each with what it costs in AP."""
    by_kind = mistakes.set_index("error")
    rows = [(kind, int(by_kind["count"].get(kind, 0)), by_kind["dAP"].get(kind)) for kind in KINDS]
    return {
        "kind": "bars",
        "title": "Kinds of mistakes",
        "cost": "cost in AP",
        "note": "The cost is what AP at this overlap would gain if this kind alone were mended.",
        "bars": [
            {
                "name": KINDS[kind][0],
                "count": count,
                "cost": "" if cost is None or pd.isna(cost) else f"+{cost:.3f}",
                "pick": f"kind:{kind}",
                "said": f"{kind}, {count:,}: {KINDS[kind][1]}",
            }
            for kind, count, cost in rows
        ],
    }


def change_matrix(counts: Mapping[str, int]) -> dict[str, Any]:
    """What became of the true objects, as a 2×2 of before and after."""
    whole = max(1, sum(counts.values()))
    sides = ("right", "wrong")
    return {
        "kind": "matrix",
        "title": "True objects",
        "corner": "before ↓  after →",
        "rows": ["found", "not found"],
        "columns": ["found", "not found"],
        "cells": [
            {
                "row": sides.index(before),
                "column": sides.index(after),
                "count": int(counts.get(state, 0)),
                "weight": counts.get(state, 0) / whole,
                "name": state,
                "tone": {"fixed": "right", "broken": "wrong"}.get(state, "plain"),
                "pick": f"state:{state}",
                "said": f"{counts.get(state, 0):,} {state}",
            }
            for (before, after), state in STATES.items()
        ],
    }


def change_bars(changes: Sequence[str]) -> dict[str, Any]:
    """What became of the predictions, one bar a change."""
    counted = pd.Series(changes, dtype=object).value_counts()
    return {
        "kind": "bars",
        "title": "Predictions",
        "note": "Paired by their place in the picture; those with a lower score than asked are left out.",
        "bars": [
            {
                "name": change,
                "count": int(counted.get(change, 0)),
                "tone": "plain",
                "pick": f"change:{change}",
                "said": f"{int(counted.get(change, 0)):,} {change}",
            }
            for change in CHANGES
        ],
    }
