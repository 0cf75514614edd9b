"""The Tables page's parts: which table, what is done to its rows, and the rows with their media."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.draw import rows as table_rows
from mediastore.errors import MediaStoreError
from mediastore.reader.logged_tables import LoggedTable
from mediastore.reader.store import Store
from mediastore.view import answer, epochs, frame, steps

KINDS = ("table",)
NONE = "none"


def choose(store: Store, place: steps.Place) -> tuple[LoggedTable, str] | None:
    """The table at a key and step, joined with another one where that is asked for, and what it is called."""
    refs = [ref for ref in frame.selected_runs(store) if store.steps(run=ref, key=place.key, kind="table")]
    names = frame.run_names(store)
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with bar:
        ref = _choose("Run", "table_run", refs, names) if len(refs) > 1 else refs[0]
        logged = store.steps(run=ref, key=place.key, kind="table")
        step = steps.latest_before(logged, place.step)
        step = logged[0] if step is None else step
        others = _others(store, refs, names, place.key, (ref, step))
        other = _choose("Join with", "table_join", [NONE, *others], {})
    try:
        first = _table(str(store.root), store.version, ref, place.key, step, store)
        known = epochs.of(store, refs)
        said = f"{names[ref]} · {epochs.said(known, ref, step)}"
        if other == NONE:
            return first, said
        second = _table(str(store.root), store.version, *others[other], store)
        with bar:
            return _joined(first, second), f"{said} beside {other}"
    except MediaStoreError as error:
        st.text(str(error))
        return None


def show(found: LoggedTable, said: str, key: str) -> None:
    """The rows, narrowed, grouped and ordered as a person asks, with their media and the ways to take them along."""
    rows, total = found.rows, len(found.rows)
    if rows.empty:
        frame.nothing_found("This table has no rows.", "Log some: Table(columns=[...], data=[[...]])")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="table_bar"):
        names = sorted(map(str, rows), key=found.media.__contains__)
        column = _choose("Where", "table_where", names, {}, width=160)
        condition = _choose("is", "table_condition", table_rows.CONDITIONS, {}, width=120, label="collapsed")
        wanted = st.text_input("Value", key="table_value", bind="query-params", width=160, placeholder="any value")
        by = _choose("Group by", "table_group", [NONE, *names], {}, width=160)
        kept = table_rows.narrowed(rows, column, condition, wanted)
        shown = kept if by == NONE else table_rows.grouped(kept, [by])
        order = _choose("Sort by", "table_sort", [NONE, *(str(name) for name in shown)], {}, width=160)
        descending = st.toggle("Highest first", key="table_last", bind="query-params")
    shown = table_rows.ordered(shown, order, descending=descending)
    _said(shown, f"{len(kept):,} of {total:,} rows", said, is_grouped=by != NONE)
    media = [name for name in found.media if name in shown]
    identity = f"{key}-{condition}-{column}-{wanted}-{by}-{order}-{descending}"
    answer.show(shown, media, lambda row, name: found.items[name].get(row[name]), key=identity, page_key="table_part")


def _said(shown: pd.DataFrame, counted: str, said: str, *, is_grouped: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="table_said"):
        groups = f"{len(shown):,} groups of " if is_grouped else ""
        st.text(f"{groups}{counted} · {said}", width="content")
        for title, name, write in (("CSV", "table.csv", _csv), ("Parquet", "table.parquet", _parquet)):
            st.download_button(
                title,
                data=lambda write=write: write(shown),
                file_name=name,
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )


def _joined(first: LoggedTable, second: LoggedTable) -> LoggedTable:
    common = [name for name in first.rows if name in second.rows and name not in first.media]
    if not common:
        st.text("The two tables have no column in common; the first one is shown alone.")
        return first
    on = _choose("On", "table_on", common, {})
    both = table_rows.joined(first.rows, second.rows, on)
    items: dict[str, dict[str, Any]] = {}
    for part, other, suffix in ((first, second, table_rows.FIRST), (second, first, table_rows.SECOND)):
        items |= {f"{name}{suffix}" if name in other.rows else name: known for name, known in part.items.items()}
    return LoggedTable(both, tuple(items), items)


def _others(
    store: Store, refs: Sequence[str], names: Mapping[str, str], key: str, taken: tuple[str, int]
) -> dict[str, tuple[str, str, int]]:
    places = [(ref, step) for ref in refs for step in store.steps(run=ref, key=key, kind="table")]
    return {f"{names[ref]} · step {step}": (ref, key, step) for ref, step in places if (ref, step) != taken}


def _choose(
    title: str,
    key: str,
    options: Sequence[str],
    said: dict[str, str],
    *,
    width: int = 220,
    label: Any = "visible",
) -> str:
    if st.session_state.get(key) not in (None, *options):
        del st.session_state[key]
    return st.selectbox(
        title,
        options,
        key=key,
        bind="query-params",
        width=width,
        format_func=lambda one: said.get(one, one),
        label_visibility=label,
    )


def _csv(rows: pd.DataFrame) -> bytes:
    return rows.to_csv(index=False).encode("utf-8", "surrogatepass")


def _parquet(rows: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    rows.to_parquet(out, index=False)
    return out.getvalue()


@st.cache_resource(show_spinner=False, max_entries=6)
def _table(root: str, version: str, ref: str, key: str, step: int, _store: Store) -> LoggedTable:
    found = _store.table(ref, key, step)
    return LoggedTable(answer.with_unique_names(found.rows), found.media, found.items)
