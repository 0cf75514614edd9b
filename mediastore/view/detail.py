"""The item in hand: which one the link names, what it is called, and its neighbours."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from mediastore.draw.overlay import Record, item_id
from mediastore.reader.store import Store
from mediastore.view import links
from mediastore.view.steps import plain

SHOWN_KINDS = ("image", "video", "audio")
TITLE_CHARACTERS = 160


def named_by_link(store: Store, runs: Sequence[str]) -> Record | None:
    """The record that the link names; without a link the newest picture of the runs in view; None if there is none."""
    params = st.query_params
    if "key_at" not in params:
        return _newest(store, runs)
    try:
        place = {"step": int(params["step_at"]), "index": int(params.get("index_at", 0))}
    except (KeyError, ValueError):
        return None
    found = store.records(run=params.get("run_at"), key=params["key_at"], **place, limit=1)
    return found[0] if found else None


def _newest(store: Store, runs: Sequence[str]) -> Record | None:
    for kind in SHOWN_KINDS:
        found = store.records(run=list(runs), kind=kind, sort="step", descending=True, limit=1) if runs else []
        if found:
            return found[0]
    return None


def heading(record: Record, run_name: str, step: str) -> tuple[str, str]:
    """What a page about this item is called, and the line below: all are strangers' words, made plain.

    step: what the item's step is called.
    """
    title = " ".join(str(record.get("caption") or record["key"]).split())
    short = title if len(title) <= TITLE_CHARACTERS else title[:TITLE_CHARACTERS] + "…"
    return plain(short), plain(f"{record['key']} · {step} · {run_name}")


def long_caption(record: Record) -> None:
    """The whole caption, where the title could hold its beginning alone."""
    caption = str(record.get("caption") or "")
    if len(" ".join(caption.split())) > TITLE_CHARACTERS:
        with st.expander(f"The whole caption, {len(caption):,} characters"):
            st.text(caption)


def neighbours(store: Store, record: Record) -> tuple[int, list[int]]:
    """The place of the record among the indexes of its run, key and step, and those indexes."""
    same = store.item_places(run=ref_of(record), key=record["key"], step=record["step"])
    indexes = [index for _, index in same]
    return indexes.index(record["index"]), indexes


def other_steps(store: Store, record: Record) -> tuple[int, list[tuple[int, int]]]:
    """The place of the record among the (step, index) of its sample under its key, and those; by index without one."""
    same = {"sample": record["sample"]} if record.get("sample") else {"index": record["index"]}
    places = list(dict.fromkeys(store.item_places(run=ref_of(record), key=record["key"], **same)))
    return places.index((record["step"], record["index"])), places


def walk(store: Store, record: Record, step_name: str) -> None:
    """Buttons to the previous and next item of the step, and to the sample at the previous and next step."""
    project, run, key, step, _ = item_id(record)
    place, indexes = neighbours(store, record)
    when, places = other_steps(store, record)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="walk"):
        _walk_buttons(("Previous", "Left"), ("Next", "Right"), place, [(project, run, key, step, at) for at in indexes])
        st.caption(f"{place + 1:,} of {len(indexes):,} at {step_name}", width="content")
        ids = [(project, run, key, *other) for other in places]
        _walk_buttons(("Step before", "Down"), ("Step after", "Up"), when, ids)
        st.caption(f"{when + 1:,} of {len(places):,} {'step' if len(places) == 1 else 'steps'}", width="content")


def _walk_buttons(back: tuple[str, str], forth: tuple[str, str], place: int, ids: Sequence[tuple[Any, ...]]) -> None:
    for (name, key), to in ((back, place - 1), (forth, place + 1)):
        is_there = 0 <= to < len(ids)
        target = ids[to] if is_there else ids[place]
        st.button(name, shortcut=key, type="tertiary", disabled=not is_there, on_click=go, args=target)


def go(project: str, run: str, key: str, step: int, index: int) -> None:
    """Put another item into the link: the next run of the script shows it."""
    st.query_params.update(links.item_link(project, run, key, step, index))


def ref_of(record: Record) -> str:
    """`project/run` of a record."""
    return f"{record['project']}/{record['run']}"
