"""The roll-up of many runs: derived, incremental, never in the way of the truth."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediastore.reader import rollup, state
from mediastore.reader.reindex import RolledUp, forget, reindex, update_all
from mediastore.reader.store import Store

Make = Callable[..., dict[str, Any]]
RUNS = 5
SEGMENTS = RUNS  # each of items and of metrics


def index_all(root: Path) -> None:
    update_all(list(reindex(root)))
    RolledUp(root).update()


def answers(root: Path) -> dict[str, Any]:
    """All that a store says, in a form that can be compared."""
    return said_by(Store(root))


def said_by(store: Store) -> dict[str, Any]:
    views = {
        view: json.loads(store.sql(f"from {view} order by all").to_json(orient="records"))
        for view in ("runs", "metrics", "items", "annotations")
    }
    return views | {"records": store.records(), "problems": store.problems().values.tolist()}


def without_rollup(root: Path) -> dict[str, Any]:
    """The same answers from the runs' own indexes."""
    aside = root / ".aside"
    (root / rollup.FOLDER).rename(aside)
    try:
        return answers(root)
    finally:
        aside.rename(root / rollup.FOLDER)


def held(root: Path) -> rollup.Rollup:
    found = rollup.load(root)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "LOOSE_MAX", 1)


@pytest.fixture
def write(by_hand, item: Make, box: Make) -> Callable[..., Path]:
    """Appends to run `number`: some steps with two boxes and a metric each."""

    def write(number: int, first: int = 0, steps: int = 4, **fields: Any) -> Path:
        folder = by_hand.run(f"run-{number}")
        for step in range(first, first + steps):
            boxes = [box("cat", step / 10, mine=number), box("dog", None, "ground_truth")]
            record = item(step, run=folder.name, annotations=boxes, caption=f"{number}/{step}", **fields)
            by_hand.items(record, folder=folder)
            by_hand.metrics({"step": step, "time": 1.0, "values": {"loss": number}}, folder=folder)
        return folder

    return write


@pytest.fixture
def rolled(by_hand, write: Callable[..., Path]) -> Path:
    """The root of a store of a few runs, rolled up; one of them has a broken line and an item logged twice."""
    for number in range(RUNS):
        folder = write(number)
    by_hand.append(folder, "items/k3f9-0001.jsonl", b"{broken\n")
    write(RUNS - 1, 2, 1, time=1795403999.0, sample="again")
    index_all(by_hand.root)
    assert len(held(by_hand.root).segments) == SEGMENTS
    return by_hand.root


def test_both_levels_give_the_same_answers(rolled: Path) -> None:
    with_rollup = answers(rolled)
    assert with_rollup == without_rollup(rolled)
    forget(rolled)
    assert answers(rolled) == with_rollup


def test_a_rolled_up_run_is_read_from_the_parts_alone(rolled: Path) -> None:
    before = answers(rolled)
    for path in rolled.rglob("index/*.parquet"):
        path.unlink()
    assert answers(rolled) == before


def test_few_runs_are_not_rolled_up(by_hand, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "LOOSE_MAX", SEGMENTS)
    for number in range(RUNS):
        write(number)
    index_all(by_hand.root)
    assert not (by_hand.root / rollup.FOLDER / state.FILE).exists()
    write(RUNS)
    index_all(by_hand.root)
    assert len(held(by_hand.root).segments) == SEGMENTS + 1


def remove(root: Path) -> None:
    shutil.rmtree(root / "demo" / "run-1")


def move(root: Path) -> None:
    (root / "other").mkdir()
    (root / "demo" / "run-1").rename(root / "other" / "elsewhere")


def copy(root: Path) -> None:
    shutil.copytree(root / "demo" / "run-1", root / "demo" / "a-copy")


def change_places(root: Path) -> None:
    (root / "demo" / "run-1").rename(root / "demo" / "aside")
    (root / "demo" / "run-2").rename(root / "demo" / "run-1")
    (root / "demo" / "aside").rename(root / "demo" / "run-2")


def edit(root: Path) -> None:
    path = root / "demo" / "run-1" / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "another", "tags": ["best"]}))


def name_anew(root: Path) -> None:
    path = root / "demo" / "run-1" / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"run": "named-anew"}))


def replace_journals(root: Path) -> None:
    path = root / "demo" / "run-1" / "items" / "k3f9-0001.jsonl"
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[2:]) + b"\n")


