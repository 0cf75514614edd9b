"""The media that go with a point of a curve: those of the nearest step that has any, for every run in view."""

from mediastore.draw.curves import nearest_step
from mediastore.reader.store import Store
from mediastore.view import choice, frame
from mediastore.view.selection import Group, Selection

ITEMS = 24


def at_step(store: Store, step: int | None, key: str) -> Selection:
    """A group a run: its media under `key` at `step`, else at the nearest step that has any; at the last for None."""
    groups, total = [], 0
    for ref in frame.selected_runs(store):
        steps = store.steps(run=ref, key=key)
        shown = nearest_step(steps, steps[-1] if step is None else step) if steps else None
        count = 0 if shown is None else store.count(run=ref, key=key, step=shown)
        groups.append(_group(store, ref, key, step, shown, count))
        total += count
    return Selection(groups, choice.from_url(), total, total)


def _group(store: Store, ref: str, key: str, step: int | None, shown: int | None, count: int) -> Group:
    title, color = frame.run_names(store)[ref], frame.run_colors(store)[ref]
    if shown is None:
        return Group(title, [], color=color, empty=f"This run has nothing under {key}.")
    records = store.records(run=ref, key=key, step=shown, limit=ITEMS, sort="index")
    said = [f"step {shown:,}"]
    if step is not None and shown != step:
        said.append(f"the nearest to {step:,} that has media")
    if count > len(records):
        said.append(f"{len(records)} of {count:,} items")
    return Group(title, records, " · ".join(said), color)
