"""Runs under keys, each at a step of its own, and the items that stand there: as few questions as possible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mediastore.draw.overlay import Record
from mediastore.reader.store import Store


@dataclass(frozen=True)
class Side:
    """One run, `project/run`, under one key, at one step; None where nothing stands for the step that was asked for."""

    run: str
    key: str
    step: int | None

    def filters(self, kinds: Sequence[str] | None = None) -> dict[str, Any]:
        """As filters of `Store.items`."""
        return {"run": self.run, "key": self.key, "step": self.step} | ({"kind": list(kinds)} if kinds else {})


def item_counts(
    store: Store, runs: Sequence[str], key: str, kinds: Sequence[str] | None = None
) -> dict[str, dict[int, int]]:
    """`project/run` → step → how many items of these kinds are there under a key; steps ascend."""
    asked = {"run": list(runs), "key": key} | ({"kind": list(kinds)} if kinds else {})
    found: dict[str, dict[int, int]] = {}
    for ref, step, items in store.step_counts(**asked).itertuples(index=False):
        found.setdefault(ref, {})[int(step)] = int(items)
    return found


def first_records(
    store: Store, counts: Mapping[Side, int], most: int, kinds: Sequence[str] | None = None
) -> dict[Side, list[Record]]:
    """Of each side the first `most` items, as they were logged. counts: how many each side has.

    Sides at the same step that have no more than that are asked for together.
    """
    found: dict[Side, list[Record]] = {side: [] for side in counts}
    together: dict[int, list[Side]] = {}
    for side, count in counts.items():
        if count > most:
            found[side] = store.records(**side.filters(kinds), sort="index", limit=most)
        elif count and side.step is not None:
            together.setdefault(side.step, []).append(side)
    for step, sides in together.items():
        asked = {name: list(dict.fromkeys(getattr(side, name) for side in sides)) for name in ("run", "key")}
        asked |= {"kind": list(kinds)} if kinds else {}
        for record in store.records(**asked, step=step, sort="index"):
            side = Side(f"{record['project']}/{record['run']}", record["key"], step)
            if side in sides:
                found[side].append(record)
    return found
