"""Which (run, step) of the runs in view are compared, under which key, and which sample is in hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from mediastore.reader.store import Store
from mediastore.view import epochs, frame, steps

PLACES, SAMPLE, ORDER = "places", "sample", "order"
PLACES_MOST = 4
ORDERS = ("as logged", "most fixed", "most broken")
_CHOSEN = "chosen-sample"


@dataclass(frozen=True)
class Column:
    """One run at one step."""

    ref: str
    step: int

    @classmethod
    def from_text(cls, text: str) -> "Column":
        """The column that `project/run@step` names."""
        ref, _, step = text.rpartition("@")
        return cls(ref, int(step))

    @property
    def text(self) -> str:
        """`project/run@step`, as it stands in a link."""
        return f"{self.ref}@{self.step}"


def choose(store: Store, refs: Sequence[str]) -> tuple[str, list[Column]] | None:
    """The key and two to four places of the runs in view, kept in the link; None where no picture was logged."""
    keys = store.keys(run=list(refs)) if refs else None
    names = [] if keys is None else sorted(set(keys.loc[keys["kind"] == "image", "key"]))
    if not names:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        key = steps.choose_key(names)
        found = store.step_counts(key=key, kind="image", run=_in_reach(refs))
        known = _oldest_first(
            store, [Column(ref, int(step)) for ref, step in found[["ref", "step"]].itertuples(index=False)]
        )
        chosen = _choose_columns(store, known)
    return key, chosen


def _in_reach(refs: Sequence[str]) -> list[str]:
    """The runs in view, and those that a link names beside them."""
    named = [text.rpartition("@")[0] for text in st.query_params.get_all(PLACES)]
    return list(dict.fromkeys([*refs, *named]))


def _oldest_first(store: Store, columns: Sequence[Column]) -> list[Column]:
    """By when the runs began, so that what is compared reads from before to after; the steps of a run as they were."""
    age = {ref: at for at, ref in enumerate(frame.known_runs(store).refs)}
    return sorted(columns, key=lambda column: -age.get(column.ref, -1))


def _choose_columns(store: Store, known: Sequence[Column]) -> list[Column]:
    texts = [column.text for column in known]
    asked = [text for text in dict.fromkeys(st.query_params.get_all(PLACES)) if text in texts][:PLACES_MOST]
    if len(asked) < 2:
        asked += [column.text for column in usual(known) if column.text not in asked][: 2 - len(asked)]
    names, known_epochs = frame.run_names(store), epochs.of(store, list(dict.fromkeys(one.ref for one in known)))
    chosen = st.multiselect(
        "Two to four of these",
        texts,
        default=asked,
        format_func=lambda text: said(Column.from_text(text), names, known_epochs),
        max_selections=PLACES_MOST,
        key=f"chosen-{PLACES}",
    )
    keep(PLACES, chosen)
    return [Column.from_text(text) for text in chosen]


def keep(name: str, values: list[str]) -> None:
    """Put what was chosen into the link as it is: a bound widget would put what it shows."""
    if st.query_params.get_all(name) != values:
        st.query_params[name] = values


def usual(known: Sequence[Column]) -> list[Column]:
    """What to begin with: the first and the last step of one run, or the last step of each of two to four."""
    last = {column.ref: column for column in known}
    if len(last) > 1:
        return list(last.values())[:PLACES_MOST]
    return list(dict.fromkeys([*known[:1], *last.values()]))


def said(column: Column, names: Mapping[str, str], known_epochs: epochs.Epochs) -> str:
    """A place as people read it."""
    return f"{names.get(column.ref, column.ref)} · {said_when(column, known_epochs)}"


def said_when(column: Column, known_epochs: epochs.Epochs) -> str:
    """The step of a place, after the epoch that it ends, if that is known."""
    return epochs.said(known_epochs, column.ref, column.step)


def choose_sample(samples: Sequence[str], captions: dict[str, str], changed: pd.DataFrame | None) -> str:
    """The sample in hand, kept in the link: chosen by its caption, or walked to by the arrow keys."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        ordered = _in_order(samples, changed)
        asked = st.query_params.get(SAMPLE)
        if asked in ordered:
            st.session_state[_CHOSEN] = asked
        elif st.session_state.get(_CHOSEN) not in ordered:
            st.session_state[_CHOSEN] = ordered[0]
        sample = st.selectbox(
            "Sample", ordered, format_func=lambda one: captions.get(one, one), key=_CHOSEN, on_change=_follow, width=300
        )
        keep(SAMPLE, [sample])
        place = ordered.index(sample)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            for name, key, to in (("Previous", "Left", place - 1), ("Next", "Right", place + 1)):
                is_there = 0 <= to < len(ordered)
                target = ordered[to] if is_there else sample
                st.button(name, shortcut=key, type="tertiary", disabled=not is_there, on_click=_go, args=(target,))
            st.caption(f"{place + 1:,} of {len(ordered):,} samples", width="content")
    return sample


def _in_order(samples: Sequence[str], changed: pd.DataFrame | None) -> list[str]:
    if changed is None or not len(changed):
        return list(samples)
    order = st.selectbox("Order", ORDERS, key=ORDER, bind="query-params", on_change=_forget, width=150)
    if order == ORDERS[0]:
        return list(samples)
    gain = changed.assign(gain=changed["fixed"] - changed["broken"]).groupby("sample")["gain"].sum()
    sign = -1 if order == ORDERS[1] else 1
    return sorted(samples, key=lambda sample: sign * float(gain.get(sample, 0)))


def _go(sample: str) -> None:
    st.query_params[SAMPLE] = sample


def _follow() -> None:
    _go(st.session_state[_CHOSEN])


def _forget() -> None:
    st.query_params.pop(SAMPLE, None)
    st.session_state.pop(_CHOSEN, None)
