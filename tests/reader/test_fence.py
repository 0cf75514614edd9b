"""A hundred hostile statements: each is refused or stopped, with a sentence, soon, and nobody else notices."""

import os
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediastore.errors import QueryError
from mediastore.reader.fence import Fence
from mediastore.reader.store import Store

LIMIT_S = 0.4
SOON_S = 30.0

WRITES = """
copy (select 1) to '{outside}/out.csv'
copy items to '{root}/out.parquet' (format parquet)
copy items from '{outside}/secret.txt'
copy (from items) to '/dev/stdout'
copy (select 'x') to '{root}/demo' (format csv, partition_by (x))
export database '{outside}/dump'
import database '{outside}'
create table mine as select 1
create temp table mine as select 1
create view mine as select 1
create or replace view items as select 1
create macro items() as table select 1
create schema mine
create type mood as enum ('a')
create sequence s
create index i on store.live_items (id)
create secret s (type http, bearer_token 'x')
create function f() as 1
insert into store.live_items (id) values (1)
update store.runs set status = 'finished'
delete from store.runs
truncate store.runs
merge into store.runs using (select 1) on false when not matched then insert default values
alter table store.runs drop column status
drop view items
drop schema store cascade
comment on view items is 'x'
with gone as (delete from store.runs returning 1) select * from gone
""".strip().splitlines()

SETTINGS = """
set memory_limit = '1TB'
set enable_external_access = true
set allowed_directories = ['/']
set lock_configuration = false
set global temp_directory = '{outside}'
set variable items_files = ['{outside}/secret.txt']
set file_search_path = '/'
set custom_extension_repository = 'http://127.0.0.1:9'
set log_query_path = '{outside}/log'
set profiling_output = '{outside}/profile'
reset memory_limit
pragma enable_profiling
pragma memory_limit = '1TB'
pragma database_list
pragma disable_checkpoint_on_shutdown
call enable_logging()
call pragma_version()
select * from enable_logging()
select * from enable_profiling()
""".strip().splitlines()

OUTWARD = """
attach '{outside}/other.db'
attach ':memory:' as other
attach 'http://127.0.0.1:9/x.db' as other
detach memory
use memory
install httpfs
install 'http://127.0.0.1:9/evil.duckdb_extension'
load httpfs
load '{outside}/evil.duckdb_extension'
update extensions
select * from read_csv('http://127.0.0.1:9/x.csv')
select * from read_parquet('s3://bucket/x.parquet')
select * from read_json('https://127.0.0.1:9/x.json')
select * from read_text('hf://datasets/x/y.txt')
select * from sqlite_scan('{outside}/x.db', 'a')
select * from postgres_scan('host=127.0.0.1', 'a', 'b')
select * from mysql_query('a', 'b')
select * from iceberg_scan('s3://bucket/x')
select * from read_xlsx('{outside}/secret.txt')
""".strip().splitlines()

FILES = """
select * from read_text('/etc/passwd')
select * from read_blob('/etc/passwd')
select * from read_csv('/etc/passwd')
select * from read_json_objects('/etc/passwd')
select * from read_parquet('/etc/passwd')
select * from parquet_metadata('/etc/passwd')
select * from sniff_csv('/etc/passwd')
select * from read_text('/proc/self/environ')
select * from read_blob('/dev/zero')
select * from read_text('file:///etc/passwd')
select * from read_text('{root}/../secret.txt')
select * from read_text('{root}/./.././secret.txt')
select * from read_text('{root}/link.txt')
select * from read_text(['{root}/mediastore.json', '{outside}/secret.txt'])
select * from '{outside}/secret.txt'
select * from glob('{outside}/*')
select * from glob('/**')
select * from read_duckdb('{outside}/x.db')
select getenv('HOME')
from query('from read_text(''/etc/passwd'')')
""".strip().splitlines()

