"""The item in hand: which one the link names, what is beside it, and the same sample at other steps."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from mediastore.draw import values
from mediastore.draw.overlay import Record, item_id, item_values
from mediastore.draw.shapes import annotation_bounds, area_px
from mediastore.reader.store import Store
from mediastore.serve import media_url
from mediastore.view import gallery, links

STEPS_MAX = 60
SHOWN_KINDS = ("image", "video", "audio")


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


def neighbours(store: Store, record: Record) -> tuple[int, list[int]]:
    """The place of the record among the indexes of its run, key and step, and those indexes."""
    same = store.items(run=_ref(record), key=record["key"], step=record["step"], sort="index")
    indexes = [int(index) for index in same["index"]]
    return indexes.index(record["index"]), indexes


def walk(store: Store, record: Record) -> None:
    """Buttons to the previous and the next item of the same key and step, and where among them this one is."""
    place, indexes = neighbours(store, record)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="walk"):
        for name, icon, side, key, to in (
            ("Previous", ":material/arrow_back:", "left", "Left", place - 1),
            ("Next", ":material/arrow_forward:", "right", "Right", place + 1),
        ):
            is_there = 0 <= to < len(indexes)
            target = [*item_id(record)[:4], indexes[to] if is_there else 0]
            st.button(
                name, icon=icon, icon_position=side, shortcut=key, disabled=not is_there, on_click=go, args=target
            )
        st.caption(f"{place + 1} of {len(indexes)} at step {record['step']}", width="content")


def go(project: str, run: str, key: str, step: int, index: int) -> None:
    """Put another item into the link: the next run of the script shows it."""
    st.query_params.update(links.item_link(project, run, key, step, index))


def facts(record: Record, run_name: str) -> None:
    """What is known of an item, in a few calm lines, with its download and its link."""
    size = f"{record['width']} × {record['height']} px" if record.get("width") else ""
    length = f"{record['duration_s']:.2f} s" if record.get("duration_s") else ""
    rows = {
        "Run": run_name,
        "Key": record["key"],
        "Step": f"{record['step']} · item {record['index']}",
        "Sample": record.get("sample"),
        "Size": " · ".join(part for part in (size, length, _said_bytes(record.get("bytes"))) if part),
        **{name: f"{value:.4g}" for name, value in item_values(record).items()},
    }
    for name, value in rows.items():
        if value:
            with st.container(horizontal=True, gap="small", key=f"fact-{name}"):
                st.caption(name, width=70)
                st.text(str(value), width="stretch")


def actions(record: Record) -> None:
    """Download of the original, and the link to this item to copy."""
    with st.container(horizontal=True, gap="small", key="actions"):
        if record.get("path"):
            st.link_button("Download", f"{media_url(record['path'])}?download", icon=":material/download:")
        with st.popover("Link", icon=":material/link:"):
            st.code(_address(record), language=None, wrap_lines=True)


def _address(record: Record) -> str:
    base = str(st.context.url or "").partition("?")[0]
    return f"{base}?{urlencode(links.item_link(*item_id(record)))}"


def _said_bytes(count: int | None) -> str:
    if not count:
        return ""
    return f"{count / 1024:.0f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"


def table(annotations: Sequence[Mapping[str, Any]]) -> None:
    """The annotations as rows: label, score, layer, place and area."""
    rows = pd.DataFrame([_row(one) for one in annotations])
    rows = rows.dropna(axis="columns", how="all").sort_values("score", ascending=False) if "score" in rows else rows
    score = st.column_config.ProgressColumn("score", format="%.3f", min_value=0.0, max_value=1.0)
    is_share = "score" in rows and rows["score"].dropna().between(0, 1).all()
    st.dataframe(
        rows, hide_index=True, height=380, column_config={"score": score} if is_share else None, key="annotations"
    )


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    bounds = annotation_bounds(one)
    span = one.get("span") or (None, None)
    place = ", ".join(f"{value:.0f}" for value in bounds) if bounds else None
    label = one.get("label") or ", ".join((one.get("classes") or {}).values()) or None
    return {
        "label": label,
        "score": one.get("score"),
        "layer": one.get("layer"),
        "type": one.get("type"),
        "frame": one.get("frame"),
        "track": one.get("track"),
        "from, s": span[0],
        "to, s": span[1],
        "x0, y0, x1, y1": place,
        "area, px": area_px(one),
        "text": one.get("text"),
    }


def over_steps(store: Store, record: Record, colors: Mapping[str, str]) -> None:
    """The same sample at every step at which it was logged; one that is clicked is gone to. Says N of N."""
    if not record.get("sample"):
        return
    same = {"run": _ref(record), "key": record["key"], "sample": record["sample"]}
    total = store.count(**same)
    if total < 2:
        return
    everything = store.records(**same, sort="step")
    records = _thinned(everything, record)
    st.subheader("The same sample at other steps", anchor=False)
    st.caption(f"{len(records)} of {total} times")
    current = next((at for at, one in enumerate(records) if item_id(one) == item_id(record)), None)
    picked = gallery.strip(records, colors=colors, key="over-steps", current=current)
    if picked:
        go(*picked)
        st.rerun()
    if figure := values.figure(everything, record["step"]):
        st.plotly_chart(figure, key="values", config={"displayModeBar": False})


def _thinned(records: Sequence[Record], kept: Record) -> list[Record]:
    every = -(-len(records) // STEPS_MAX)
    return [one for at, one in enumerate(records) if at % every == 0 or item_id(one) == item_id(kept)]


def _ref(record: Record) -> str:
    return f"{record['project']}/{record['run']}"
