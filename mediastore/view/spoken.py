"""Spans of sounds: events found at an overlap in time, and words heard against words said."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mediastore.reader.store import Store
from mediastore.view import measured
from mediastore.view.judged import choose_bounds

EVENTS = {"precision": "Precision", "recall": "Recall", "F1": "F1"}


def events(store: Store, asked: Mapping[str, Any], step: int) -> None:
    """Precision and recall of spans by step, and by label at one step."""
    st.subheader("Events in time", anchor=False)
    with st.container(horizontal=True, gap="medium"):
        bounds = choose_bounds()
    whole = store.evaluate(**asked, geometry="span")
    measured.by_step(whole.counts(bounds.iou, bounds.score), EVENTS, step)
    by_label = whole.at(step=step).by_label(bounds.iou, bounds.score)
    row = measured.table(
        "By label; press a row for its sounds", by_label.drop(columns=["project", "run", "step"]), "events_by_label"
    )
    wanted = {} if row is None else {"label": str(row["label"])}
    wrong = whole.at(step=step).objects(bounds.iou, bounds.score, outcome=("FP", "FN"), **wanted)
    some = wrong.groupby(["project", "run", "key", "step", "index"], as_index=False, sort=False).agg(
        wrong=("label", "size")
    )
    some = some.sort_values("wrong", ascending=False, kind="stable")
    measured.items(store, some, {"wrong": "wrong or not found"}, "Sounds with wrong or missed events", "event_items")


def words(store: Store, asked: Mapping[str, Any], step: int) -> None:
    """The word error rate by step; the words that were mistaken and the items, at one step."""
    found = store.transcripts(**asked)
    if found.items.empty:
        return
    st.subheader("Words", anchor=False)
    measured.by_step(found.summary(), {"WER": "Word error rate"}, step)
    at_step = store.transcripts(**asked, step=step)
    pairs, worst = at_step.confusions(), at_step.by_item()
    title = f"{measured.counted(len(worst), 'item')}, the worst first; press a row to open its item"
    told = worst[["sample", "index", "WER", "words", "truth", "predicted"]]
    measured.open_row(worst, measured.table(title, told, "transcripts"))
    measured.table(f"{measured.counted(len(pairs), 'kind')} of mistakes, the most frequent first", pairs)
    measured.left_out(at_step.left_out)
