"""What every page stands in: the store, the runs in view, the colours, and how a page speaks."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from mediastore import shown
from mediastore.draw import colors
from mediastore.reader.store import Store
from mediastore.shown import STORE_PARAM, ShownStore
from mediastore.view import access
from mediastore.view.remembering import RememberingStore

NEWEST_RUNS = 6
RUN_PARAM = "run"


class _Names(dict[str, str]):
    """Of runs; one that began since is called by its id."""

    def __missing__(self, ref: str) -> str:
        return ref.rpartition("/")[2]


class _Colors(dict[str, str]):
    """Of runs; one that began since has the next one."""

    def __missing__(self, ref: str) -> str:
        return colors.PALETTE[len(self) % len(colors.PALETTE)]


@st.cache_resource(show_spinner=False)
def _opened(root: str) -> Store:
    store = RememberingStore(root, fenced=True, in_background=True)
    if access.when_opened is not None:
        access.when_opened(store)
    return store


def store_in_view() -> ShownStore:
    """The store that this visitor looks at: the one that the link names, else the first."""
    stores = shown.stores()
    asked = st.session_state.get(STORE_PARAM) or st.query_params.get(STORE_PARAM)
    return next((store for store in stores if store.name == asked), stores[0])


shown.address.store = store_in_view


def store_picker() -> None:
    """A choice of stores, where there are several; another one begins with its newest runs."""
    names = [store.name for store in shown.stores()]
    if len(names) > 1:
        st.selectbox("Store", names, key=STORE_PARAM, bind="query-params", on_change=_forget_choices)


def _forget_choices() -> None:
    for name in [name for name in st.query_params if name != STORE_PARAM]:
        del st.query_params[name]
    st.session_state.pop(RUN_PARAM, None)


def open_store() -> Store:
    """The store in view, as this run of the script has read it; opened once."""
    return _opened(str(store_in_view().root))


def read_store() -> Store:
    """The store in view, with all that was written until now: what a run of the script or a fragment begins with."""
    store = open_store()
    store.refresh()
    return store


@dataclass(frozen=True, slots=True)
class KnownRuns:
    """Every run of a store, newest first, and of each, by `project/run`, what people call it and its colour.

    Shared by all who look: not to be changed.
    """

    listed: pd.DataFrame
    refs: list[str]
    names: Mapping[str, str]
    colors: Mapping[str, str]
    running: frozenset[str]

    @classmethod
    def of(cls, store: Store) -> "KnownRuns":
        """Those of a store now."""
        listed = store.runs().sort_values("created", ascending=False, kind="stable", ignore_index=True)
        refs = listed["ref"].tolist()
        by_age = _Colors(colors.by_first_appearance(reversed(refs)))
        return cls(listed, refs, _names(listed), by_age, frozenset(listed.loc[listed["status"] == "running", "ref"]))


def known_runs(store: Store) -> KnownRuns:
    """The runs of the store in view."""
    return _known_runs(str(store.root), store.version, store)


@st.cache_resource(show_spinner=False, max_entries=8)
def _known_runs(root: str, version: str, _store: Store) -> KnownRuns:
    return KnownRuns.of(_store)


def runs(store: Store) -> pd.DataFrame:
    """Every run of the store, newest first."""
    return known_runs(store).listed.copy(deep=False)


def selected_runs(store: Store) -> list[str]:
    """The runs in view as `project/run`, newest first: those that were chosen, else the newest few."""
    refs = known_runs(store).refs
    chosen = set(st.query_params.get_all(RUN_PARAM))
    return [ref for ref in refs if ref in chosen] or refs[:NEWEST_RUNS]


def select_runs(refs: list[str]) -> None:
    """Put these runs in view on every page; none means the newest few."""
    st.session_state[RUN_PARAM] = refs
    st.query_params[RUN_PARAM] = refs


def keep_selection() -> None:
    """Carry the chosen runs from page to page: a link's choice counts, else the last one of this session."""
    in_link = st.query_params.get_all(RUN_PARAM)
    if in_link:
        st.session_state[RUN_PARAM] = in_link
    elif st.session_state.get(RUN_PARAM):
        st.query_params[RUN_PARAM] = st.session_state[RUN_PARAM]


def run_names(store: Store) -> Mapping[str, str]:
    """`project/run` → the name that people gave the run, with its id where two have the same name."""
    return known_runs(store).names


def _names(listed: pd.DataFrame) -> Mapping[str, str]:
    names = listed["name"].where(listed["name"].fillna("") != "", listed["run"])
    twice = names.duplicated(keep=False) & (names != listed["run"])
    return _Names(zip(listed["ref"], names.where(~twice, names + " · " + listed["run"]), strict=True))


def run_colors(store: Store) -> Mapping[str, str]:
    """`project/run` → `#rrggbb`, by the time at which runs began."""
    return known_runs(store).colors


def label_colors(store: Store) -> dict[str, str]:
    """Label → `#rrggbb`, by first appearance in the store: a label keeps its colour as the store grows."""
    return colors.by_first_appearance(store.label_names())


def page(title: str, question: str) -> None:
    """The heading of a page: its title and one calm sentence."""
    st.title(title, anchor=False)
    st.caption(question)


def nothing_found(sentence: str, hint: str = "") -> None:
    """The empty state of a page: what is not there, and what to do about it."""
    with st.container(key="nothing_found", horizontal_alignment="center", gap="small"):
        st.markdown(":material/filter_none:", width="content")
        st.text(sentence, width="content")
        if hint:
            st.caption(hint.replace("<", "&lt;"), width="content")
