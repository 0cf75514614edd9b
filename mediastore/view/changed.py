"""The parts of the page What changed: two checkpoints, and the objects that one finds and the other does not."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.analysis.changes import Changes
from mediastore.draw import verdicts as drawn
from mediastore.reader.store import Store
from mediastore.view import epochs, frame, judged, mistakes, verdicts
from mediastore.view.judged import Bounds

SIDES = ("before", "after")
VIEWS = ("Objects", "Pictures that changed most")
STEPS = {"before": "step_before", "after": "step_after"}
Place = tuple[str, int]


def choose(store: Store, key: str, refs: Sequence[str]) -> tuple[Place, Place]:
    """The two (run, step) that are held against each other; by default the middle and the end of the newest run."""
    chosen = []
    for side, column in zip(SIDES, st.columns(2, gap="large"), strict=True):
        with column:
            run = judged.choose_run(store, refs, f"of_{side}", f"Run {side}")
            steps = store.steps(run=run, key=key)
            usual = steps[(len(steps) - 1) // 2] if side == "before" else steps[-1]
            named = epochs.named(epochs.of(store, refs), run, steps)
            chosen.append((run, judged.choose_step(steps, STEPS[side], f"Step {side}", usual, named)))
    return chosen[0], chosen[1]


def compared(store: Store, key: str, before: Place, after: Place, named: judged.Layers, bounds: Bounds) -> Changes:
    """What changed from one checkpoint to the other."""
    older, newer = (judged.evaluation(store, key, [run], named).at(step=step) for run, step in (before, after))
    return newer.against(older, bounds.iou, bounds.score)


def overview(changes: Changes) -> None:
    """The 2×2 of true objects and the changes of predictions; each number opens its objects."""
    blocks = [drawn.change_matrix(changes.counts()), drawn.change_bars(changes.predictions()["change"].tolist())]
    verdicts.show(blocks, key="changes")


def behind(store: Store, changes: Changes, bounds: Bounds) -> None:
    """What stands behind the numbers: objects, before and after side by side, or the pictures that changed most."""
    view = st.segmented_control(
        "Show", VIEWS, default=VIEWS[0], required=True, key="show", bind="query-params", label_visibility="collapsed"
    )
    if view == VIEWS[0]:
        _objects(store, changes)
    else:
        _pictures(store, changes, bounds)


def _objects(store: Store, changes: Changes) -> None:
    sort, value = drawn.picked(verdicts.picked())
    if sort == "change":
        rows = changes.predictions()
        chosen = rows[rows["change"] == value]
        pairs = [_prediction_pair(row) for row in _page(chosen)]
    else:
        state = value if sort == "state" else "broken"
        rows = changes.truths()
        chosen = rows[rows["state"] == state]
        pairs = [_truth_pair(row) for row in _page(chosen)]
        st.subheader(f"{state.capitalize()}, before and after", anchor=False)
    if chosen.empty:
        frame.nothing_found(
            "There is no such object.", "Press another number, move the thresholds, or take other steps."
        )
        return
    titles, groups = zip(*pairs, strict=True)
    verdicts.objects(store, groups, count=len(chosen), noun="object", key="changed_objects", titles=titles)


def _pictures(store: Store, changes: Changes, bounds: Bounds) -> None:
    rows = changes.items()
    changed = rows[(rows["broken"] > 0) | (rows["fixed"] > 0)]
    shown = changed.head(mistakes.PICTURES)
    st.caption(
        f"{len(changed):,} of {changes.paired:,} pictures changed, the most broken first; {len(shown):,} are shown, "
        "as they are after."
    )
    after = shown.rename(columns=lambda name: name.removesuffix("_after"))
    if len(shown):
        mistakes.show_items(store, after, {"broken": "broken", "fixed": "fixed", "still_wrong": "still wrong"}, bounds)


def _page(rows: pd.DataFrame) -> list[dict[str, Any]]:
    start = (verdicts.part(len(rows)) - 1) * verdicts.PAGE_OBJECTS
    return rows.iloc[start : start + verdicts.PAGE_OBJECTS].to_dict("records")


def _truth_pair(row: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    sides = []
    for side in SIDES:
        told = _side(row, side)
        told["other_position"] = told.pop("prediction", -1)
        told["note"] = "not found" if pd.isna(told["score"]) else f"found, score {told['score']:.2f}"
        sides.append(told)
    return f"{row['label']} · {row['sample']}", sides


def _prediction_pair(row: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    sides = [told for side in SIDES if not pd.isna((told := _side(row, side)).get("position"))]
    for told in sides:
        told["note"] = f"score {told['score']:.2f}"
    label = next(told["label"] for told in reversed(sides))
    return f"{label} · {row['sample']}", sides


def _side(row: Mapping[str, Any], side: str) -> dict[str, Any]:
    ending = f"_{side}"
    return {name.removesuffix(ending): value for name, value in row.items() if name.endswith(ending)}
