"""Waits for the answer to a query, so that a person can cancel it, ask something else, or go elsewhere meanwhile.

A query that was begun goes on over the runs of the script that ask the same, so that a store which is written to does
not make it begin again and again. It ends when another is asked or another page is shown, or when the browser is gone.
"""

import threading
import time

import pandas as pd
import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx

from mediastore.errors import QueryError
from mediastore.reader.store import Store

LIMIT, LIMITS_S = "limit_s", (10, 60, 300)
QUICK_S, LOOK_S = 0.5, 0.25
GONE_S = 5.0
"""For how long a browser may be away, as when its connection breaks, before nobody waits for its query any more."""
CANCELLED = "sql_cancelled"
"""Where the session keeps the query that was cancelled: it is not asked again until somebody asks."""
_IN_FLIGHT = "sql_in_flight"


class Asked:
    """A query in a thread of its own."""

    def __init__(self, store: Store, query: str, limit_s: float) -> None:
        self.ended = threading.Event()
        self.version = store.version
        self.took_s = 0.0
        self._store, self._query, self._limit_s = store, query, limit_s
        self._began = time.monotonic()
        self._rows: pd.DataFrame | None = None
        self._fault: BaseException | None = None
        context = get_script_run_ctx()
        self._session = context.session_id if context else ""
        self._thread = threading.Thread(target=self._ask, name="mediastore-query", daemon=True)
        self._thread.start()
        threading.Thread(target=self._watch, name="mediastore-query-watch", daemon=True).start()

    @property
    def rows(self) -> pd.DataFrame:
        """The answer, when it has ended. Raises QueryError, or whatever else went wrong."""
        if self._rows is None:
            raise self._fault or QueryError("a query must be let run to its end, got none; ask again")
        return self._rows

    @property
    def age_s(self) -> float:
        """For how long it has been asked, seconds."""
        return time.monotonic() - self._began

    def asks(self, store: Store, query: str, limit_s: float) -> bool:
        """Whether it is this question."""
        return self._store is store and (self._query, self._limit_s) == (query, limit_s)

    def cancel(self) -> None:
        """End the query, also where it still waits for its turn. Returns at once."""
        threading.Thread(target=self._end, daemon=True).start()

    def _ask(self) -> None:
        try:
            self._rows = self._store.sql(self._query, limit_s=self._limit_s)
        except BaseException as fault:
            self._fault = fault
        finally:
            self.took_s = self.age_s
            self.ended.set()

    def _watch(self) -> None:
        """End the query once the browser of its session has been away for GONE_S."""
        last_seen = time.monotonic()
        while not self.ended.wait(LOOK_S):
            if _is_here(self._session):
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > GONE_S:
                self._end()

    def _end(self) -> None:
        while not self.ended.wait(LOOK_S):
            self._store.interrupt(self._thread.ident)


def _is_here(session: str) -> bool:
    return not runtime.exists() or runtime.get_instance().is_active_session(session)


def answer(store: Store, query: str, limit_s: float) -> Asked:
    """The query when it has been answered, or has failed: `rows` tells. One that was begun before goes on.

    What takes longer than QUICK_S says for how long it was asked, and can be cancelled.
    """
    asked = _in_flight(store, query, limit_s)
    place = st.empty()
    try:
        if not asked.ended.wait(max(0.0, QUICK_S - asked.age_s)):
            with place.container(horizontal=True, vertical_alignment="center", gap="small"):
                said = st.empty()
                st.button(
                    "Cancel", icon=":material/stop_circle:", key="cancel_query", on_click=_cancelled, args=[query]
                )
            while not asked.ended.wait(LOOK_S):
                said.caption(f"Asking the store: {asked.age_s:.0f} s of at most {limit_s} s")
            place.empty()
    except RerunException:
        raise  # the next run of the script goes on with the query, or ends it
    except BaseException:
        end()
        raise
    st.session_state.pop(_IN_FLIGHT, None)
    return asked


def _in_flight(store: Store, query: str, limit_s: float) -> Asked:
    asked = st.session_state.get(_IN_FLIGHT)
    if asked is None or not asked.asks(store, query, limit_s):
        end()
        asked = st.session_state[_IN_FLIGHT] = Asked(store, query, limit_s)
    return asked


def end() -> None:
    """End the query that this session still asks, if any."""
    asked = st.session_state.pop(_IN_FLIGHT, None)
    if asked is not None:
        asked.cancel()


def _cancelled(query: str) -> None:
    st.session_state[CANCELLED] = query
    end()


def is_cancelled(query: str) -> bool:
    """Whether this query was cancelled and not asked again."""
    return st.session_state.get(CANCELLED) == query


def ask_again() -> None:
    """Forget that a query was cancelled."""
    st.session_state.pop(CANCELLED, None)


def time_limit() -> None:
    """How long a query may take; the link carries the number, as a bound widget would carry what it shows."""
    asked = "".join(filter(str.isdecimal, st.query_params.get(LIMIT, "")))
    if asked in map(str, LIMITS_S):
        st.session_state[LIMIT] = int(asked)

    def follow() -> None:
        st.query_params[LIMIT] = str(st.session_state[LIMIT])

    st.selectbox(
        "Time limit",
        LIMITS_S,
        key=LIMIT,
        on_change=follow,
        width=110,
        format_func=lambda seconds: f"≤ {seconds} s",
        label_visibility="collapsed",
        help="A query that takes longer is stopped",
    )
