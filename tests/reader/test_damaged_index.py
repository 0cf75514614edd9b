"""Where a file of an index is damaged, journals are read in its place, and the next indexing makes it anew."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediastore import audit
from mediastore.reader import damage, levels, live, rollup, state
from mediastore.reader.reindex import RolledUp, reindex, update_all
from mediastore.reader.search import Search
from mediastore.reader.store import Store

ITEMS = 40
SEEDS = range(8)


def footer(content: bytearray, choice: random.Random) -> None:
    end = len(content) - 8
    start = end - int.from_bytes(content[-8:-4], "little")
    content[start:end] = choice.randbytes(end - start)


def whole(content: bytearray, choice: random.Random) -> None:
    content[4:-4] = choice.randbytes(len(content) - 8)


def middle(content: bytearray, choice: random.Random) -> None:
    start = choice.randrange(4, len(content) - 8 - int.from_bytes(content[-8:-4], "little") - 64)
    content[start : start + 64] = choice.randbytes(64)


def one_bit(content: bytearray, choice: random.Random) -> None:
    content[choice.randrange(4, len(content) - 4)] ^= 1 << choice.randrange(8)


UNMISTAKABLE, UNNOTICED = (footer, whole), (middle, one_bit)


@pytest.fixture
def indexed(by_hand, item, box, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs, indexed, with a line that came later; the levels of their metrics too."""
    monkeypatch.setattr(levels, "ABOVE_BYTES", 0)
    for run in ("run-1", "run-2"):
        folder = by_hand.run(run)
        by_hand.items(*(item(step, run=run, annotations=[box()]) for step in range(ITEMS)), folder=folder)
        by_hand.metrics(*({"step": step, "time": 1.0, "values": {"loss": step}} for step in range(600)), folder=folder)
    update_all(list(reindex(by_hand.root)))
    by_hand.items(item(3, run="run-1", caption="again", time=1795403999.0), folder=by_hand.root / "demo/run-1")
    return by_hand.root


@pytest.fixture
def rolled(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rollup, "LOOSE_MAX", 1)
    RolledUp(indexed).update()
    assert list((indexed / rollup.FOLDER).glob("*.parquet"))
    return indexed


def hurt(path: Path, way: Callable[[bytearray, random.Random], None], seed: int) -> None:
    """Damage a file in a way that leaves its size and both ends."""
    content = bytearray(path.read_bytes())
    way(content, random.Random(seed))
    assert content != path.read_bytes() and content.startswith(b"PAR1") and content.endswith(b"PAR1")
    path.write_bytes(content)


def answers(store: Store) -> list[Any]:
    frames = store.items(), store.annotations(), store.metrics("loss"), store.labels(), store.runs(), store.keys()
    curve = store.sql("select count(*) as rows, sum(value) as whole, max(step) as last from metrics")
    sorted_ = [frame.sort_values([*map(str, frame.columns[:6])]).to_csv(index=False) for frame in (*frames, curve)]
    return [*sorted_, store.count(label="cat"), store.records(limit=9, descending=True), store.steps()]


@pytest.mark.parametrize("way", UNMISTAKABLE)
@pytest.mark.parametrize("table", state.TABLES)
def test_journals_are_read_in_place_of_a_damaged_index(indexed: Path, way, table: str) -> None:
    truth = answers(Store(indexed))
    (path,) = (indexed / "demo/run-1/index").glob(f"*-{table}.parquet")
    hurt(path, way, 1)
    store = Store(indexed)
    store.curves(["loss"])
    assert answers(store) == truth
    said = store.problems()
    assert said["file"].tolist() == [path.relative_to(indexed).as_posix()]
    assert said["problem"].tolist() == [damage.SENTENCE] and said["run"].tolist() == ["run-1"]
    assert not store.refresh()


@pytest.mark.parametrize("way", UNMISTAKABLE)
@pytest.mark.parametrize("table", state.TABLES)
def test_runs_are_read_in_place_of_a_damaged_roll_up(rolled: Path, way, table: str) -> None:
    truth = answers(Store(rolled))
    (path,) = (rolled / rollup.FOLDER).glob(f"*-{table}.parquet")
    hurt(path, way, 1)
    store = Store(rolled)
    store.curves(["loss"])
    assert answers(store) == truth
    assert store.problems()["file"].tolist() == [path.relative_to(rolled).as_posix()]


