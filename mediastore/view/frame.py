"""What every page stands in: the store, the runs in view, the colours, and how a page speaks."""

import os
from pathlib import Path

import streamlit as st

from mediastore.draw import colors
from mediastore.reader.store import Store

NEWEST_RUNS = 5
RUN_KEY = "run"


def store_root() -> Path:
    """The store that this process shows: MEDIASTORE_DIR, else ./mediastore-runs."""
    return Path(os.environ.get("MEDIASTORE_DIR") or "mediastore-runs").absolute()


@st.cache_resource(show_spinner=False)
def _opened(root: str) -> Store:
    return Store(root)


def open_store() -> Store:
    """The store of this process, with all that was written until now. Opened once, then refreshed at each rerun."""
    store = _opened(str(store_root()))
    store.refresh()
    return store


def selected_runs(store: Store) -> list[str]:
    """The runs in view as `project/run`, newest first: those chosen, else the newest few."""
    refs = newest_first(store)
    chosen = set(st.session_state.get(RUN_KEY) or ())
    return [ref for ref in refs if ref in chosen] or refs[:NEWEST_RUNS]


def newest_first(store: Store) -> list[str]:
    """Every run of the store as `project/run`, newest first."""
    return store.runs().sort_values("created", ascending=False, kind="stable")["ref"].tolist()


def label_colors(store: Store) -> dict[str, str]:
    """Label → `#rrggbb`. By first appearance in the store, so that a label keeps its colour as the store grows."""
    return colors.by_first_appearance(_labels(str(store.root), store.version, store))


@st.cache_data(show_spinner=False, max_entries=8)
def _labels(root: str, version: str, _store: Store) -> list[str]:
    return [str(label) for label in _store.labels()["label"].dropna()]


def run_colors(store: Store) -> dict[str, str]:
    """`project/run` → `#rrggbb`, by the time at which runs began."""
    return colors.by_first_appearance(reversed(newest_first(store)))


def page(title: str, question: str) -> None:
    """The heading of a page: its title and one calm sentence."""
    st.title(title, anchor=False)
    st.caption(question)


def nothing_found(sentence: str, hint: str = "") -> None:
    """The empty state of a page: what is not there, and what to do about it."""
    with st.container(key="nothing_found", horizontal_alignment="center"):
        st.markdown(":material/filter_none:", width="content")
        st.text(sentence, width="content")
        if hint:
            st.text(hint, width="content")
