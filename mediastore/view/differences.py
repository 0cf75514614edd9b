"""The table of what differs in config and metrics between the places that are compared."""

import json
from collections.abc import Sequence

import streamlit as st

from mediastore.draw import differences
from mediastore.reader.store import Store
from mediastore.view import epochs, frame, places
from mediastore.view.places import Column


def show(store: Store, columns: Sequence[Column]) -> None:
    """Config and metrics of each place, a metric as it last was at that step; differences first, and how many."""
    known = frame.runs(store).set_index("ref")["config"]
    names, known_epochs = frame.run_names(store), epochs.of(store, list({column.ref for column in columns}))
    table = differences.table(
        [places.said(column, names, known_epochs) for column in columns],
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
