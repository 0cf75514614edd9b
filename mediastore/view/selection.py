"""The items of one key at one step, run by run, a page at a time: what the gallery and the list of sounds show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.draw.overlay import Record
from mediastore.reader.store import Store
from mediastore.view import epochs, frame, steps
from mediastore.view.choice import Choice
from mediastore.view.sides import Side, first_records, item_counts

PAGE, SORT = "part", "sort"
PAGE_ITEMS = 96
SORTS: dict[str, dict[str, Any]] = {
    "score": {"sort": "score", "descending": True},
    "low": {"sort": "score"},
    "count": {"sort": "count", "descending": True},
    "caption": {"sort": "caption"},
    "disagreement": {"sort": "disagreement", "descending": True},
}


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
    `parts` pages of a list that grows are here, 0 when there are no more.
    """

    groups: Sequence[Group]
    choice: Choice = field(default_factory=Choice)
    total: int = 0
    found: int = 0
    known: Mapping[str, Any] = field(default_factory=dict)
    aside: str = ""
    is_partial: bool = False
    is_linked: bool = False
    parts: int = 0

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
    *,
    keys: Sequence[str] = (),
    rule: str = steps.LATEST_BEFORE,
    sort: str = "",
    is_endless: bool = False,
) -> Selection:
    """The items of the selected runs at a step, under the key of the place and further `keys`: a group a run and key.

    Of each run those of that step, or of the one that `rule` puts in its place. Where there are more items than a page
    holds, the store narrows them by the choice, sorts them, and pages are offered, or grow where `is_endless`.
    """
    counts = {key: item_counts(store, runs, key, kinds) for key in dict.fromkeys([place.key, *keys])}
    sides = [
        Side(run, key, steps.by_rule(list(there), place.step, rule))
        for run in runs
        for key, by_run in counts.items()
        if (there := by_run.get(run))
    ]
    totals = {side: counts[side.key][side.run][side.step] for side in sides if side.step is not None}
    per_side = max(1, PAGE_ITEMS // max(1, len(totals)))
    is_partial = any(total > per_side for total in totals.values())
    narrow = choice.to_query() if is_partial else {}
    found = [store.count(**side.filters(kinds), **narrow) for side in totals] if narrow else list(totals.values())
    pages = max((-(-count // per_side) for count in found), default=1)
    page = _parts(pages) if is_endless else _choose_page(pages)
    if is_partial:
        part = _order(sort) | {"limit": per_side * page if is_endless else per_side}
        part["offset"] = 0 if is_endless else (page - 1) * per_side
        records = {side: store.records(**side.filters(kinds), **narrow, **part) for side in totals}
    else:
        records = first_records(store, totals, per_side, kinds)
    in_view = len({side.run for side in sides})
    groups = _groups(store, [(side, records.get(side, [])) for side in sides], place, rule, len(runs) > 1)
    said = [group.note for group in groups if not group.title and group.note != steps.said_step(place.step, place.step)]
    said += [f"in {in_view} of {len(runs)} runs in view"] if in_view < len(runs) else []
    return Selection(
        groups=groups,
        choice=choice,
        total=sum(totals.values()),
        found=sum(found),
        known=_known(store, [side.filters(kinds) for side in totals]) if is_partial else {},
        aside=" · ".join(said),
        is_partial=is_partial,
        is_linked=True,
        parts=page if is_endless and page < pages else 0,
    )


def _order(sort: str) -> dict[str, Any]:
    """The store's words for a sort of the gallery; as logged for what it does not know."""
    if sort[:2] in ("-:", "+:"):
        return {"sort": f"values.{sort[2:]}", "descending": sort[0] == "-"}
    return SORTS.get(sort, {"sort": "index"})


def _groups(
    store: Store, found: Sequence[tuple[Side, Sequence[Record]]], place: steps.Place, rule: str, has_runs: bool
) -> list[Group]:
    names, colors = frame.run_names(store), frame.run_colors(store)
    known = epochs.of(store, list(dict.fromkeys(side.run for side, _ in found)))
    has_keys = len({side.key for side, _ in found}) > 1
    groups = []
    for side, records in found:
        title = " · ".join([names[side.run]] * has_runs + [side.key] * has_keys)
        empty = "No items here." if title and not records else ""
        name = "" if side.step is None else epochs.said(known, side.run, side.step)
        note = steps.said_step(side.step, place.step, rule, name)
        groups.append(Group(title, records, note, colors[side.run] if title else "", empty))
    return groups


def _parts(pages: int) -> int:
    """How many pages of a list that grows are here, as the link says."""
    asked = st.query_params.get(PAGE, "1")
    return min(max(1, int(asked)), max(1, pages)) if asked.isdecimal() and len(asked) < 6 else 1


def _choose_page(count: int) -> int:
    if count < 2:
        return 1
    if st.session_state.get(PAGE, 1) > count:
        st.session_state[PAGE] = count
    return st.pagination(count, key=PAGE, bind="query-params")


def _known(store: Store, asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found = pd.concat([store.labels(**filters) for filters in asked])
    scores = found[["score_min", "score_max"]].dropna()
    return {
        "labels": [str(label) for label in dict.fromkeys(found["label"].dropna())],
        "layers": [str(layer) for layer in dict.fromkeys(found["layer"].dropna())],
        "score": [float(scores["score_min"].min()), float(scores["score_max"].max())] if len(scores) else None,
    }
