"""The SQL page's parts: the editor with tables, examples and saved queries beside it, and the answer below."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import pandas as pd
import streamlit as st

from mediastore import queries, shown
from mediastore.downloads import query_url
from mediastore.draw import answers
from mediastore.draw.answers import Chart
from mediastore.errors import MediaStoreError, QueryError
from mediastore.reader.store import Store
from mediastore.view import access, answer, frame, waiting
from mediastore.view.components import joined

QUERY = "sql"
LAST = "sql_last"
"""The query of this session, for who comes back to the page: the browser keeps the later page's parameters."""
NAME = "query_name"
FORMS = (("csv", "CSV"), ("parquet", "Parquet"), ("json", "JSON"))
URL_CHARACTERS_MAX = 12_000
KEPT = 4
SLOW_S = 2.0
SLOW = "sql_slow_answer"
"""Where the session keeps an answer that took long: a store that is written to has it asked again only by hand."""
EXAMPLES = {
    "What was found, and how surely": """select label, layer, count(*) as annotations, round(avg(score), 3) as score
from annotations
group by all
order by annotations desc""",
    "The least certain pictures": """select i.path, caption, step, count(*) as boxes, round(avg(score), 3) as score
from annotations a
join items i using (project, run, key, step, index)
where score is not null
group by all
having count(*) >= 3
order by score
limit 50""",
    "How counts of a label grow": """select step, label, count(*) as found
from annotations
where score >= 0.5
group by all
order by step""",
    "Metrics of every run, last value": """select run, name, max_by(value, step) as last_value, max(step) as last_step
from metrics
group by all
order by name, run""",
    "Settings beside results": """select name, status, config ->> '$.lr' as lr, summary
from runs
order by created desc""",
    "Items that have a problem": """select run, key, step, path, problem
from items
where problem is not null""",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to a query, how long it took, and of which version of the store it is."""

    rows: pd.DataFrame
    took_s: float
    version: str


def editor(store: Store) -> str:
    """The query that a person writes, chooses among examples, or had saved; it stands in the link."""
    before = st.session_state.get(LAST, next(iter(EXAMPLES.values())))
    st.session_state.setdefault(QUERY, st.query_params.get(QUERY, before))
    left, right = st.columns([7, 3], gap="large")
    with left:
        query = st.text_area(
            "Query",
            key=QUERY,
            height=230,
            help="One select statement of DuckDB; Ctrl+Enter asks",
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Ask", type="primary", icon=":material/play_arrow:", on_click=_ask_again)
            _examples()
            _saved(store, query)
            _python(store, query)
            waiting.time_limit()
    with right:
        tables(store)
    st.query_params[QUERY] = st.session_state[LAST] = query
    return query


def tables(store: Store) -> None:
    """The four tables that a query sees, with their columns and types."""
    st.caption("Four tables. The store is read only.")
    listed = f"<dl class='schema' tabindex='0' aria-label='Tables, columns'>{_columns(str(store.root), store)}</dl>"
    st.html(f"<style>{joined('schema.css')}</style>{listed}")


def ask(store: Store, query: str) -> Answer | None:
    """The answer to the query; None after saying why there is none."""
    if not query.strip():
        waiting.end()
        frame.nothing_found("Nothing is asked yet.", "Write a select statement, or take one of the examples.")
        return None
    if waiting.is_cancelled(query):
        frame.nothing_found("The query was cancelled.", "Press Ask to ask it again, or change it.")
        return None
    try:
        return _answer(str(store.root), store.version, query, st.session_state[waiting.LIMIT], store)
    except QueryError as error:
        st.caption(":material/error: The query cannot be answered.")
        st.code(shown.without_paths(str(error)), language=None, wrap_lines=False)
        return None


def show(store: Store, query: str, found: Answer) -> None:
    """The answer as a table and as a chart, with the ways to take it along."""
    rows = found.rows
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="answer"):
        said = "row" if len(rows) == 1 else "rows"
        st.caption(f"{len(rows):,} of {len(rows):,} {said} · {len(rows.columns)} columns · {found.took_s:.2f} s")
        if len(query) <= URL_CHARACTERS_MAX:
            for form, title in FORMS:
                st.link_button(title, query_url(form, query), icon=":material/download:", type="tertiary")
        if found.version != store.version:
            st.button(
                "More was written since: ask again",
                icon=":material/refresh:",
                type="tertiary",
                key="ask_again",
                on_click=_ask_again,
                help="What takes long is not asked again by itself",
            )
    if rows.empty:
        frame.nothing_found("The query is right, and its answer has no rows.", "Loosen its conditions.")
        return
    identity = blake2b(query.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    table, chart = st.tabs(["Table", "Chart"], key="answer_as", on_change="rerun", bind="query-params")
    if table.open:
        with table:
            media = answer.media_columns(rows)
            if media:
                st.caption("Click a picture to open its item.")
            answer.show(rows, media, answer.item_by_path(store, rows), key=f"answer-{identity}", page_key="rows_part")
    if chart.open:
        with chart:
            _chart(store, rows)


def _chart(store: Store, rows: pd.DataFrame) -> None:
    first = answers.suggested(rows)
    if first is None:
        frame.nothing_found("There is no number to draw in this answer.", "Select one, such as count(*) or avg(score).")
        return
    numbers, texts = answers.columns(rows)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = _choose("Chart", "chart", answers.KINDS, first.kind)
        x = _choose("Across", "chart_x", numbers if kind == "histogram" else [*texts, *numbers], first.x)
        y = None if kind == "histogram" else _choose("Up", "chart_y", numbers, first.y or numbers[0])
        few = [name for name in texts if rows[name].nunique() <= answers.COLORS_MAX]
        color = _choose("Colour", "chart_color", ["", *few], first.color or "") or None
    if len(rows) > answers.POINTS_MAX:
        st.caption(f"The first {answers.POINTS_MAX:,} of {len(rows):,} rows are drawn.")
    figure = answers.figure(rows, Chart(kind, x, y, color), _colors(store))
    st.plotly_chart(figure, key="answer_chart", config={"displaylogo": False})


def _choose(title: str, key: str, options: list[str] | tuple[str, ...], first: str) -> str:
    if st.session_state.get(key) not in (None, *options):
        del st.session_state[key]
    place = list(options).index(first) if first in options else 0
    said = {"": "none"}
    return st.selectbox(
        title, options, index=place, key=key, bind="query-params", width=180, format_func=lambda one: said.get(one, one)
    )


def _colors(store: Store) -> Mapping[str, str]:
    names, colors = frame.run_names(store), frame.run_colors(store)
    runs = {name: colors[ref] for ref, name in names.items()} | {ref.split("/")[-1]: colors[ref] for ref in names}
    return runs | frame.label_colors(store)


def _ask_again() -> None:
    st.session_state.pop(SLOW, None)
    waiting.ask_again()


def _examples() -> None:
    with st.popover("Examples", icon=":material/lightbulb:"):
        for title, text in EXAMPLES.items():
            st.button(title, type="tertiary", key=f"example-{title}", on_click=_take, args=[text])


def _saved(store: Store, query: str) -> None:
    known = queries.saved(store.root)
    with st.popover(f"Saved · {len(known)}", icon=":material/bookmark:"):
        for place, one in enumerate(known):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.text(one.name, width="stretch")
                st.button("Take", type="tertiary", key=f"take-{place}", on_click=_take, args=[one.sql])
                if access.can_change():
                    st.button(
                        "Forget",
                        type="tertiary",
                        key=f"forget-{place}",
                        icon=":material/delete:",
                        on_click=queries.forget,
                        args=[store.root, one.name],
                    )
        if access.can_change():
            st.text_input("Save this query as", key=NAME, max_chars=queries.NAME_CHARACTERS_MAX)
            st.button("Save", icon=":material/bookmark_add:", on_click=_save, args=[store, query])
        if problem := st.session_state.pop("query_problem", None):
            st.text(problem)


def _save(store: Store, query: str) -> None:
    try:
        queries.save(store.root, st.session_state[NAME], query)
        st.session_state[NAME] = ""
    except (MediaStoreError, OSError) as error:
        st.session_state["query_problem"] = shown.without_paths(str(error))


def _take(text: str) -> None:
    st.session_state[QUERY] = text


def _python(store: Store, query: str) -> None:
    with st.popover("Python", icon=":material/code:"):
        asked = f'"""\n{query}\n"""' if '"""' not in query and "\\" not in query else repr(query)
        opening = f"import mediastore\n\nstore = mediastore.Store({access.root_as_shown(store)!r})"
        st.code(f"{opening}\nframe = store.sql({asked})", language="python")


def _answer(root: str, version: str, query: str, limit_s: float, store: Store) -> Answer:
    asked = root, version, query
    if found := _kept().pop(asked, None):
        _kept()[asked] = found
        return found
    of_what, found = st.session_state.get(SLOW, (None, None))
    if of_what != (root, query, limit_s):
        ended = waiting.answer(store, query, limit_s)
        found = _outcome(ended)
        if ended.took_s > SLOW_S:
            st.session_state[SLOW] = (root, query, limit_s), found
    if isinstance(found, QueryError):
        raise found
    _kept()[root, found.version, query] = found
    for oldest in list(_kept())[:-KEPT]:
        _kept().pop(oldest, None)
    return found


def _outcome(ended: waiting.Asked) -> Answer | QueryError:
    try:
        return Answer(answer.with_unique_names(ended.rows), ended.took_s, ended.version)
    except QueryError as error:
        return error


@st.cache_resource(show_spinner=False)
def _kept() -> dict[tuple[str, str, str], Answer]:
    """The last few answers: the cache of a function could not draw while it waits for one."""
    return {}


@st.cache_data(show_spinner=False, max_entries=2)
def _columns(root: str, _store: Store) -> str:
    found = _store.table_columns().groupby("table", sort=False)
    return "".join(
        f"<dt>{name}</dt><dd>{', '.join(_described(one) for one in part.itertuples())}</dd>" for name, part in found
    )


def _described(column: Any) -> str:
    return f"<code title='{html.escape(column.type)}'>{html.escape(column.column)}</code>"
