"""Which runs the table lists: by words or a condition, project, status and tag; all of it stands in the link."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from mediastore.errors import MediaStoreError
from mediastore.reader.store import Store
from mediastore.view.steps import plain

FIND, PROJECT, STATUS, TAG, ARCHIVED = "find", "project", "status", "tag", "archived"
ARCHIVE_TAG = "archived"
_CONDITION = re.compile(r"[<>=]")
_SEARCHED = ("ref", "name", "notes", "run_group", "job_type")


@dataclass(frozen=True)
class Listed:
    """The runs that the filters leave, how many of how many in words, and what could not be understood."""

    runs: pd.DataFrame
    said: str
    problem: str = ""

    def say(self) -> None:
        """Tell of how many runs the list is made, and what was wrong with the condition."""
        st.caption(self.said)
        if self.problem:
            st.warning(plain(self.problem), icon=":material/info:")


def choose(store: Store, known: pd.DataFrame) -> Listed:
    """Draw the filters, and take them."""
    asked = st.text_input(
        "Find runs",
        key=FIND,
        bind="query-params",
        placeholder="words, or config.lr > 0.001",
        help="Words are looked for in name, id, notes, group and tags. A condition compares config.…, summary.… or a "
        "column of runs with <, <=, =, !=, >=, > and joins with and, or, not.",
    )
    kept = _by_choices(known)
    wanted, problem = _by_text(store, kept, asked)
    kept = kept[wanted]
    hidden = 0 if st.session_state.get(ARCHIVED) else int(_has(known["tags"], [ARCHIVE_TAG]).sum())
    said = f"{len(kept):,} of {len(known):,} runs"
    if hidden:
        said += f" · {hidden:,} archived, hidden: see Filter"
    return Listed(kept.reset_index(drop=True), said, problem)


def _by_choices(known: pd.DataFrame) -> pd.DataFrame:
    projects = sorted(known["project"].unique())
    tags = sorted({tag for listed in known["tags"] for tag in listed} - {ARCHIVE_TAG})
    with st.popover("Filter", icon=":material/tune:"):
        project = _several("Project", projects, PROJECT)
        status = _several("Status", sorted(known["status"].dropna().unique()), STATUS)
        tag = _several("Tag", tags, TAG)
        with_archived = st.toggle("Show archived runs", key=ARCHIVED, bind="query-params")
    wanted = pd.Series(True, index=known.index)
    if project:
        wanted &= known["project"].isin(project)
    if status:
        wanted &= known["status"].isin(status)
    if tag:
        wanted &= _has(known["tags"], tag)
    if not with_archived:
        wanted &= ~_has(known["tags"], [ARCHIVE_TAG])
    return known[wanted]


def _several(title: str, names: list[str], key: str) -> list[str]:
    if len(names) < 2 and not st.query_params.get_all(key):
        return []
    return st.multiselect(title, names, key=key, bind="query-params", placeholder="any")


def _has(listed: pd.Series, tags: Iterable[str]) -> pd.Series:
    wanted = set(tags)
    return listed.map(lambda own: bool(wanted & set(own))).astype(bool)


def _by_text(store: Store, kept: pd.DataFrame, asked: str) -> tuple[pd.Series, str]:
    everything = pd.Series(True, index=kept.index)
    if not asked.strip() or kept.empty:
        return everything, ""
    if _CONDITION.search(asked):
        try:
            return kept["ref"].isin(store.runs(where=asked)["ref"]), ""
        except MediaStoreError as error:
            return everything, str(error)
    text = kept[list(_SEARCHED)].fillna("").agg(" ".join, axis=1).str.lower()
    tags = kept["tags"].map(" ".join).str.lower()
    for word in asked.lower().split():
        everything &= text.str.contains(word, regex=False) | tags.str.contains(word, regex=False)
    return everything, ""
