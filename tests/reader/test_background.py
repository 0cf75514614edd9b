"""Indexing beside an app: told of as it goes on, stopped at any time, and never needed."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediastore.reader import live, rollup
from mediastore.reader.background import Background, index_everything
from mediastore.reader.reindex import reindex
from mediastore.reader.store import Store

Make = Callable[..., dict[str, Any]]
RUNS = 3


@pytest.fixture
def several(by_hand, item: Make) -> Path:
    """The root of a store of a few runs that nothing has indexed."""
    for number in range(RUNS):
        folder = by_hand.run(f"run-{number}")
        by_hand.items(*(item(step, run=folder.name) for step in range(4)), folder=folder)
        by_hand.metrics({"step": 0, "time": 1.0, "values": {"loss": number}}, folder=folder)
    return by_hand.root


def wait_for(store: Store) -> None:
    deadline = time.monotonic() + 60
    while store.indexing is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    store.refresh()


def unread(root: Path) -> int:
    return sum(run.unread_bytes() for run in reindex(root))


def test_it_tells_how_far_it_is_and_rolls_up_at_the_end(several: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "LOOSE_MAX", 0)
    told: list[tuple[int, int]] = []
    index_everything(several, lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert unread(several) == 0
    assert len(rollup.load(several).segments) == RUNS


def test_it_stops_where_its_listener_raises_and_goes_on_later(several: Path) -> None:
    before = unread(several)

    def stop_in_the_middle(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index_everything(several, stop_in_the_middle)
    assert 0 < unread(several) < before
    index_everything(several, lambda *_: None)
    assert unread(several) == 0


def test_a_store_opens_at_once_and_what_waits_comes(several: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "INDEX_ABOVE_BYTES", 0)
    store = Store(several, in_background=True)
    share, waiting = store.indexing
    assert 0 <= share <= 1
    assert waiting == RUNS
    assert len(store.runs()) == RUNS
    wait_for(store)
    assert store.count() == 4 * RUNS
    assert len(store.metrics("loss")) == RUNS
    assert unread(several) == 0


def test_where_the_index_cannot_be_written_all_is_read_in_the_end(
    several: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "INDEX_ABOVE_BYTES", 0)
    for number in range(RUNS):
        (several / "demo" / f"run-{number}" / "index").write_text("in the way")
    store = Store(several, in_background=True)
    wait_for(store)
    assert store.count() == 4 * RUNS
    store.refresh()
    assert store.indexing is None


def test_it_can_be_stopped_from_outside(several: Path) -> None:
    work = Background(several)
    assert work.begin()
    work.stop()
    deadline = time.monotonic() + 10
    while work.progress is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not work.begin()


def test_a_run_that_is_being_read_is_read_on_while_its_index_is_made(
    by_hand, item: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand.run(status="running", host="another")
    by_hand.items(item(0))
    store = Store(by_hand.root, in_background=True)
    monkeypatch.setattr(live, "INDEX_ABOVE_BYTES", 0)
    by_hand.items(item(1))
    store.refresh()
    assert store.steps() == [0, 1]
    assert store.indexing == (0.0, 0)
    wait_for(store)
    assert store.steps() == [0, 1]