@pytest.mark.parametrize("way", UNMISTAKABLE)
def test_an_export_reads_past_damage(indexed: Path, way) -> None:
    search = Search(view=("demo/run-1", "demo/run-2"))
    (path,) = (indexed / "demo/run-1/index").glob("*-annotations.parquet")
    hurt(path, way, 1)
    assert sum(batch.num_rows for batch in Store(indexed).find_all(search)) == 2 * ITEMS - 1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("way", [*UNMISTAKABLE, *UNNOTICED])
def test_check_finds_damage_that_no_question_met_and_the_next_index_ends_it(rolled: Path, way, seed: int) -> None:
    truth = answers(Store(rolled))
    path = random.Random(seed).choice(sorted(rolled.rglob("*.parquet")))
    hurt(path, way, seed)
    answers(Store(rolled))
    found = [one for one in audit.check(rolled).findings if one.kind == "damaged index"]
    assert [(one.path, one.sentence) for one in found] == [(path.relative_to(rolled).as_posix(), damage.SENTENCE)]
    update_all(list(reindex(rolled)))
    RolledUp(rolled).update(with_look=True)
    assert answers(Store(rolled)) == truth
    assert Store(rolled).problems().empty
    assert "damaged index" not in audit.check(rolled).counts


@pytest.mark.parametrize("field", ["metrics", "digests"])
@pytest.mark.parametrize("said", [5, "loss", [1], [None], [["loss"]], {"loss": 1}, None, ...], ids=repr)
def test_a_state_that_says_nonsense_of_a_segment_loses_nothing(indexed: Path, field: str, said: Any) -> None:
    truth, names = answers(Store(indexed)), Store(indexed).metric_names()
    path = indexed / "demo/run-1/index/state.json"
    known = json.loads(path.read_text())
    for segment in known["segments"]:
        del segment[field]
        segment |= {} if said is ... else {field: said}
    path.write_text(json.dumps(known))
    store = Store(indexed)
    assert answers(store) == truth
    assert store.metric_names() == names
    assert store.find(Search(view=tuple(store.runs()["ref"])))


def test_check_puts_a_damaged_file_aside_when_asked(indexed: Path) -> None:
    path = next((indexed / "demo/run-1/index").glob("*-items.parquet"))
    hurt(path, one_bit, 1)
    report = audit.check(indexed, repair=True)
    assert [one.is_repaired for one in report.findings if one.kind == "damaged index"] == [True]
    assert not path.exists() and (indexed / audit.QUARANTINE / path.relative_to(indexed)).exists()
    assert "damaged index" not in audit.check(indexed).counts


@pytest.mark.parametrize("way", UNMISTAKABLE)
def test_an_indexer_does_not_build_on_damage(indexed: Path, by_hand, item, way) -> None:
    truth = Store(indexed).count()
    hurt(next((indexed / "demo/run-1/index").glob("*-items.parquet")), way, 1)
    by_hand.items(item(ITEMS, run="run-1"), folder=indexed / "demo/run-1")
    update_all(list(reindex(indexed)), with_strays=False)
    assert "damaged index" not in audit.check(indexed).counts
    assert Store(indexed).count() == truth + 1
    assert Store(indexed).problems().empty


def test_a_damaged_index_that_is_too_long_for_memory_is_made_anew(indexed: Path, monkeypatch) -> None:
    truth = answers(Store(indexed))
    path = next((indexed / "demo/run-1/index").glob("*-annotations.parquet"))
    hurt(path, whole, 1)
    monkeypatch.setattr(live, "INDEX_ABOVE_BYTES", 1000)
    store = Store(indexed)
    assert answers(store) == truth
    assert store.problems().empty
    assert "damaged index" not in audit.check(indexed).counts


def test_a_question_that_is_wrong_by_itself_accuses_no_file(indexed: Path) -> None:
    store = Store(indexed)
    version = store.version
    for _ in range(2):
        with pytest.raises(ValueError, match="said by hand"):
            store.sql("select error('said by hand') from items")
    assert store.version == version
    assert store.problems().empty
