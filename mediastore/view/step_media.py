"""The media that go with a point of a curve: those of the nearest step that has any, for every run in view."""

from mediastore.draw.curves import nearest_step
from mediastore.reader.store import Store
from mediastore.view import frame
from mediastore.view.selection import Group

ITEMS = 24


def at_step(store: Store, step: int | None, key: str) -> list[Group]:
    """A group a run: its media under `key` at `step`, else at the nearest step that has any; at the last for None."""
    return [_of_run(store, ref, step, key) for ref in frame.selected_runs(store)]


def _of_run(store: Store, ref: str, step: int | None, key: str) -> Group:
    title, color = frame.run_names(store)[ref], frame.run_colors(store)[ref]
    steps = store.steps(run=ref, key=key)
    if not steps:
        return Group(title, [], color=color, empty=f"This run has nothing under {key}.")
    shown = nearest_step(steps, steps[-1] if step is None else step)
    records = store.records(run=ref, key=key, step=shown, limit=ITEMS, sort="index")
    total = store.count(run=ref, key=key, step=shown)
    said = [f"step {shown:,}"]
    if step is not None and shown != step:
        said.append(f"the nearest to {step:,} that has media")
    if total > len(records):
        said.append(f"{len(records)} of {total:,} items, the Gallery has all")
    return Group(title, records, " · ".join(said), color)
