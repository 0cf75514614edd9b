"""The parts of the Mistakes page: what stands above, and the objects, pictures and curves behind it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.analysis.evaluation import Evaluation
from mediastore.draw import verdicts as drawn
from mediastore.draw.judged import calibration_figure, precision_recall_figure
from mediastore.reader.store import Store
from mediastore.view import choice, frame, gallery, plots, verdicts
from mediastore.view.judged import SCORE, Bounds
from mediastore.view.selection import Group, Selection
from mediastore.view.steps import plain

VIEW = "show"
VIEWS = ("Objects", "Hardest pictures", "Precision and recall", "Calibration", "Doubtful truth")
HARDEST_BY = {
    "share that is wrong or missed": "disagreement",
    "largest missed area": "missed_area",
    "most confident mistake": "worst_score",
}
PICTURES = 24
SURE = ("precision", "recall", "F1")
OF_LABEL = {
    "label": (("FP", "FN"), "false alarms, the most confident first, then what was not found"),
    "point": (("TP", "FP"), "every prediction from this score on"),
}
"""Picks that name a label: which outcomes they show, and how that is said."""


def numbers(judged: Evaluation, bounds: Bounds) -> None:
    """The few numbers that sum up one step."""
    told = judged.summary(bounds.iou, bounds.score).iloc[0]
    shown = {
        "Precision": told["precision"],
        "Recall": told["recall"],
        "F1": told["F1"],
        "AP50": told["AP50"],
        "AP": told["AP"],
    }
    with st.container(horizontal=True, gap="large", key="numbers"):
        for name, value in shown.items():
            st.metric(name, "–" if pd.isna(value) else f"{value:.3f}", width="content")
    st.caption(
        f"{int(told['TP']):,} found, {int(told['FP']):,} false alarms, {int(told['FN']):,} not found: "
        f"{int(told['predictions']):,} predictions from score {bounds.score:.2f} against {int(told['truths']):,} true "
        f"objects in {int(told['items']):,} items. AP and AP50 count predictions of all scores."
    )
    with st.container(horizontal=True, gap="medium"):
        _best_score(judged, bounds)
        is_asked = st.button("How sure are these?", type="tertiary", icon=":material/straighten:")
    if is_asked:
        _sureness(judged, bounds)
    for sentence in judged.warnings:
        st.warning(plain(sentence), icon=":material/info:")


def _sureness(judged: Evaluation, bounds: Bounds) -> None:
    found = {name: judged.interval(name, bounds.iou, bounds.score) for name in SURE}
    said = " · ".join(f"{name} {told.value:.3f} ({told.low:.3f} to {told.high:.3f})" for name, told in found.items())
    told = next(iter(found.values()))
    st.caption(f"{said}: 95 % of {told.resamples:,} resamples of the {told.items:,} items lie in these ranges.")


def _best_score(judged: Evaluation, bounds: Bounds) -> None:
    best = judged.best_thresholds(bounds.iou).iloc[0]
    if pd.isna(best["score"]) or round(best["score"], 2) == bounds.score:
        return

    def take() -> None:
        st.session_state[SCORE] = round(float(best["score"]), 2)

    st.button(
        f"F1 is best, {best['F1']:.3f}, from score {best['score']:.2f}",
        on_click=take,
        type="tertiary",
        icon=":material/target:",
    )


def overview(judged: Evaluation, bounds: Bounds) -> None:
    """The confusion matrix and the kinds of mistakes; each number opens its objects."""
    blocks = [
        drawn.confusion_matrix(judged.confusion(bounds.iou, bounds.score)),
        drawn.mistake_bars(judged.mistakes(bounds.iou, bounds.score)),
    ]
    verdicts.show(blocks, key="verdicts")


def behind(store: Store, judged: Evaluation, bounds: Bounds) -> None:
    """What stands behind the numbers, one view at a time."""
    view = st.segmented_control(
        "Show", VIEWS, default=VIEWS[0], required=True, key=VIEW, bind="query-params", label_visibility="collapsed"
    )
    {
        VIEWS[0]: _objects,
        VIEWS[1]: _pictures,
        VIEWS[2]: _precision_recall,
        VIEWS[3]: _calibration,
        VIEWS[4]: _suspects,
    }[view](store, judged, bounds)


def filters_of(pick: str) -> dict[str, Any]:
    """The filters of `Evaluation.objects` that a pressed button stands for; without one, all that is wrong."""
    sort, value = drawn.picked(pick)
    if sort == "cell":
        return {"cell": value}
    if sort == "scores":
        return {"scores": value}
    if sort in OF_LABEL:
        return {"outcome": OF_LABEL[sort][0], "label": value}
    if sort == "kind" and value in drawn.KINDS:
        return {"outcome": "FN" if value == "missed" else "FP", "error": value}
    return {"outcome": ("FP", "FN")}


def _objects(store: Store, judged: Evaluation, bounds: Bounds) -> None:
    wanted = filters_of(verdicts.picked())
    if "label" in wanted:
        _of_label(wanted["label"])
    elif not verdicts.picked():
        st.caption("All that is wrong: false alarms, the most confident first, then what was not found")
    count = judged.count_objects(bounds.iou, bounds.score, **wanted)
    offset = (verdicts.part(count) - 1) * verdicts.PAGE_OBJECTS
    rows = judged.objects(bounds.iou, bounds.score, limit=verdicts.PAGE_OBJECTS, offset=offset, **wanted)
    _crops(store, rows, count, "object", "judged_objects")


def _of_label(label: str) -> None:
    """Say which label's objects are shown, and offer all that is wrong."""
    said = OF_LABEL[drawn.picked(verdicts.picked())[0]][1]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"**{plain(str(label))}**: {said}", width="content")
        st.button("Show all mistakes", type="tertiary", icon=":material/close:", on_click=verdicts.forget)


