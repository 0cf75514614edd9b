"""What is known of one item: facts, annotations as a table, the original to download, the link to copy."""

import html
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from mediastore import shown
from mediastore.draw.overlay import Record, item_id, item_values
from mediastore.draw.shapes import annotation_bounds, area_px
from mediastore.reader.store import Store
from mediastore.serve import media_url
from mediastore.view import access, links
from mediastore.view.components import joined
from mediastore.view.steps import plain

ROWS_MAX, TABLE_HEIGHT_PX = 10, 390


def show(record: Record, run_name: str) -> None:
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
    lines = [f"<dt>{html.escape(name)}</dt><dd>{html.escape(str(value))}</dd>" for name, value in rows.items() if value]
    st.html(f"<style>{joined('facts.css')}</style><dl class='facts'>{''.join(lines)}</dl>")


def cannot_show(record: Record, problem: str) -> None:
    """Why an item cannot be shown, in words; its file is kept and can be downloaded."""
    st.warning(plain(problem), icon=":material/warning:")
    download(record)


def download(record: Record) -> None:
    """The original file, where the store has one."""
    if record.get("path"):
        st.link_button("Download", f"{media_url(record['path'])}?download", icon=":material/download:")


def actions(store: Store, record: Record) -> None:
    """Download of the original; the link to this item, and the Python and the SQL that read it, to copy."""
    with st.container(horizontal=True, gap="small", key="actions"):
        download(record)
        with st.popover("Copy", icon=":material/content_copy:"):
            for language, text in (
                (None, _address(record)),
                ("python", _as_python(store, record)),
                ("sql", _as_sql(record)),
            ):
                st.code(text, language=language, wrap_lines=True)


def _address(record: Record) -> str:
    base = str(st.context.url or "").partition("?")[0]
    return f"{base}?{urlencode(shown.address.in_link() | links.item_link(*item_id(record)))}"


def _as_python(store: Store, record: Record) -> str:
    project, run, key, step, index = item_id(record)
    return (
        f"import mediastore\n\nstore = mediastore.Store({access.root_as_shown(store)!r})\n"
        f"(record,) = store.records(run={f'{project}/{run}'!r}, key={key!r}, step={step}, index={index})"
    )


def _as_sql(record: Record) -> str:
    project, run, key, step, index = item_id(record)
    run_is = f"project = {_quoted(project)} and run = {_quoted(run)}"
    item_is = f"key = {_quoted(key)} and step = {step} and index = {index}"
    return f"select * from annotations\nwhere {run_is}\nand {item_is}\norder by score desc"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _said_bytes(count: int | None) -> str:
    if not count:
        return ""
    return f"{count / 1024:.0f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"


def table(annotations: Sequence[Mapping[str, Any]]) -> None:
    """The annotations as rows: label, score, layer, place and area."""
    rows = pd.DataFrame([_row(one) for one in annotations])
    rows = rows.sort_values("score", ascending=False).dropna(axis="columns", how="all")
    score = st.column_config.ProgressColumn("score", format="%.3f", min_value=0.0, max_value=1.0)
    is_share = "score" in rows and rows["score"].dropna().between(0, 1).all()
    height = "content" if len(rows) <= ROWS_MAX else TABLE_HEIGHT_PX
    columns = {"score": score} if is_share else None
    st.dataframe(rows, hide_index=True, height=height, column_config=columns, key="annotations")


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
