"""What a store that is read for days holds: what it shows, not what it has shown."""

from collections.abc import Callable
from typing import Any

from mediastore.reader.reindex import reindex
from mediastore.reader.store import Store

HELD = "select coalesce(sum(memory_usage_bytes), 0) as bytes from duckdb_memory() where tag = 'IN_MEMORY_TABLE'"
MEGABYTE = 2**20


def held(store: Store) -> int:
    return int(store.sql(HELD)["bytes"].iloc[0])


def test_rows_that_went_into_the_index_leave_memory(by_hand: Any, item: Callable[..., dict], box: Callable) -> None:
    by_hand.run(status="running")
    store = Store(by_hand.root)
    for turn in range(8):
        for part in range(10):
            steps = range(1000 * turn + 100 * part, 1000 * turn + 100 * (part + 1))
            by_hand.items(*(item(step, annotations=[box("cat", 0.5)], caption="x" * 200) for step in steps))
            store.refresh()
        for run in reindex(by_hand.root):
            run.update()
        store.refresh()
        assert store.count() == 1000 * (turn + 1)
    assert held(store) < MEGABYTE
