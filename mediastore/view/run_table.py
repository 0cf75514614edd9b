"""The table of runs, whose ticked rows are the runs in view on every page."""

import json
from collections.abc import Sequence
from itertools import islice

import pandas as pd
import streamlit as st

from mediastore.draw.run_table import config_columns, duration_words, flat, result_columns
from mediastore.reader.store import Store
from mediastore.serve import thumb_url
from mediastore.view import frame

ROW_HEIGHT = 56
ROWS_SEEN = 9
FIRST_RESULTS = 4
_SEEN = "runs_table_seen"


def show(store: Store) -> None:
    """Draw the table; ticking rows chooses the runs in view."""
    known, selected = frame.runs(store), frame.selected_runs(store)
    refs = known["ref"].tolist()
    table = _table(str(store.root), store.version, known, store)
    key = f"runs_table_{_generation(selected)}_{len(refs)}"
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        placeholder="–",
        row_height=ROW_HEIGHT,
        height=min(len(table), ROWS_SEEN) * ROW_HEIGHT + 38,
        on_select=lambda: _select(key, refs),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [refs.index(ref) for ref in selected]}},
        column_config=_column_config(table),
    )


def _select(key: str, refs: Sequence[str]) -> None:
    rows = st.session_state[key].selection.rows
    chosen = [refs[place] for place in sorted(rows) if place < len(refs)]
    st.session_state[_SEEN] = (chosen, st.session_state[_SEEN][1])
    frame.select_runs(chosen)


def _generation(selected: list[str]) -> int:
    """A number that grows when the runs in view were chosen elsewhere: the table then begins anew with them."""
    seen, generation = st.session_state.get(_SEEN, ([], 0))
    if seen != selected:
        generation += 1
        st.session_state[_SEEN] = (selected, generation)
    return generation


@st.cache_data(show_spinner=False, max_entries=4)
def _table(root: str, version: str, _known: pd.DataFrame, _store: Store) -> pd.DataFrame:
    pictures = dict(_store.latest_pictures().itertuples(index=False))
    names = frame.run_names(_store)
    table = {
        "picture": [thumb_url(pictures[ref]) if ref in pictures else None for ref in _known["ref"]],
        "run": [names[ref] for ref in _known["ref"]],
        "status": _known["status"],
    }
    configs, summaries = ([flat(json.loads(text or "{}")) for text in _known[name]] for name in ("config", "summary"))
    results = {f"summary.{name}": values for name, values in result_columns(summaries).items()}
    settings = {f"config.{name}": values for name, values in config_columns(configs).items()}
    table |= dict(islice(results.items(), FIRST_RESULTS)) | settings | results
    table["took"] = [duration_words(took) for took in _known["updated"] - _known["created"]]
    table["began"] = pd.to_datetime(_known["created"], unit="s", utc=True)
    if _known["tags"].str.len().any():
        table["tags"] = _known["tags"]
    return pd.DataFrame(table)


def _column_config(table: pd.DataFrame) -> dict[str, object]:
    config: dict[str, object] = {
        "picture": st.column_config.ImageColumn("", width=84),
        "run": st.column_config.TextColumn("Run", width=190),
        "status": st.column_config.TextColumn("Status", width=90),
        "took": st.column_config.TextColumn("Took", width=100),
        "began": st.column_config.DatetimeColumn("Began", format="distance", width=120),
        "tags": st.column_config.ListColumn("Tags"),
    }
    for column in table.columns:
        source, _, name = column.partition(".")
        if name and pd.api.types.is_numeric_dtype(table[column]):
            config[column] = st.column_config.NumberColumn(name, help=source, format="%.4g")
        elif name:
            config[column] = st.column_config.TextColumn(name, help=source)
    return config
