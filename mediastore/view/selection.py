"""The items of one key at one step, run by run, a page at a time: what the gallery and the list of sounds show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.draw.overlay import Record
from mediastore.reader.store import Store
from mediastore.view import frame, steps
from mediastore.view.choice import Choice

PAGE = "part"
PAGE_ITEMS = 96


@dataclass(frozen=True)
class Group:
    """Items that stand together, a run's as a rule: what it is called, what is said beside, and its records."""

    title: str
    records: Sequence[Record]
    note: str = ""
    color: str = ""
    empty: str = ""

    def heading(self, place: int) -> dict[str, Any]:
        """What stands above the group, as the components take it."""
        return {"id": place, "title": self.title, "note": self.note, "color": self.color, "empty": self.empty}


@dataclass(frozen=True)
class Selection:
    """The groups of one page, what was chosen, and what the store says of the items that are not on the page.

    `total` items are there, `found` of them match the choice; `known` holds the labels, layers and score range of all.
    """

    groups: Sequence[Group]
    choice: Choice = field(default_factory=Choice)
    total: int = 0
    found: int = 0
    known: Mapping[str, Any] = field(default_factory=dict)
    aside: str = ""
    is_partial: bool = False
    is_linked: bool = False

    @property
    def records(self) -> list[Record]:
        """The records of all groups."""
        return [record for group in self.groups for record in group.records]

    def to_data(self) -> dict[str, Any]:
        """As the components take it; where not all items are here, a filter that changes asks the store again."""
        return {
            "choice": self.choice.to_data(),
            "total": max(self.total, len(self.records)),
            "found": self.found,
            "partial": self.is_partial,
            "known": dict(self.known),
            "aside": self.aside,
            "url": self.is_linked,
            "groups": [group.heading(place) for place, group in enumerate(self.groups)],
        }


def select(
    store: Store,
    runs: Sequence[str],
    place: steps.Place,
    choice: Choice,
    kinds: Sequence[str] | None = None,
) -> Selection:
    """The items of the selected runs at a step: of each run those of that step, else of its latest step before.

    Where there are more items than a page holds, the store narrows them by the choice, and pages are offered.
    """
    logged = {run: store.steps(run=run, key=place.key) for run in runs}
    shown = {run: steps.latest_before(there, place.step) for run, there in logged.items() if there}
    asked = {run: _filters(run, place.key, at, kinds) for run, at in shown.items() if at is not None}
    totals = {run: store.count(**filters) for run, filters in asked.items()}
    per_run = max(1, PAGE_ITEMS // max(1, len(asked)))
    is_partial = any(total > per_run for total in totals.values())
    narrow = choice.to_query() if is_partial else {}
    found = {run: store.count(**filters, **narrow) for run, filters in asked.items()} if narrow else totals
    page = _choose_page(max((-(-count // per_run) for count in found.values()), default=1))
    part = {"sort": "index", "limit": per_run, "offset": (page - 1) * per_run}
    records = {run: store.records(**filters, **narrow, **part) for run, filters in asked.items()}
    said = {run: steps.said_step(at, place.step) for run, at in shown.items()}
    return Selection(
        groups=_groups(store, records, said, is_titled=len(runs) > 1),
        choice=choice,
        total=sum(totals.values()),
        found=sum(found.values()),
        known=_known(store, asked) if is_partial else {},
        aside=f"in {len(shown)} of {len(runs)} runs in view" if len(shown) < len(runs) else "",
        is_partial=is_partial,
        is_linked=True,
    )


def _groups(
    store: Store, records: Mapping[str, Sequence[Record]], said: Mapping[str, str], is_titled: bool
) -> list[Group]:
    if not is_titled:
        return [Group("", records.get(run, []), note) for run, note in said.items()]
    names, colors = frame.run_names(store), frame.run_colors(store)
    return [
        Group(names[run], records.get(run, []), note, colors[run], "" if records.get(run) else "No items here.")
        for run, note in said.items()
    ]


def _filters(run: str, key: str, step: int, kinds: Sequence[str] | None) -> dict[str, Any]:
    return {"run": run, "key": key, "step": step} | ({"kind": list(kinds)} if kinds else {})


def _choose_page(count: int) -> int:
    if count < 2:
        return 1
    if st.session_state.get(PAGE, 1) > count:
        st.session_state[PAGE] = count
    return st.pagination(count, key=PAGE, bind="query-params")


def _known(store: Store, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    found = pd.concat([store.labels(**filters) for filters in asked.values()])
    scores = found[["score_min", "score_max"]].dropna()
    return {
        "labels": [str(label) for label in dict.fromkeys(found["label"].dropna())],
        "layers": [str(layer) for layer in dict.fromkeys(found["layer"].dropna())],
        "score": [float(scores["score_min"].min()), float(scores["score_max"].max())] if len(scores) else None,
    }
