"""Two takes of one sample: the same sound at another step or of another run, on one playhead."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mediastore.draw.overlay import Record, item_id
from mediastore.reader.store import Store
from mediastore.view import choice, detail, epochs, frame, links, player, steps
from mediastore.view.selection import Group, Selection

OTHER = "other"
_CHOSEN = "other-take"


def others(store: Store, runs: Sequence[str], key: str) -> dict[str, int]:
    """Sample → how many other takes of it the runs in view hold under this key."""
    counts = store.sample_counts(run=list(runs), key=key, kind="audio")
    return {sample: items - 1 for sample, items in counts.itertuples(index=False, name=None)}


def named_by_link(store: Store, runs: Sequence[str]) -> Record | None:
    """The take that the link names as the Item page's links do; None where it names no sound with a sample."""
    record = detail.named_by_link(store, runs) if "key_at" in st.query_params else None
    return record if record and record["kind"] == "audio" and record.get("sample") else None


def take_up(picked: Sequence[object]) -> None:
    """Put a take into the link, to be compared. Ends the script run."""
    st.query_params.update(links.item_link(*picked))
    st.rerun()


def show(store: Store, take: Record, runs: Sequence[str], *, colors: Mapping[str, str]) -> None:
    """The take and another one, chosen among all of the runs in view, under each other in time."""
    refs = list(dict.fromkeys([*runs, detail.ref_of(take)]))
    same = store.records(run=refs, key=take["key"], kind="audio", sample=take["sample"], sort="step")
    there = {_text(record): record for record in same if item_id(record) != item_id(take)}
    names, known = frame.run_names(store), epochs.of(store, refs)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        other = _choose(take, there, names, known) if there else None
        st.caption(f"{len(there):,} other {'take' if len(there) == 1 else 'takes'} of this sample", width="content")
        st.button("All sounds", icon=":material/arrow_back:", type="tertiary", on_click=_back, args=(take,))
    shown = [take] if other is None else [take, other]
    run_colors = frame.run_colors(store)
    groups = [
        Group(names[ref], [one], epochs.said(known, ref, one["step"]), run_colors[ref])
        for one, ref in ((one, detail.ref_of(one)) for one in shown)
    ]
    found = Selection(groups, choice.from_url(), total=len(shown), is_linked=True)
    player.sounds(found, root=store.root, colors=colors, key="takes", is_together=True)


def _choose(take: Record, there: Mapping[str, Record], names: Mapping[str, str], known: epochs.Epochs) -> Record:
    asked = st.query_params.get(OTHER)
    if asked in there:
        st.session_state[_CHOSEN] = asked
    elif st.session_state.get(_CHOSEN) not in there:
        st.session_state[_CHOSEN] = _usual(take, there)

    def said(text: str) -> str:
        one = there[text]
        place = "" if one["index"] == take["index"] else f" · item {one['index']}"
        ref = detail.ref_of(one)
        return f"{names[ref]} · {epochs.said(known, ref, one['step'])}{place}"

    def follow() -> None:
        st.query_params[OTHER] = st.session_state[_CHOSEN]

    return there[st.selectbox("Beside", list(there), format_func=said, key=_CHOSEN, on_change=follow, width=320)]


def _usual(take: Record, there: Mapping[str, Record]) -> str:
    """The take before this one in its run, else the last one of all."""
    before = [text for text, one in there.items() if one["run"] == take["run"] and one["step"] < take["step"]]
    return (before or list(there))[-1]


def _text(record: Record) -> str:
    return f"{detail.ref_of(record)}@{record['step']}/{record['index']}"


def _back(take: Record) -> None:
    for name in (*links.item_link("", "", "", 0, 0), OTHER):
        st.query_params.pop(name, None)
    st.session_state.pop(_CHOSEN, None)
    st.session_state[steps.KEY], st.session_state[steps.STEP] = take["key"], take["step"]