def index_anew(root: Path) -> None:
    shutil.rmtree(root / "demo" / "run-1" / "index")
    for run in reindex(root):
        run.update()


HAPPENINGS = [remove, move, copy, change_places, edit, name_anew, replace_journals, index_anew]


@pytest.mark.parametrize("happening", HAPPENINGS, ids=lambda happening: happening.__name__)
def test_what_happens_to_a_run_shows_at_once(rolled: Path, happening: Callable[[Path], None]) -> None:
    following = Store(rolled)
    happening(rolled)
    following.refresh()
    truth = without_rollup(rolled)
    assert answers(rolled) == truth
    assert said_by(following) == truth
    index_all(rolled)
    following.refresh()
    assert answers(rolled) == without_rollup(rolled)
    assert said_by(following) == answers(rolled)


def test_a_run_that_goes_on_is_read_on_and_rolled_up_again(rolled: Path, write: Callable[..., Path]) -> None:
    following = Store(rolled)
    write(1, 3, 4, time=1795405000.0)
    write(RUNS, 0, 3)
    following.refresh()
    truth = without_rollup(rolled)
    assert said_by(following) == answers(rolled) == truth
    index_all(rolled)
    following.refresh()
    assert said_by(following) == answers(rolled) == truth
    assert held(rolled).segments >= {f.name for run in reindex(rolled) for f in run.known().segments}


def test_adding_a_run_rewrites_no_large_part(
    by_hand, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        write(number, steps=40)
    index_all(by_hand.root)
    large = held(by_hand.root).parts[0]
    for number in range(8, 10):
        write(number)
    index_all(by_hand.root)
    parts = held(by_hand.root).parts
    assert parts[0] == large
    assert len(parts) == 2
    assert answers(by_hand.root) == without_rollup(by_hand.root)
    monkeypatch.setattr(rollup, "PART_BYTES", 1)
    forget(by_hand.root)
    index_all(by_hand.root)
    assert len(held(by_hand.root).parts) == 10
    assert answers(by_hand.root) == without_rollup(by_hand.root)


def test_parts_that_are_dead_for_the_most_part_are_let_go(rolled: Path) -> None:
    for number in range(RUNS - 2):
        shutil.rmtree(rolled / "demo" / f"run-{number}")
    before = answers(rolled)
    index_all(rolled)
    assert len(held(rolled).segments) == 2
    assert answers(rolled) == before == without_rollup(rolled)


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "state.json").write_text("{"),
        lambda folder: (folder / "state.json").write_text("[]"),
        lambda folder: (folder / "state.json").write_text('{"version": 99}'),
        lambda folder: (folder / "state.json").unlink(),
        lambda folder: [path.write_bytes(path.read_bytes()[:-9]) for path in folder.glob("*.parquet")],
        lambda folder: [path.unlink() for path in folder.glob("*-items.parquet")],
        lambda folder: shutil.rmtree(folder),
    ],
    ids=["torn state", "strange state", "other version", "no state", "half written", "file missing", "all gone"],
)
def test_a_broken_roll_up_is_not_used_and_made_anew(rolled: Path, harm: Callable[[Path], Any]) -> None:
    following = Store(rolled)
    before = said_by(following)
    harm(rolled / rollup.FOLDER)
    following.refresh()
    assert said_by(following) == answers(rolled) == before
    index_all(rolled)
    following.refresh()
    assert len(held(rolled).segments) == SEGMENTS
    assert said_by(following) == answers(rolled) == before


def test_a_root_that_cannot_be_written_is_read_all_the_same(by_hand, write: Callable[..., Path]) -> None:
    for number in range(RUNS):
        write(number)
    before = answers(by_hand.root)
    (by_hand.root / rollup.FOLDER).write_text("in the way")
    with pytest.raises(Exception, match=r"\.index must be writable"):
        index_all(by_hand.root)
    assert answers(by_hand.root) == before


def test_files_that_no_roll_up_needs_go_when_they_are_old(rolled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {path for part in held(rolled).parts for path in part.paths(rolled / rollup.FOLDER)}
    for number in range(RUNS - 1):
        shutil.rmtree(rolled / "demo" / f"run-{number}")
    index_all(rolled)
    assert all(path.exists() for path in old)
    monkeypatch.setattr(state, "GRACE_S", -1.0)
    index_all(rolled)
    assert not any(path.exists() for path in old)
