"""The table of what differs in config and metrics between the places that are compared."""

import json
from collections.abc import Sequence

import streamlit as st

from mediastore.draw import differences
from mediastore.reader.store import Store
from mediastore.view import frame
from mediastore.view.places import Column


def show(store: Store, columns: Sequence[Column]) -> None:
    """Config and metrics of each place, a metric as it last was at that step; differences first, and how many."""
    known = frame.runs(store).set_index("ref")["config"]
    names = frame.run_names(store)
    table = differences.table(
        [f"{names.get(column.ref, column.ref)} · step {column.step}" for column in columns],
        [json.loads(known.get(column.ref) or "{}") for column in columns],
        [dict(store.last_metrics(column.ref, column.step).itertuples(index=False)) for column in columns],
    )
    if table.empty:
        return
    st.subheader("Configs and metrics", anchor=False)
    st.caption(
        f"{int(table['differs'].sum()):,} of {len(table):,} differ. A metric is its last value at that step or before."
    )
    config = {"differs": st.column_config.CheckboxColumn("differs", width="small")}
    st.dataframe(table, hide_index=True, column_config=config, key="differences")
