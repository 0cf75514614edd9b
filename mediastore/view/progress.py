"""The parts of the Progress page: how well each label is found by step and run, and the mistakes by kind."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mediastore.analysis.evaluation import Evaluation
from mediastore.draw.since import MEASURES, kind_figures, label_figures, since_when
from mediastore.reader.store import Store
from mediastore.view import epochs, frame, links, plots
from mediastore.view.judged import IOU, SCORE, Bounds

KEY = "progress"
MEASURE = "measure"


def choose_measure() -> str:
    """Which number the curves show, kept in the link."""
    return st.segmented_control(
        "Measure", list(MEASURES), default="AP50", required=True, key=MEASURE, bind="query-params"
    )


def opened(key: str, refs: Sequence[str]) -> None:
    """Go to the mistakes of the point that was clicked."""
    point = plots.picked(KEY)
    if point is None:
        return
    step = point["x"] if point["custom"] is None else point["custom"]
    asked = {"key": key, "of": point["run"] if point["run"] in refs else refs[0], "step": str(int(step))}
    asked["pick"] = point["figure"]
    kept = {name: st.query_params[name] for name in (IOU, SCORE) if name in st.query_params}
    links.open_mistakes(asked | kept)


def show(store: Store, judged: Evaluation, bounds: Bounds, measure: str) -> None:
    """Draw the table of turning points and the curves; a click on a point opens its mistakes."""
    by_label, counts = judged.by_label(bounds.iou, bounds.score), judged.counts(bounds.iou, bounds.score)
    for rows in (by_label, counts):
        rows["ref"] = rows["project"] + "/" + rows["run"]
    names, colors = frame.run_names(store), frame.run_colors(store)
    refs = list(dict.fromkeys(counts["ref"]))
    x = _add_epochs(store, refs, counts, by_label)
    _since(by_label, measure, names, x)
    labels = label_figures(by_label, measure, names, colors, x)
    kinds = kind_figures(counts, names, colors, x)
    plots.show(
        labels + kinds,
        legend=[(names.get(ref, ref), colors[ref]) for ref in refs],
        titles={
            f"{MEASURES[measure][0].upper()}{MEASURES[measure][1:]}, by label": [id for id, _, _ in labels],
            "Mistakes by kind": [id for id, _, _ in kinds],
        },
        hint=f"Click a point to see the mistakes of its run and {x}",
        key=KEY,
    )


def _add_epochs(store: Store, refs: Sequence[str], *frames: pd.DataFrame) -> str:
    """What the curves stand over: "epoch", put into the frames, where all of it is known, else "step"."""
    known = epochs.of(store, refs)
    for rows in frames:
        rows["epoch"] = [known.get(place) for place in zip(rows["ref"].tolist(), rows["step"].tolist(), strict=True)]
    return "step" if any(rows["epoch"].isna().any() for rows in frames) else "epoch"


def _since(by_label: pd.DataFrame, measure: str, names: dict[str, str], x: str) -> None:
    table = since_when(by_label.assign(step=by_label[x]), measure)
    table.insert(0, "run", [names.get(ref, ref) for ref in table.pop("ref")])
    if table["run"].nunique() < 2:
        table = table.drop(columns="run")
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        width="content",
        column_config={
            "run": "Run",
            "label": "Label",
            "truths": number("True objects"),
            "first_found": number(
                f"First found at {x}", help=f"The first {x} with a right prediction at these thresholds"
            ),
            "works_since": number(
                f"Works since {x}", help=f"From this {x} on {measure} stays at half of its best or more"
            ),
            "best": number(f"Best {measure}", format="%.3f"),
            "at": number(f"at {x}"),
            "last": number(f"Last {measure}", format="%.3f"),
        },
    )
