"""Label maps: how well each label covers its pixels, and a picture of where it does not."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mediastore.analysis.segmentation import (
    FALSE_NEGATIVE,
    FALSE_NEGATIVE_BORDER,
    FALSE_POSITIVE,
    FALSE_POSITIVE_BORDER,
)
from mediastore.geometry import mask_to_rle
from mediastore.reader.store import Store
from mediastore.view import links, measured, picture
from mediastore.view.steps import plain

AREAS = {
    FALSE_POSITIVE_BORDER: ("false positive, at a border", "#ff922b"),
    FALSE_POSITIVE: ("false positive, away from it", "#e03131"),
    FALSE_NEGATIVE_BORDER: ("false negative, at a border", "#4dabf7"),
    FALSE_NEGATIVE: ("false negative, away from it", "#7048e8"),
}
"""What an area of the picture is called, and its colour."""
LABEL = "of_label"


def show(store: Store, asked: Mapping[str, Any], step: int) -> None:
    """Numbers by step and label, then the items, the worst first, each with the picture of its errors."""
    st.subheader("Label maps", anchor=False)
    summary = store.segmentation(**asked).summary()
    if summary.empty:
        st.caption(
            "No item holds a label map (a mask with classes) in each layer. Masks of objects are judged on Mistakes."
        )
        return
    names = {"mean_IoU": "Mean IoU", "mean_Dice": "Mean Dice", "pixel_accuracy": "Pixels right"}
    measured.by_step(summary, names, step)
    found = store.segmentation(**asked, step=step)
    by_label = found.by_label().drop(columns=["project", "run", "step"])
    pressed = measured.table("By label; press a row for its errors", by_label, "maps_by_label")
    label = _label(by_label, pressed)
    if label is None:
        return
    whole = found.by_item(label)
    items = whole.dropna(subset="IoU")
    of = f"{len(items):,} of {measured.counted(len(whole), 'item')}"
    title = f"{of} have {plain(label)} in truth or prediction, the worst first; press a row for its picture"
    row = measured.table(title, items[["sample", "index", "IoU", "Dice"]], "maps_by_item")
    _picture(store, items.iloc[0 if row is None else int(row.name)], label, asked)
    measured.left_out(found.left_out)


def _label(by_label: pd.DataFrame, pressed: pd.Series | None) -> str | None:
    """The label whose row was pressed, else the one with the least overlap."""
    if pressed is not None:
        return str(pressed["label"])
    some = by_label[by_label["truth_pixels"] + by_label["predicted_pixels"] > 0].sort_values("IoU", kind="stable")
    return None if some.empty else str(some.iloc[0]["label"])


def _picture(store: Store, row: Mapping[str, Any], label: str, asked: Mapping[str, Any]) -> None:
    record = measured.record_of(store, row)
    if record is None or not record.get("width"):
        st.caption("This item has no picture to draw on.")
        return
    layers = {name: asked[name] for name in ("predictions", "truth")}
    errors = store.segmentation_errors(record, label=label, **layers)
    counts = np.bincount(errors.ravel(), minlength=len(AREAS) + 1)
    areas = [
        {"type": "mask", "layer": "errors", "label": name, "color": color, "rle": mask_to_rle(errors == kind)}
        for kind, (name, color) in AREAS.items()
        if counts[kind]
    ]
    said = ", ".join(f"{counts[kind]:,} {name}" for kind, (name, _) in AREAS.items())
    st.caption(f"{plain(label)}, in pixels: {said}. A border is within two pixels of where the true label changes.")
    colors = dict(AREAS.values())
    picture.show({**record, "annotations": areas}, colors=colors, key="error-picture")
    place = (str(row["project"]), str(row["run"]), str(row["key"]), int(row["step"]), int(row["index"]))
    st.page_link(
        links.page("item"), label="The item itself", icon=links.icon_of("item"), query_params=links.item_link(*place)
    )
