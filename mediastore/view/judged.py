"""Which predictions are held against which truth, at which thresholds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.analysis.evaluation import Evaluation
from mediastore.reader.evaluations import PREDICTIONS, TRUTH
from mediastore.reader.store import Store
from mediastore.view import controls, frame

KEY, RUN, IOU, SCORE = "key", "of", "iou", "least"
FOUND_LAYER, TRUTH_LAYER = "found_in", "truth_in"
IOU_USUAL, SCORE_USUAL = 0.5, 0.5
NAMELESS: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True)
class Layers:
    """The layer that holds what the model said, and the one that holds what is true."""

    found: str = PREDICTIONS
    truth: str = TRUTH


@dataclass(frozen=True)
class Bounds:
    """A prediction counts from `score` on, and finds a truth that it overlaps by `iou` or more."""

    iou: float
    score: float


def layers() -> Layers:
    """The layers that the link names, else the usual two."""
    return Layers(st.query_params.get(FOUND_LAYER, PREDICTIONS), st.query_params.get(TRUTH_LAYER, TRUTH))


def comparable(store: Store, named: Layers) -> pd.DataFrame:
    """`Store.evaluable` of the runs in view, with `ref`; in the order of the runs in view."""
    refs = frame.selected_runs(store)
    found = _comparable(str(store.root), store.version, tuple(refs), named, store)
    place = {ref: at for at, ref in enumerate(refs)}
    return found.sort_values(["key", "ref"], key=lambda column: column.map(lambda value: place.get(value, value)))


def nothing_to_judge(named: Layers) -> None:
    """The empty state of these pages."""
    frame.nothing_found(
        f"No run in view holds both layers, “{named.found}” and “{named.truth}”, under one key.",
        "Log both: Image(array, boxes=[Box(…, label='cat', layer='ground_truth'), Box(…, label='cat', score=0.9)])",
    )


def choose_key(found: pd.DataFrame) -> str:
    """The key that is looked at, kept in the link."""
    names = list(dict.fromkeys(found["key"]))
    if st.session_state.get(KEY) not in (None, *names):
        del st.session_state[KEY]
    return st.selectbox("Key", names, key=KEY, bind="query-params", width=220) if len(names) > 1 else names[0]


def choose_run(store: Store, refs: Sequence[str], param: str = RUN, title: str = "Run") -> str:
    """One of the runs, kept in the link."""
    return refs[0] if len(refs) < 2 else controls.one_run(store, refs, param, title) or refs[0]


def choose_step(
    steps: Sequence[int],
    param: str,
    title: str = "Step",
    usual: int | None = None,
    named: Mapping[int, str] = NAMELESS,
) -> int:
    """One of the steps that exist, kept in the link; the last to begin with. named: what each is called, if it is."""
    if len(steps) < 2:
        st.caption(f"{title} {steps[0]:,}, the only one", width="content")
        return steps[0]
    value = steps[-1] if usual is None else usual
    if named:
        return _choose_named(steps, param, title.replace("Step", "Epoch"), value, named)
    asked = st.session_state.get(param, st.query_params.get(param))
    if asked is not None and str(asked) not in map(str, steps):
        st.session_state[param] = _existing(asked, steps)
    return st.select_slider(title, steps, value=value, key=param, bind="query-params")


def _choose_named(steps: Sequence[int], param: str, title: str, usual: int, named: Mapping[int, str]) -> int:
    """Steps by their names; the link carries the step, as a bound widget would carry the name."""
    key, asked = f"{param}_named", st.query_params.get(param)
    if asked is not None:
        st.session_state[key] = _existing(asked, steps)
    elif st.session_state.get(key) not in steps:
        st.session_state[key] = usual

    def follow() -> None:
        st.query_params[param] = str(st.session_state[key])

    return st.selectbox(title, steps, format_func=named.__getitem__, key=key, on_change=follow, width=220)


def _existing(asked: Any, steps: Sequence[int]) -> int:
    """The last step up to the one that a link asks for."""
    wanted = int(asked) if str(asked).isdecimal() else steps[-1]
    return max((step for step in steps if step <= wanted), default=steps[0])


def choose_bounds(scores: tuple[float, float] = (0.0, 1.0)) -> Bounds:
    """The two thresholds, kept in the link."""
    low, high = min(0.0, scores[0]), max(1.0, scores[1])
    iou = st.slider(
        "Overlap (IoU) from",
        0.05,
        0.95,
        IOU_USUAL,
        0.05,
        key=IOU,
        bind="query-params",
        width=200,
        help="A prediction finds a true object if the area they share is at least this part of the area of both.",
    )
    score = st.slider(
        "Score from",
        low,
        high,
        SCORE_USUAL,
        (high - low) / 100,
        key=SCORE,
        bind="query-params",
        width=200,
        help="Predictions with a lower score count as not made. AP and AR look at all scores whatever stands here.",
    )
    return Bounds(iou, score)


def evaluation(store: Store, key: str, refs: Sequence[str], named: Layers) -> Evaluation:
    """All steps of a key in these runs, held against the truth."""
    return _evaluation(str(store.root), store.version, key, tuple(refs), named, store)


@st.cache_data(show_spinner=False, max_entries=16)
def _comparable(root: str, version: str, refs: tuple[str, ...], named: Layers, _store: Store) -> pd.DataFrame:
    found = _store.evaluable(list(refs), predictions=named.found, truth=named.truth)
    return found.assign(ref=found["project"] + "/" + found["run"])


@st.cache_resource(show_spinner="Comparing predictions with the truth …", max_entries=4)
def _evaluation(root: str, version: str, key: str, refs: tuple[str, ...], named: Layers, _store: Store) -> Evaluation:
    return _store.evaluate(key, run=list(refs), predictions=named.found, truth=named.truth)
