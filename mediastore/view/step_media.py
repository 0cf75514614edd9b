"""The media that go with a point of a curve: those of the nearest step that has any, for every run in view."""

from collections.abc import Mapping, Sequence

from mediastore.draw.curves import nearest_step
from mediastore.reader.store import Store
from mediastore.view import epochs, frame
from mediastore.view.selection import Group, Selection
from mediastore.view.sides import Side, first_records, item_counts

ITEMS = 24
NAMES = 5


def at_step(store: Store, step: int | None, key: str) -> Selection:
    """A group a run: its media under `key` at `step`, else at the nearest step that has any; at the last for None.

    Runs that have none are named at the end.
    """
    refs, names, colors = frame.selected_runs(store), frame.run_names(store), frame.run_colors(store)
    counts = item_counts(store, refs, key)
    sides = {ref: Side(ref, key, _step_of(counts.get(ref, {}), step)) for ref in refs}
    items = {side: counts[ref][side.step] for ref, side in sides.items() if side.step is not None}
    records = first_records(store, items, ITEMS)
    known = epochs.of(store, refs)
    groups = [
        Group(names[side.run], records[side], _said(side, step, len(records[side]), count, known), colors[side.run])
        for side, count in items.items()
    ]
    without = [names[ref] for ref, side in sides.items() if side.step is None]
    here, there = sum(map(len, records.values())), sum(items.values())
    return Selection(groups + _without(without, key), aside=f"the first of {there:,}" if there > here else "")


def _step_of(counts: Mapping[int, int], step: int | None) -> int | None:
    return (max(counts) if step is None else nearest_step(list(counts), step)) if counts else None


def _said(side: Side, step: int | None, shown: int, items: int, known: epochs.Epochs) -> str:
    said = [epochs.said(known, side.run, side.step)]
    if step is not None and side.step != step:
        said.append(f"the nearest to {step:,} that has media")
    if items > shown:
        said.append(f"{shown} of {items:,} items")
    return " · ".join(said)


def _without(names: Sequence[str], key: str) -> list[Group]:
    """One group for all runs that have nothing to show."""
    if not names:
        return []
    more = len(names) - NAMES
    said = ", ".join(names[:NAMES]) + (f" and {more:,} more" if more > 0 else "")
    return [Group(f"Nothing under {key}", [], empty=said)]
