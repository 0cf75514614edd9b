"""The table of runs, whose ticked rows are the runs in view on every page."""

import json
from collections.abc import Sequence
from itertools import islice

import pandas as pd
import streamlit as st

from mediastore.draw.curves import first_look
from mediastore.draw.run_table import against_baseline, config_columns, duration_words, flat, result_columns
from mediastore.reader.store import Store
from mediastore.serve import thumb_url
from mediastore.view import controls, frame

ROW_HEIGHT = 56
ROWS_SEEN = 9
FIRST_RESULTS = 4
SPARK_POINTS = 40
_SEEN = "runs_table_seen"


def show(store: Store, known: pd.DataFrame, baseline: str | None, spark: str | None) -> None:
    """Draw the table of these runs; ticking rows chooses the runs in view."""
    selected = frame.selected_runs(store)
    refs = known["ref"].tolist()
    if not refs:
        frame.nothing_found("No run fits these filters.", "Change the words or the condition, or open Filter.")
        return
    table = _table(str(store.root), store.version, tuple(refs), baseline, spark, known, store)
    key = f"runs_table_{_generation(selected)}_{hash(tuple(refs))}"
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        placeholder="–",
        row_height=ROW_HEIGHT,
        height=min(len(table), ROWS_SEEN) * ROW_HEIGHT + 38,
        on_select=lambda: _select(key, refs),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [refs.index(ref) for ref in selected if ref in refs]}},
        column_config=_column_config(table),
    )


def _select(key: str, refs: Sequence[str]) -> None:
    rows = st.session_state[key].selection.rows
    chosen = [refs[place] for place in sorted(rows) if place < len(refs)]
    elsewhere = [ref for ref in st.session_state[_SEEN][0] if ref not in refs]
    st.session_state[_SEEN] = (chosen + elsewhere, st.session_state[_SEEN][1])
    frame.select_runs(chosen + elsewhere)


def _generation(selected: list[str]) -> int:
    """A number that grows when the runs in view were chosen elsewhere: the table then begins anew with them."""
    seen, generation = st.session_state.get(_SEEN, ([], 0))
    if seen != selected:
        generation += 1
        st.session_state[_SEEN] = (selected, generation)
    return generation


@st.cache_data(show_spinner=False, max_entries=4)
def _table(
    root: str,
    version: str,
    refs: tuple[str, ...],
    baseline: str | None,
    spark: str | None,
    _known: pd.DataFrame,
    _store: Store,
) -> pd.DataFrame:
    pictures = dict(_store.latest_pictures().itertuples(index=False))
    names = frame.run_names(_store)
    table = {
        "picture": [thumb_url(pictures[ref]) if ref in pictures else None for ref in refs],
        "run": [names[ref] for ref in refs],
        "status": _known["status"],
    }
    if spark:
        table["spark"] = _sparks(refs, spark, _store)
    configs, summaries = ([flat(json.loads(text or "{}")) for text in _known[name]] for name in ("config", "summary"))
    results = {f"summary.{name}": values for name, values in result_columns(summaries).items()}
    settings = {f"config.{name}": values for name, values in config_columns(configs).items()}
    if baseline in refs:
        place = refs.index(baseline)
        table |= {
            f"against.{name}": values for name, values in against_baseline(result_columns(summaries), place).items()
        }
    table |= dict(islice(results.items(), FIRST_RESULTS)) | settings | results
    table["took"] = [duration_words(took) for took in _known["updated"] - _known["created"]]
    table["began"] = pd.to_datetime(_known["created"], unit="s", utc=True)
    if _known["tags"].str.len().any():
        table["tags"] = _known["tags"]
    return pd.DataFrame(table)


def looks(store: Store, known: pd.DataFrame) -> tuple[str | None, str | None]:
    """Draw the choice of the run that others are held against, and of the metric that is drawn small; take it."""
    refs = known["ref"].tolist()
    is_all = len(refs) == len(frame.known_runs(store).refs)
    metrics = store.metric_names(run=None if is_all else refs) if refs else []
    first = next(iter(first_look(metrics)), None)
    if st.session_state.get("spark") not in (None, *metrics):
        del st.session_state["spark"]
    with st.popover("Columns", icon=":material/view_column:"):
        spark = st.selectbox(
            "Small curve of",
            metrics,
            index=metrics.index(first) if first in metrics else None,
            key="spark",
            bind="query-params",
            placeholder="no metric",
        )
        baseline = controls.one_run(store, refs, "baseline", "Baseline", placeholder="none: show no differences")
        st.caption("Which columns are shown: the eye above the table.")
    return baseline, spark


def _sparks(refs: Sequence[str], metric: str, store: Store) -> list[list[float]]:
    is_all = len(refs) == len(frame.known_runs(store).refs)
    found = store.curves(metric, None if is_all else list(refs), points=SPARK_POINTS).points
    values = {f"{project}/{run}": rows["value"].tolist() for (project, run), rows in found.groupby(["project", "run"])}
    return [values.get(ref, []) for ref in refs]


def _column_config(table: pd.DataFrame) -> dict[str, object]:
    config: dict[str, object] = {
        "picture": st.column_config.ImageColumn("", width=84),
        "run": st.column_config.TextColumn("Run", width=190),
        "status": st.column_config.TextColumn("Status", width=90),
        "took": st.column_config.TextColumn("Took", width=100),
        "began": st.column_config.DatetimeColumn("Began", format="distance", width=120),
        "tags": st.column_config.ListColumn("Tags"),
    }
    if "spark" in table:
        config["spark"] = st.column_config.LineChartColumn("Curve", width=110)
    for column in table.columns:
        source, _, name = column.partition(".")
        if name and pd.api.types.is_numeric_dtype(table[column]):
            shown, form = (f"Δ {name}", "%+.4g") if source == "against" else (name, "%.4g")
            config[column] = st.column_config.NumberColumn(shown, help=source, format=form)
        elif name:
            config[column] = st.column_config.TextColumn(name, help=source)
    return config
