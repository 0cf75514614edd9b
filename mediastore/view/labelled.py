"""Labels of whole items: the confusion matrix, the labels, ROC curves, and the items behind each of them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mediastore.analysis.classification import Classification
from mediastore.draw import verdicts as drawn
from mediastore.draw.judged import roc_figure
from mediastore.reader.store import Store
from mediastore.view import frame, measured, plots, verdicts

ROC = "roc"
ROC_LABELS = 12


def show(store: Store, asked: Mapping[str, Any], step: int) -> None:
    """Numbers by step, then those of one step, and the items of the cell, row or point that was pressed."""
    st.subheader("Labels of whole items", anchor=False)
    names = {"accuracy": "Accuracy", "top5": "Right among 5", "balanced_accuracy": "Balanced", "macro_F1": "Macro F1"}
    measured.by_step(store.classify(**asked).summary(), names, step)
    found = store.classify(**asked, step=step)
    verdicts.show([drawn.label_matrix(found.confusion())], key="labels_confused")
    left, right = st.columns(2, gap="large")
    with left:
        told = found.by_label()
        told = told[told["truths"] + told["predicted"] > 0].reset_index(drop=True)
        row = measured.table("By label; press a row for its items", told, "by_label")
    with right:
        _roc(found, frame.label_colors(store))
    _items(store, found, None if row is None else str(row["label"]))


def _roc(found: Classification, colors: Mapping[str, str]) -> None:
    told = found.by_label()
    labels = told.loc[told["AUC"].notna(), "label"].tolist()
    if not labels:
        st.caption("A ROC curve needs items of a label and items of another.")
        return
    shown = labels[:ROC_LABELS]

    def take() -> None:
        point = plots.picked(ROC)
        if point and point["run"] in labels and point["custom"] is not None:
            verdicts.pick(f"roc:{drawn.packed(point['run'], float(point['custom']))}")

    title = f"ROC, {len(shown):,} of {len(labels):,} labels" if len(shown) < len(labels) else "ROC"
    plots.show(
        [(ROC, title, roc_figure({label: found.roc(label) for label in shown}, colors))],
        legend=[(label, colors.get(label, "#808080")) for label in shown],
        hint="Click a point for the items from its score on",
        on_picked=take,
        key=ROC,
    )


def _items(store: Store, found: Classification, label: str | None) -> None:
    sort, value = drawn.picked(verdicts.picked())
    values = {"score": "score", "true_rank": "rank of the true label"}
    if sort == "roc" and value[0] in found.labels and isinstance(value[1], float | int):
        rows = found.above(value[0], value[1])
        said, values = f"Score for {value[0]} from {value[1]:.3f} on", {"score": "score", "is_right": "is one"}
    elif sort == "cell":
        rows = found.objects(cell=value)
        said = f"True {value[0]}, taken for {value[1] or drawn.BACKGROUND}"
    elif label is not None:
        rows, said = found.objects(truth=label), f"True {label}, the most confident mistake first"
    else:
        rows = found.objects()
        rows = rows[~rows["is_right"].astype(bool)]
        said = "Wrong, the most confident first"
    measured.items(store, rows.astype({"is_right": float}), values, said, "wrong_items")