def _crops(store: Store, rows: pd.DataFrame, count: int, noun: str, key: str) -> None:
    if not count:
        frame.nothing_found("There is no such object.", "Press another number, or move the thresholds.")
        return
    groups = [[{**row, "note": said(row)}] for row in rows.to_dict("records")]
    verdicts.objects(store, groups, count=count, noun=noun, key=key)


def said(row: Mapping[str, Any]) -> str:
    """What is right or wrong about an object, in a few words."""
    if row["outcome"] == "TP":
        return f"found, overlap {row['overlap']:.2f}"
    if row["outcome"] == "FN":
        return "missed" if row["error"] in ("missed", "") else f"lost: {drawn.KINDS[row['error']][0]}"
    other = row["other_label"]
    of = f", true {other}" if row["error"] == "confusion" and not pd.isna(other) else ""
    return drawn.KINDS.get(row["error"], (row["outcome"], ""))[0] + of


def _pictures(store: Store, judged: Evaluation, bounds: Bounds) -> None:
    by = st.selectbox("Hardest by", list(HARDEST_BY), key="by", bind="query-params", width=320)
    rows = judged.hardest(bounds.iou, bounds.score, HARDEST_BY[by])
    st.caption(f"The {min(PICTURES, len(rows)):,} hardest of {len(rows):,} items.")
    values = {"FP": "false alarms", "FN": "not found", "disagreement": "disagreement"}
    show_items(store, rows.head(PICTURES), values, bounds)


def show_items(
    store: Store, rows: pd.DataFrame, values: Mapping[str, str], bounds: Bounds, *, key: str = "judged_items"
) -> None:
    """Draw items in this order, each with these columns as its numbers and the predictions that pass."""
    found = {
        (record["step"], record["index"]): record
        for (project, run, key, step), group in rows.groupby(["project", "run", "key", "step"])
        for record in store.records(run=f"{project}/{run}", key=key, step=int(step), index=group["index"].tolist())
    }
    records = [
        {**found[place], "values": {title: float(row[name]) for name, title in values.items()}}
        for row in rows.to_dict("records")
        if (place := (row["step"], row["index"])) in found
    ]
    groups = [Group("", records)]
    passing = Selection(groups, choice.Choice(score=(bounds.score, max(1.0, bounds.score))), found=len(records))
    gallery.show(groups, colors=frame.label_colors(store), key=key, selection=passing)


def _precision_recall(store: Store, judged: Evaluation, bounds: Bounds) -> None:
    best = judged.best_thresholds(bounds.iou)
    labels = [label for label in best["label"] if not pd.isna(label)]
    curves = {label: judged.curve(bounds.iou, label) for label in labels}

    def take() -> None:
        point = plots.picked("precision_recall")
        if point and point["run"] in curves:
            curve = curves[point["run"]]
            near = (curve["recall"] - point["x"]).abs().idxmin() if point["custom"] is None else None
            score = float(curve["score"][near]) if near is not None else float(point["custom"])
            st.session_state[SCORE] = math.floor(score * 100) / 100
            verdicts.pick(f"point:{point['run']}")
            st.session_state[VIEW] = VIEWS[0]

    colors = frame.label_colors(store)
    figure = precision_recall_figure(curves, colors, bounds.score)
    plots.show(
        [("precision_recall", f"Precision by recall, at an overlap of {bounds.iou:g}", figure)],
        legend=[(label, colors.get(label, "")) for label in labels],
        hint="Click a point to see the predictions from its score on; the dot is where the threshold stands now",
        key="precision_recall",
        on_picked=take,
    )
    st.caption("The score at which F1 is best, of each label and of all:")
    table = best.assign(label=best["label"].where(best["label"].notna(), "all"))
    st.dataframe(table, hide_index=True, column_config=_number_columns(table))


def _calibration(store: Store, judged: Evaluation, bounds: Bounds) -> None:
    found = judged.calibration(bounds.iou)

    def take() -> None:
        if point := plots.picked("calibration"):
            low, high = found.bins.loc[found.bins["score_low"] <= point["x"], ["score_low", "score_high"]].iloc[-1]
            verdicts.pick(f"scores:[{low}, {high}]")
            st.session_state[SCORE] = min(bounds.score, float(low))
            st.session_state[VIEW] = VIEWS[0]

    plots.show(
        [
            (
                "calibration",
                f"How often a prediction of this score is right, at an overlap of {bounds.iou:g}",
                calibration_figure(found.bins),
            )
        ],
        hint="Click a bar to see its predictions",
        on_picked=take,
        key="calibration",
    )
    st.caption(
        f"Expected calibration error {found.error:.3f} over {int(found.bins['predictions'].sum()):,} predictions of "
        "all scores. On the line, a score says how often it is right; below it the model is too sure of itself."
    )


def _suspects(store: Store, judged: Evaluation, bounds: Bounds) -> None:
    rows = judged.suspects(bounds.iou, bounds.score)
    st.caption(
        "Confident predictions that the truth speaks against: either the model is wrong, or what was logged as true is."
    )
    start = (verdicts.part(len(rows)) - 1) * verdicts.PAGE_OBJECTS
    _crops(store, rows.iloc[start : start + verdicts.PAGE_OBJECTS], len(rows), "object", "judged_suspects")


def _number_columns(table: pd.DataFrame) -> dict[str, Any]:
    floats: Sequence[str] = [name for name in table.columns if table[name].dtype.kind == "f"]
    return {name: st.column_config.NumberColumn(format="%.3f") for name in floats}
