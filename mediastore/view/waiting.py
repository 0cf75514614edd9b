"""Waits for the answer to a query, so that a person can cancel it, ask something else, or go elsewhere meanwhile."""

import threading
import time

import pandas as pd
import streamlit as st

from mediastore.errors import QueryError
from mediastore.reader.store import Store

QUICK_S, LOOK_S = 0.5, 0.25
CANCELLED = "sql_cancelled"
"""Where the session keeps the query that was cancelled: it is not asked again until somebody asks."""


class Asked:
    """A query in a thread of its own."""

    def __init__(self, store: Store, query: str, limit_s: float) -> None:
        self.ended = threading.Event()
        self._store, self._query, self._limit_s = store, query, limit_s
        self._rows: pd.DataFrame | None = None
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._ask, name="mediastore-query", daemon=True)
        self._thread.start()

    @property
    def rows(self) -> pd.DataFrame:
        """The answer, when it has ended. Raises QueryError, or whatever else went wrong."""
        if self._rows is None:
            raise self._fault or QueryError("a query must be let run to its end, got none; ask again")
        return self._rows

    def cancel(self) -> None:
        """End the query, also where it still waits for its turn. Returns at once."""
        threading.Thread(target=self._end, daemon=True).start()

    def _ask(self) -> None:
        try:
            self._rows = self._store.sql(self._query, limit_s=self._limit_s)
        except BaseException as fault:
            self._fault = fault
        finally:
            self.ended.set()

    def _end(self) -> None:
        while not self.ended.wait(LOOK_S):
            self._store.interrupt(self._thread.ident)


def answer(store: Store, query: str, limit_s: float) -> pd.DataFrame:
    """The answer to a query. Raises QueryError. If the script run ends before, so does the query.

    What takes longer than QUICK_S says for how long it was asked, and can be cancelled.
    """
    began = time.monotonic()
    asked, place = Asked(store, query, limit_s), st.empty()
    try:
        if not asked.ended.wait(QUICK_S):
            with place.container(horizontal=True, vertical_alignment="center", gap="small"):
                said = st.empty()
                st.button(
                    "Cancel", icon=":material/stop_circle:", key="cancel_query", on_click=_cancelled, args=[query]
                )
            while not asked.ended.wait(LOOK_S):
                said.caption(f"Asking the store: {time.monotonic() - began:.0f} s of at most {limit_s} s")
            place.empty()
    finally:
        if not asked.ended.is_set():
            asked.cancel()
    return asked.rows


def _cancelled(query: str) -> None:
    st.session_state[CANCELLED] = query


def is_cancelled(query: str) -> bool:
    """Whether this query was cancelled and not asked again."""
    return st.session_state.get(CANCELLED) == query


def ask_again() -> None:
    """Forget that a query was cancelled."""
    st.session_state.pop(CANCELLED, None)
