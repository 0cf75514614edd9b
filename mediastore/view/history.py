"""The same sample at the other steps at which it was logged."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mediastore.draw import values
from mediastore.draw.overlay import Record, item_id
from mediastore.reader.store import Store
from mediastore.view import detail, epochs, gallery

STEPS_MAX = 60
EVERY = "every"


def show(store: Store, record: Record, colors: Mapping[str, str]) -> None:
    """The same sample at every step at which it was logged; one that is clicked is gone to. Says N of N."""
    if not record.get("sample"):
        return
    same = {"run": detail.ref_of(record), "key": record["key"], "sample": record["sample"]}
    total = len(store.item_places(**same))
    if total < 2:
        return
    everything = store.records(**same, sort="step")
    st.subheader("The same sample at other steps", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        is_whole = total <= STEPS_MAX or st.toggle("Every one of them", key=EVERY, bind="query-params")
        records = everything if is_whole else _thinned(everything, record)
        st.caption(f"{len(records):,} of {total:,} times", width="content")
    current = next((at for at, one in enumerate(records) if item_id(one) == item_id(record)), None)
    known = epochs.of(store, [same["run"]])
    picked = gallery.strip(
        records,
        colors=colors,
        key="over-steps",
        current=current,
        where=lambda one: epochs.said(known, same["run"], one["step"]),
    )
    if picked:
        detail.go(*picked)
        st.rerun()
    if figure := values.figure(everything, record["step"]):
        st.plotly_chart(figure, key="values", config={"displayModeBar": False})


def _thinned(records: Sequence[Record], kept: Record) -> list[Record]:
    every = -(-len(records) // STEPS_MAX)
    return [one for at, one in enumerate(records) if at % every == 0 or item_id(one) == item_id(kept)]
