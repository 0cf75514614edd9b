"""What a person is asked for: the runs in view, the metrics, the step and the key of the media."""

from collections.abc import Sequence

import streamlit as st

from mediastore.draw.curves import first_look
from mediastore.reader.store import Store
from mediastore.view import components, frame

STEP_PARAM = "at"
_RUN_LIST = "run_list"
_mount = components.component("runs", "runs.js", style="runs.css")


def run_picker(store: Store) -> None:
    """The runs of the store with their colours and states; a click puts a run in view or takes it out."""
    known = frame.known_runs(store)
    rows = [
        {"ref": ref, "name": known.names[ref], "status": status, "color": known.colors[ref]}
        for ref, status in zip(known.refs, known.listed["status"].tolist(), strict=True)
    ]
    explicit = bool(st.query_params.get_all(frame.RUN_PARAM))
    data = {"runs": rows, "selected": frame.selected_runs(store), "explicit": explicit}
    _mount(key=_RUN_LIST, data=data, on_chosen_change=_choose)


def _choose() -> None:
    chosen = st.session_state[_RUN_LIST].chosen
    if chosen:
        frame.select_runs(list(chosen["refs"]))


def metrics(names: Sequence[str]) -> list[str]:
    """The metrics to draw, kept in the link; a telling few to begin with."""
    return st.multiselect("Metrics", names, default=first_look(names), key="metric", bind="query-params")


def step() -> int | None:
    """The step in hand, kept in the link: typed, or taken from a curve by `pick_step`; None for the last."""
    return st.number_input(
        "Step", min_value=0, value=None, key=STEP_PARAM, bind="query-params", placeholder="last", width=140
    )


def pick_step(picked: int) -> None:
    """Take the step of a curve that was clicked."""
    st.session_state[STEP_PARAM] = picked


def media_key(store: Store) -> str | None:
    """The key whose media are shown, kept in the link; None when the runs in view have none."""
    keys = store.keys(run=frame.selected_runs(store)).sort_values("kind", key=lambda kinds: kinds != "image")
    names = keys["key"].drop_duplicates().tolist()
    if not names:
        return None
    return st.selectbox("Media", names, key="media", bind="query-params", width=240)


def one_run(store: Store, refs: Sequence[str], param: str, title: str, *, placeholder: str | None = None) -> str | None:
    """One of these runs by name; the link carries its `project/run`, as a bound widget would carry the name.

    placeholder: what is said where none is chosen, which is then the beginning; else it is the first run.
    """
    names, key = frame.run_names(store), f"{param}_run"
    asked = st.query_params.get(param)
    if asked in refs:
        st.session_state[key] = asked
    elif st.session_state.get(key) not in refs:
        st.session_state.pop(key, None)

    def follow() -> None:
        chosen = st.session_state[key]
        if chosen is None:
            st.query_params.pop(param, None)
        else:
            st.query_params[param] = chosen

    return st.selectbox(
        title,
        refs,
        index=0 if placeholder is None else None,
        key=key,
        placeholder=placeholder or "",
        format_func=lambda ref: names.get(ref, ref),
        on_change=follow,
        width=220,
    )
