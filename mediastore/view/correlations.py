"""Which numbers of the media go along with which metrics: ranked, with a scatter whose points open their media."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mediastore.analysis.correlations import N_MIN, correlate
from mediastore.draw.correlations import at_steps, scatter_figure, wide_numbers
from mediastore.reader.store import Store
from mediastore.view import controls, frame, measuring, plots

KEY = "correlation_scatter"
ROWS_SEEN = 10
CAUTION = (
    "Numbers that rise together need not be cause and effect: nearly everything changes as training goes on. "
    "Few pairs correlate by chance alone; look at n, and at the media."
)


def show(store: Store, metrics: Sequence[str], key: str) -> None:
    """The table of correlations, and the scatter of the row that is ticked; a click takes its step."""
    refs = tuple(frame.selected_runs(store))
    media = measuring.of_media(store, key, refs)
    measuring.say(media)
    asked = str(store.root), store.version, refs, tuple(metrics), key, media.done
    measured, numbers = _numbers(*asked, media.numbers, store)
    found = correlate(measured, numbers)
    if found.empty:
        frame.nothing_found(
            f"No metric and no number of {key} stand together at {N_MIN} steps or more and change.",
            "Choose other metrics or media, or log media at more steps, with values={…} or scores.",
        )
        return
    st.caption(
        f"{len(found):,} of {found.attrs['n_pairs']:,} pairs of a metric and a number of the media can be compared, "
        f"the strongest first; n counts steps of runs. {CAUTION}"
    )
    left, right = st.columns([5, 3], gap="medium")
    with left:
        row = _chosen(found)
    with right:
        _scatter(store, measured[row["metric"]], numbers[row["number"]], key)


def picked() -> tuple[str, int] | None:
    """The run and step of the dot that was just clicked, once."""
    point = plots.picked(KEY)
    return None if point is None or point["custom"] is None else (str(point["run"]), int(point["custom"]))


def _chosen(found: pd.DataFrame) -> pd.Series:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    has_one_metric = found["metric"].nunique() == 1
    state = st.dataframe(
        found,
        hide_index=True,
        height="content" if len(found) <= ROWS_SEEN else 38 + 35 * ROWS_SEEN,
        key=f"correlations_{hash(tuple(found['metric'] + found['number']))}",
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_order=[name for name in found.columns if name != "metric" or not has_one_metric],
        column_config={
            "metric": text("Metric", width=105),
            "number": text("Number of the media", width=None if has_one_metric else 165),
            "n": number("n", width=40),
            "pearson": number("Pearson", width=72, format="%.2f", help="How well a straight line fits, -1 to 1"),
            "spearman": number("Spearman", width=84, format="%.2f", help="How well their orders agree, -1 to 1"),
        },
    )
    rows = state.selection.rows
    return found.iloc[rows[0] if rows and rows[0] < len(found) else 0]


def _scatter(store: Store, metric: pd.Series, number: pd.Series, key: str) -> None:
    names, colors = frame.run_names(store), frame.run_colors(store)
    figure = scatter_figure(metric, number, names, colors)
    refs = [trace["meta"] for trace in figure["data"]]
    plots.show(
        [("scatter", f"{metric.name} by {number.name}", figure)],
        legend=[(names.get(ref, ref), colors[ref]) for ref in refs],
        hint="Click a dot to see its media below",
        key=KEY,
        on_picked=_take,
    )


def _take() -> None:
    if point := picked():
        controls.pick_step(point[1])


@st.cache_data(show_spinner=False, max_entries=8)
def _numbers(
    root: str,
    version: str,
    refs: tuple[str, ...],
    metrics: tuple[str, ...],
    key: str,
    done: int,
    _of_media: pd.DataFrame,
    _store: Store,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    numbers = wide_numbers(pd.concat([_store.media_numbers(key, list(refs)), _of_media], ignore_index=True))
    measured = at_steps(_store.metrics(list(metrics), run=list(refs)), numbers.index)
    return measured, numbers
