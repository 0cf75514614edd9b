"""SQL from people: it reads the views, and that is all it can do."""

import os
import threading
import time
from pathlib import Path

import pytest

from mediastore.errors import QueryError
from mediastore.reader.store import Store

HOSTILE = [
    "copy (select 1) to '{root}/out.csv'",
    "copy items to '{outside}/out.parquet' (format parquet)",
    "attach '{root}/other.db'",
    "attach ':memory:' as other",
    "install httpfs",
    "load httpfs",
    "pragma enable_profiling",
    "call pragma_version()",
    "set memory_limit = '64GB'",
    "reset lock_configuration",
    "set variable items_files = ['{outside}/secret.txt']",
    "create table mine (a int)",
    "create or replace view items as select 1",
    "insert into store.superseded values ('x', 1)",
    "with gone as (delete from store.live_items returning id) select * from gone",
    "update store.runs set status = 'finished'",
    "drop view items",
    "export database '{root}/dump'",
    "import database '{outside}'",
    "checkpoint",
    "vacuum",
    "begin transaction",
    "prepare p as select 1",
    "explain analyze copy (select 1) to '{root}/out.csv'",
    "select 1; select 2",
    "",
    "select * from read_text('{outside}/secret.txt')",
    "select * from read_text('{root}/../secret.txt')",
    "select * from read_text('{root}/link.txt')",
    "select * from read_csv('{outside}/secret.txt')",
    "select * from read_blob('{outside}/*')",
    "select * from glob('{outside}/*')",
    "select * from '{outside}/secret.txt'",
    "select * from read_csv('http://127.0.0.1:9/x.csv')",
    "select * from read_parquet('s3://bucket/x.parquet')",
    "select getenv('HOME')",
    "select * from own_secret",
    "select * from query('copy (select 1) to ''{root}/out.csv''')",
]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the store with something that is not for everyone."""
    (tmp_path / "secret.txt").write_text("treasure")
    return tmp_path


@pytest.fixture
def store(by_hand, item, outside: Path) -> Store:
    by_hand.run()
    by_hand.items(item())
    (by_hand.root / "link.txt").symlink_to(outside / "secret.txt")
    return Store(by_hand.root)


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_statement_that_does_more_than_read_the_store_is_refused(store: Store, outside: Path, statement: str) -> None:
    own_secret = store.items()
    before = sorted(os.walk(outside))
    with pytest.raises(QueryError) as refused:
        store.sql(statement.format(root=store.root, outside=outside))
    assert "treasure" not in str(refused.value)
    assert sorted(os.walk(outside)) == before
    assert len(store.items()) == len(own_secret) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "from items",
        "describe items",
        "show tables",
        "summarize items",
        "values (1)",
        "select 1;",
        "with a as (select 1) from a",
    ],
)
def test_what_only_reads_is_answered(store: Store, statement: str) -> None:
    assert not store.sql(statement).empty


def test_an_error_is_the_databases_own_sentence_with_its_place(store: Store) -> None:
    with pytest.raises(QueryError, match=r"(?s)Parser Error: syntax error at or near \"selec\".*LINE 1: selec 1\n.*\^"):
        store.sql("selec 1")
    with pytest.raises(QueryError, match='Did you mean "items"'):
        store.sql("from item")


def test_a_query_that_never_ends_is_stopped(store: Store) -> None:
    began = time.monotonic()
    with pytest.raises(QueryError, match=r"must end within 0\.5 s"):
        store.sql(
            "select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range", limit_s=0.5
        )
    assert time.monotonic() - began < 20
    assert store.count() == 1


def test_values_are_bound(store: Store) -> None:
    assert store.sql("select ? as a, ? as b", ["'; drop view items; --", 2]).values.tolist() == [
        ["'; drop view items; --", 2]
    ]
    assert store.sql("select $a as a", {"a": None})["a"].isna().all()
    with pytest.raises(QueryError):
        store.sql("select ?")


@pytest.mark.parametrize("fenced", [False, True])
def test_an_interrupt_of_one_thread_leaves_the_queries_of_others(store: Store, fenced: bool) -> None:
    asked = Store(store.root, fenced=fenced)
    slow = "select count(*) from range(100000) a, range(1500) b where (a.range + b.range) % 7 = 3"
    ended: dict[str, object] = {}

    def ask(name: str, query: str) -> None:
        try:
            ended[name] = int(asked.sql(query).iloc[0, 0])
        except QueryError as error:
            ended[name] = str(error)

    endless = "select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range"
    threads = {
        name: threading.Thread(target=ask, args=(name, query)) for name, query in (("one", endless), ("other", slow))
    }
    for thread in threads.values():
        thread.start()
    while threads["one"].is_alive():
        asked.interrupt(threads["one"].ident)
        threads["one"].join(0.2)
    threads["other"].join()
    assert ended == {
        "one": "a query must be let run to its end, got an interrupt; ask again",
        "other": store.sql(slow).iloc[0, 0],
    }


@pytest.mark.parametrize("fenced", [False, True])
def test_a_query_can_be_interrupted_and_the_store_answers_on(store: Store, fenced: bool) -> None:
    asked = Store(store.root, fenced=fenced)
    assert asked.sql("select 1 as a")["a"].tolist() == [1]
    refused: list[str] = []

    def ask() -> None:
        try:
            asked.sql("select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range")
        except QueryError as error:
            refused.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    while thread.is_alive():
        asked.interrupt()
        thread.join(0.2)
    assert refused == ["a query must be let run to its end, got an interrupt; ask again"]
    assert asked.sql("select count(*) as n from items")["n"].tolist() == [1]
