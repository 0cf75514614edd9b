"""The parts of the page Labels and masks: whole items, label maps and tracks, each where both layers hold them."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.errors import MediaStoreError
from mediastore.reader.store import Store
from mediastore.view import frame, mistakes
from mediastore.view.judged import Bounds, Layers
from mediastore.view.steps import plain

TYPES = {"label": "label", "mask": "label map", "box": "track"}
PICTURES = mistakes.PICTURES
LEFT_OUT_SAID = 5


def comparable(store: Store, named: Layers) -> pd.DataFrame:
    """Run, key and type of what both layers hold: ref, key, type (label, mask, or box of a film)."""
    refs = frame.selected_runs(store)
    found = _layers(str(store.root), store.version, tuple(refs), store)
    found = found[found["layer"].isin((named.found, named.truth)) & found["type"].isin(TYPES)]
    both = found.groupby(["ref", "key", "type"], as_index=False)["layer"].nunique()
    films = set(store.keys(run=refs).query("kind == 'video'")["key"]) if refs else set()
    return both[(both["layer"] == 2) & ((both["type"] != "box") | both["key"].isin(films))]


def show(store: Store, kinds: set[str], asked: Mapping[str, Any], step: int) -> None:
    """Each task that both layers hold: numbers by step, then by label and item at one step."""
    shown = {"label": _classification, "mask": _segmentation, "box": _tracks}
    for kind in TYPES:
        if kind in kinds:
            _or_say(lambda part=shown[kind]: part(store, asked, step))


def _classification(store: Store, asked: Mapping[str, Any], step: int) -> None:
    st.subheader("Labels of whole items", anchor=False)
    found = store.classify(**asked)
    _by_step(found.summary(), "accuracy")
    at_step = store.classify(**asked, step=step)
    _table(f"By label at step {step:,}", at_step.by_label())
    wrong = at_step.objects()
    wrong = wrong[~wrong["is_right"].astype(bool)]
    _items(
        store,
        wrong,
        {"score": "score", "true_rank": "rank of the true label"},
        "wrong, the most confident first",
        "wrong_items",
    )


def _segmentation(store: Store, asked: Mapping[str, Any], step: int) -> None:
    st.subheader("Label maps", anchor=False)
    found = store.segmentation(**asked)
    if found.summary().empty:
        st.caption("No item holds one label map in each layer.")
        return
    _by_step(found.summary(), "mean_IoU")
    at_step = store.segmentation(**asked, step=step)
    _table(f"By label at step {step:,}", at_step.by_label())
    worst = at_step.by_item()
    _items(store, worst, {name: name for name in ("IoU", "Dice") if name in worst}, "the worst first", "worst_items")
    for sentence in at_step.left_out[:LEFT_OUT_SAID]:
        st.caption(plain(sentence))
    if len(at_step.left_out) > LEFT_OUT_SAID:
        st.caption(f"{LEFT_OUT_SAID} of {len(at_step.left_out):,} sentences about items without a number.")


def _tracks(store: Store, asked: Mapping[str, Any], step: int) -> None:
    st.subheader("Tracks", anchor=False)
    bounds = Bounds(st.slider("Overlap (IoU) from", 0.05, 0.95, 0.5, 0.05, key="track_iou", width=220), 0.0)
    found = store.tracks(**asked, iou=bounds.iou)
    _by_step(found.summary(), "MOTA")
    _table(f"True tracks at step {step:,}", store.tracks(**asked, iou=bounds.iou, step=step).by_track())
    st.caption("CLEAR MOT, with a greedy assignment in place of the Hungarian: see docs/analysis.md.")


def _by_step(summary: pd.DataFrame, measure: str) -> None:
    if summary.empty:
        st.caption("Nothing to compare here.")
        return
    last = summary.iloc[-1]
    st.caption(f"{measure.replace('_', ' ')} at the last step, {int(last['step']):,}: {last[measure]:.3f}")
    _table("By step", summary.drop(columns=["project", "run"]))


def _table(title: str, table: pd.DataFrame) -> None:
    st.caption(f"{title}: {len(table):,} rows")
    floats = [name for name in table.columns if table[name].dtype.kind == "f"]
    form = {name: st.column_config.NumberColumn(format="%.3f") for name in floats}
    st.dataframe(table, hide_index=True, column_config=form, height=min(38 + 35 * len(table), 388))


def _items(store: Store, rows: pd.DataFrame, values: Mapping[str, str], order: str, key: str) -> None:
    st.caption(f"{min(PICTURES, len(rows)):,} of {len(rows):,} items, {order}")
    if len(rows):
        mistakes.show_items(
            store, rows.head(PICTURES).fillna(dict.fromkeys(values, 0.0)), values, Bounds(0.5, 0.0), key=key
        )


def _or_say(part: Callable[[], None]) -> None:
    try:
        part()
    except MediaStoreError as error:
        st.warning(plain(str(error)), icon=":material/info:")


@st.cache_data(show_spinner=False, max_entries=8)
def _layers(root: str, version: str, refs: tuple[str, ...], _store: Store) -> pd.DataFrame:
    found = _store.layers(run=list(refs))
    return found.assign(ref=found["project"] + "/" + found["run"])


def asked_of(key: str, run: str, named: Layers) -> dict[str, Any]:
    """The arguments of the store's methods for one key and run."""
    return {"key": key, "run": run, "predictions": named.found, "truth": named.truth}
