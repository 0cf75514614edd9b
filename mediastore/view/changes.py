"""What changed between the first and each other place that is compared: on one sample, and in all."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from mediastore.draw.overlay import Record
from mediastore.errors import MediaStoreError
from mediastore.reader.store import Store
from mediastore.view.places import Column

Told = dict[int, tuple[str, str]]
"""Place of an annotation in its item → what became of it, and the name that it shares with its counterpart."""


@dataclass(frozen=True)
class Difference:
    """What `Store.what_changed` says of two places: frames of its predictions, truths and items, and a sentence."""

    predictions: pd.DataFrame
    truths: pd.DataFrame
    items: pd.DataFrame
    words: str

    def told(self, record: Record | None, side: str, column: int) -> Told:
        """What became of the annotations of a record that stands on this side, before or after."""
        if record is None:
            return {}
        found: Told = {}
        for frame, state in ((self.predictions, "change"), (self.truths, "state")):
            for row in _on(frame, record, side).to_dict("records"):
                before, here = row["position_before"], int(row[f"position_{side}"])
                is_alone = before is None or pd.isna(before)
                found[here] = (row[state], f"{state}-{column}-{here}" if is_alone else f"{state}-{int(before)}")
        return found


def between(store: Store, key: str, columns: Sequence[Column], score: float) -> list[Difference]:
    """From the first column to each of the others, of predictions from this score on; empty where none can be told."""
    first = columns[0]
    try:
        return [_difference(str(store.root), store.version, key, first, other, score, store) for other in columns[1:]]
    except MediaStoreError:
        return []


@st.cache_resource(show_spinner="Comparing", max_entries=12)
def _difference(
    root: str, version: str, key: str, before: Column, after: Column, score: float, _store: Store
) -> Difference:
    found = _store.what_changed(key, (before.ref, before.step), (after.ref, after.step), score=score)
    return Difference(found.predictions(), found.truths(), found.items(), found.in_words())


def told(differences: Sequence[Difference], records: Sequence[Record | None]) -> list[Told]:
    """What became of the annotations of each record: of the first one as the last difference has it."""
    if not differences:
        return [{} for _ in records]
    others = enumerate(zip(differences, records[1:], strict=True), 1)
    return [
        differences[-1].told(records[0], "before", 0),
        *(one.told(record, "after", at) for at, (one, record) in others),
    ]


def counts(first: Told, last: Told) -> dict[str, int]:
    """How many annotations of a sample are in each state: those of the last place, and those that are gone."""
    states = [state for state, _ in last.values()] + [state for state, _ in first.values() if state == "gone"]
    return {state: states.count(state) for state in dict.fromkeys(states)}


def _on(frame: pd.DataFrame, record: Record, side: str) -> pd.DataFrame:
    here = pd.Series(True, index=frame.index)
    for name in ("project", "run", "key", "step", "index"):
        here &= frame[f"{name}_{side}"] == record[name]
    return frame[here]
