"""The views of a bare DuckDB say what the store says, of what is indexed."""

from pathlib import Path

import duckdb
import pytest

from mediastore.reader import portable
from mediastore.reader.reindex import reindex
from mediastore.reader.store import Store

QUERIES = [
    "select * from runs order by all",
    "select * from items order by all",
    "select * exclude (attrs, rest), attrs::varchar, rest::varchar from annotations order by all",
    "select * from metrics order by all",
    "select run, num(config, 'lr') as lr, str(config, 'it''s') as its from runs order by run",
]


def bare(root: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(portable.views(root))
    return connection


@pytest.mark.parametrize("query", QUERIES)
def test_a_bare_duckdb_answers_like_the_store(by_hand, item, box, query: str) -> None:
    odd = {"lr": 0.1, "it's": 'a "quote"\n\x00 and; -- é'}
    by_hand.run(config=odd, tags=["it's", "b"], notes="'; drop table x")
    other = by_hand.run("other", tags=[], config={})
    by_hand.items(item(0, 0, annotations=[box("cat", mine=[1]), box("dog", None)], caption="it's"), item(1, 0))
    by_hand.items(item(1, 0, time=1795403999.0, caption="again"), journal="zzzz-0001")
    by_hand.items(item(4, 0, run="other", values={"loss": 1}), folder=other)
    by_hand.metrics({"step": 0, "time": 1.0, "values": {"loss": "NaN", "note": "text"}})
    for run in reindex(by_hand.root):
        run.update()
    told, asked = bare(by_hand.root).execute(query).df(), Store(by_hand.root).sql(query)
    assert list(told.columns) == list(asked.columns)
    assert told.astype(str).values.tolist() == asked.astype(str).values.tolist()
    assert len(told) > 0


def test_what_is_not_indexed_is_counted_and_not_seen(by_hand, item) -> None:
    by_hand.run()
    by_hand.items(item(0))
    assert "of 1 runs: 0 of" in portable.views(by_hand.root)
    assert bare(by_hand.root).execute("select count(*) from items").fetchall() == [(0,)]
    assert bare(by_hand.root).execute("select count(*) from runs").fetchall() == [(1,)]


def test_no_store_gives_empty_views(tmp_path: Path) -> None:
    assert bare(tmp_path / "none").execute("select count(*) from annotations").fetchall() == [(0,)]
