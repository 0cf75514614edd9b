"""The media that go with a point of a curve: those of the nearest step that has any, for every run in view."""

from collections.abc import Mapping

from mediastore.draw.curves import nearest_step
from mediastore.reader.store import Store
from mediastore.view import frame
from mediastore.view.selection import Group

ITEMS = 24


def at_step(store: Store, step: int | None, key: str) -> list[Group]:
    """A group a run: its media under `key` at `step`, else at the nearest step that has any; at the last for None."""
    refs, names, colors = frame.selected_runs(store), frame.run_names(store), frame.run_colors(store)
    found = store.step_counts(run=refs, key=key)
    steps: dict[str, dict[int, int]] = {ref: {} for ref in refs}
    for ref, at, items in found.itertuples(index=False):
        steps[ref][at] = items
    return [_of_run(store, ref, key, step, steps[ref], names[ref], colors[ref]) for ref in refs]


def _of_run(
    store: Store, ref: str, key: str, step: int | None, items: Mapping[int, int], name: str, color: str
) -> Group:
    if not items:
        return Group(name, [], color=color, empty=f"This run has nothing under {key}.")
    shown = nearest_step(list(items), max(items) if step is None else step)
    records = store.records(run=ref, key=key, step=shown, limit=ITEMS, sort="index")
    said = [f"step {shown:,}"]
    if step is not None and shown != step:
        said.append(f"the nearest to {step:,} that has media")
    if items[shown] > len(records):
        said.append(f"{len(records)} of {items[shown]:,} items")
    return Group(name, records, " · ".join(said), color)