BOMBS = """
select list_sum(range(3000000000))
select repeat('x', 4000000000)
select repeat('x', 1000000000) from range(100)
select lpad('x', 2000000000, 'y')
select printf('%1000000000d', 1)
select format('{{:2000000000d}}', 1)
select bit_count(bitstring('1', 2000000000))
select string_agg(range::varchar, ',') from range(1000000000)
select list(range) from range(10000000000)
select * from range(100000000000)
select * from repeat(1, 100000000000)
select count(*) from range(1000000000000)
select sum(a.range * b.range) from range(10000000) a, range(10000000) b
with recursive a as (select 1 as n union all select n + 1 from a) select count(*) from a
with recursive a as (select 'x' as n union all select n || n from a) select length(n) from a
select list_transform(range(100000000), lambda x: range(100000000))
select pg_sleep(100)
select sleep_ms(100000)
select 1; select 2
explain analyze copy (select 1) to '{root}/out.csv'
prepare p as select 1
begin transaction
vacuum
checkpoint
""".strip().splitlines()
LONG = ["select " + "(" * 40_000 + "1" + ")" * 40_000, "select " + "1 + " * 20_000 + "1", "select '" + "x" * 10_000_000]
HOSTILE = [*WRITES, *SETTINGS, *OUTWARD, *FILES, *BOMBS, *LONG]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder beside the store with something that is not for everyone."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.txt").write_text("treasure")
    return folder


@pytest.fixture(scope="module")
def root(outside: Path) -> Path:
    folder = outside / "store"
    (folder / "demo/run-1").mkdir(parents=True)
    (folder / "mediastore.json").write_text('{"format": 1}')
    (folder / "demo/run-1/run.json").write_text('{"format": 1, "project": "demo", "run": "run-1"}')
    (folder / "link.txt").symlink_to(outside / "secret.txt")
    return folder


@pytest.fixture(scope="module")
def fence(root: Path) -> Iterator[Fence]:
    fence = Fence(root, memory_bytes=2**29)
    yield fence


def test_there_are_a_hundred_and_more() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 100


@pytest.mark.parametrize("statement", HOSTILE, ids=lambda statement: statement[:60])
def test_a_hostile_statement_ends_soon_and_with_a_sentence(
    fence: Fence, root: Path, outside: Path, statement: str
) -> None:
    before = sorted(os.walk(outside))
    began = time.monotonic()
    with pytest.raises(QueryError) as refused:
        fence.ask(statement.format(root=root, outside=outside), (), LIMIT_S)
    assert time.monotonic() - began < SOON_S
    assert "treasure" not in str(refused.value)
    assert "root:" not in str(refused.value)
    assert sorted(os.walk(outside)) == before
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2 * 2**20


def test_after_all_that_questions_are_answered(fence: Fence) -> None:
    assert fence.ask("select run, ? as given from runs", ["'; --"], 20).values.tolist() == [["run-1", "'; --"]]
    assert fence.ask("select $a as a", {"a": None}, 20)["a"].isna().all()


def test_an_answer_is_the_same_on_both_sides_of_the_fence(root: Path) -> None:
    questions = [
        "from runs",
        "from items",
        "describe items",
        "select 1 as a, 2 as a, [1, 2] as list, {'x': 1} as struct, 'é' as text, null as nothing, 1.5 as number",
        "select timestamp '2026-01-01' as time, 170141183460469231731687303715884105727::hugeint as huge",
        "select unnest([1, null, 3]) as n",
    ]
    plain, fenced = Store(root), Store(root, fenced=True)
    for question in questions:
        one, other = plain.sql(question), fenced.sql(question)
        assert list(one.columns) == list(other.columns)
        assert one.astype(str).values.tolist() == other.astype(str).values.tolist()


def test_what_is_written_later_is_seen(root: Path) -> None:
    store = Store(root, fenced=True)
    assert len(store.sql("from runs where run = 'run-2'")) == 0
    (root / "demo/run-2").mkdir()
    (root / "demo/run-2/run.json").write_text('{"format": 1, "project": "demo", "run": "run-2"}')
    assert len(store.sql("from runs where run = 'run-2'")) == 1
    (root / "demo/run-2/run.json").unlink()
    (root / "demo/run-2").rmdir()


def test_an_answer_too_large_to_send_is_refused(root: Path) -> None:
    with pytest.raises(QueryError, match=r"an answer must be at most 1 MB, got 2\.\d MB; count, aggregate"):
        Fence(root, answer_bytes=2**20).ask("select repeat('x', 1000) as x from range(2900)", (), 20)


def test_more_questions_than_workers_wait_their_turn_and_none_for_ever(root: Path) -> None:
    fence = Fence(root, workers=1)
    slow = threading.Thread(target=ask_in_vain, args=[fence])
    slow.start()
    while not fence._busy:
        time.sleep(0.01)
    with pytest.raises(QueryError, match="at most 1 queries must run at once"):
        fence.ask("select 1", (), 0.1)
    fence.interrupt()
    slow.join()
    assert len(fence.ask("select 1", (), 20)) == 1


def ask_in_vain(fence: Fence) -> None:
    with pytest.raises(QueryError):
        fence.ask("select sleep_ms(60000)", (), 60.0)
