"""The parts of the page Labels and masks: whole items, label maps, tracks and sounds, where both layers hold them."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.errors import MediaStoreError
from mediastore.reader.store import Store
from mediastore.view import followed, frame, labelled, mapped, spoken
from mediastore.view.judged import Layers
from mediastore.view.steps import plain

PARTS = {
    "label": (labelled.show, spoken.words),
    "mask": (mapped.show,),
    "box": (followed.show,),
    "span": (spoken.events, spoken.words),
}
"""What is shown of annotations of a type; boxes are those of films."""


def comparable(store: Store, named: Layers) -> pd.DataFrame:
    """Run, key and type of what both layers hold: ref, key, type (label, mask, span, or box of a film)."""
    refs = frame.selected_runs(store)
    found = _layers(str(store.root), store.version, tuple(refs), store)
    found = found[found["layer"].isin((named.found, named.truth)) & found["type"].isin(PARTS)]
    both = found.groupby(["ref", "key", "type"], as_index=False)["layer"].nunique()
    films = set(store.keys(run=refs).query("kind == 'video'")["key"]) if refs else set()
    return both[(both["layer"] == 2) & ((both["type"] != "box") | both["key"].isin(films))]


def show(store: Store, kinds: set[str], asked: Mapping[str, Any], step: int) -> None:
    """Each task that both layers hold: numbers by step, then by label and item at one step."""
    wanted = dict.fromkeys(part for kind, parts in PARTS.items() if kind in kinds for part in parts)
    for part in wanted:
        _or_say(lambda part=part: part(store, asked, step))


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
