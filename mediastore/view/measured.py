"""What the parts of the page Labels and masks share: a line of numbers, tables whose rows open something, items."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.reader.store import Store
from mediastore.view import links, mistakes
from mediastore.view.judged import Bounds
from mediastore.view.steps import plain

PICTURES = mistakes.PICTURES
LEFT_OUT_SAID = 5
_BY = ["project", "run", "step"]


def by_step(summary: pd.DataFrame, shown: Mapping[str, str], step: int) -> None:
    """The numbers of the step in hand, large, and those of all steps in a table that opens."""
    here = summary[summary["step"] == step]
    if here.empty:
        st.caption("Nothing to compare at this step.")
        return
    with st.container(horizontal=True, gap="large"):
        for name, title in shown.items():
            value = here.iloc[0][name]
            st.metric(title, "–" if pd.isna(value) else f"{value:.3f}", width="content")
    with st.expander(f"All numbers, by step: {counted(len(summary), 'row')}"):
        table("", summary.drop(columns=_BY[:2]))


def table(title: str, rows: pd.DataFrame, key: str | None = None) -> pd.Series | None:
    """Draw a table; with a key, the row of the cell that was pressed."""
    if title:
        st.caption(title)
    columns: dict[str, Any] = {name: name.replace("_", " ") for name in rows.columns}
    columns |= {
        name: st.column_config.NumberColumn(name.replace("_", " "), format="%.3f")
        for name in rows.columns
        if rows[name].dtype.kind == "f"
    }
    columns |= {
        name: st.column_config.NumberColumn(name.replace("_", " "), format="localized")
        for name in rows.columns
        if rows[name].dtype.kind in "iu"
    }
    if key is None:
        st.dataframe(rows, hide_index=True, column_config=columns)
        return None
    state = st.dataframe(
        rows, hide_index=True, column_config=columns, key=key, on_select="rerun", selection_mode="single-cell"
    )
    at = state.selection.cells[0][0] if state.selection.cells else None
    return rows.iloc[at] if at is not None and at < len(rows) else None


def items(store: Store, rows: pd.DataFrame, values: Mapping[str, str], said: str, key: str) -> None:
    """Draw the first of some items, with these columns as their numbers."""
    st.caption(f"{said}: {min(PICTURES, len(rows)):,} of {counted(len(rows), 'item')}")
    if len(rows):
        shown = rows.head(PICTURES).fillna(dict.fromkeys(values, 0.0))
        mistakes.show_items(store, shown, values, Bounds(0.5, 0.0), key=key)


def counted(count: int, noun: str) -> str:
    """A number of things: "1 item", "2,000 items"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def open_row(rows: pd.DataFrame, pressed: pd.Series | None) -> None:
    """Go to the item of the row that was pressed, if one was."""
    if pressed is not None:
        row = rows.loc[pressed.name]
        links.open_item(row["project"], row["run"], row["key"], int(row["step"]), int(row["index"]))


def record_of(store: Store, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The sidecar of the item that a row is about."""
    ref = f"{row['project']}/{row['run']}"
    found = store.records(run=ref, key=row["key"], step=int(row["step"]), index=int(row["index"]))
    return found[0] if found else None


def left_out(sentences: tuple[str, ...]) -> None:
    """Say of which items there is no number."""
    for sentence in sentences[:LEFT_OUT_SAID]:
        st.caption(plain(sentence))
    if len(sentences) > LEFT_OUT_SAID:
        st.caption(f"{LEFT_OUT_SAID} of {len(sentences):,} sentences about items without a number.")
