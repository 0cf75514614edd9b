"""The Parquet index: derived, incremental, disposable, safe with others at work."""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediastore.errors import MediaStoreError
from mediastore.reader import index, live, state
from mediastore.reader.folders import scan
from mediastore.reader.reindex import RolledUp, reindex
from mediastore.reader.store import Store

Make = Callable[..., dict[str, Any]]


def index_all(root: Path) -> None:
    for run in reindex(root):
        run.update()


def state_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "index" / "state.json").read_text())


def answers(root: Path) -> dict[str, Any]:
    """All that a store says, in a form that can be compared."""
    store = Store(root)
    views = {
        view: json.loads(store.sql(f"from {view} order by all").to_json(orient="records"))
        for view in ("runs", "metrics", "items", "annotations")
    }
    return views | {"records": store.records(), "problems": store.problems().values.tolist()}


@pytest.fixture
def run(by_hand, item: Make, box: Make) -> Path:
    """A run with items, boxes, metrics, one line that is broken and one item that was logged twice."""
    folder = by_hand.run()
    for step in range(6):
        by_hand.items(item(step, annotations=[box("cat", step / 10), box("dog", None)], values={"loss": step}))
        by_hand.metrics({"step": step, "time": 1.0, "values": {"loss": 1.5, "note": "text"}})
    by_hand.append(folder, "items/k3f9-0001.jsonl", b"{broken\n")
    by_hand.items(item(3, time=1795403999.0, caption="again"), journal="zzzz-0001")
    return folder


def test_the_index_gives_the_same_answers(by_hand, run: Path) -> None:
    before = answers(by_hand.root)
    index_all(by_hand.root)
    assert state_of(run)["segments"]
    assert answers(by_hand.root) == before
    shutil.rmtree(run / "index")
    assert answers(by_hand.root) == before


def test_only_what_is_new_is_indexed(by_hand, run: Path, item: Make) -> None:
    index_all(by_hand.root)
    first = state_of(run)
    for step in range(10, 14):
        by_hand.items(item(step))
    before = answers(by_hand.root)
    reported: list[int] = []
    next(reindex(by_hand.root)).update(reported.append)
    journal = run / "items" / "k3f9-0001.jsonl"
    assert sum(reported) == journal.stat().st_size - first["journals"]["items/k3f9-0001.jsonl"][0]
    assert answers(by_hand.root) == before


def test_many_small_steps_leave_few_files(by_hand, item: Make) -> None:
    run = by_hand.run()
    for step in range(40):
        by_hand.items(item(step))
        index_all(by_hand.root)
    assert len(state_of(run)["segments"]) <= 6
    assert Store(by_hand.root).steps() == list(range(40))


def test_an_open_store_follows_an_indexer(by_hand, run: Path, item: Make) -> None:
    store = Store(by_hand.root)
    before = store.items()
    index_all(by_hand.root)
    assert store.refresh()
    assert store.items().equals(before)
    by_hand.items(item(3, time=1795404000.0, caption="and again"))
    store.refresh()
    assert store.items(step=3)["caption"].tolist() == ["and again"]
    index_all(by_hand.root)
    store.refresh()
    assert store.items(step=3)["caption"].tolist() == ["and again"]
    assert store.count() == 6


def test_a_store_whose_files_were_replaced_asks_again(by_hand, run: Path) -> None:
    index_all(by_hand.root)
    store = Store(by_hand.root)
    before = store.items()
    shutil.rmtree(run / "index")
    index_all(by_hand.root)
    assert store.items().equals(before)
    shutil.rmtree(run / "index")
    assert len(store.sql("from items")) == len(before)


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "state.json").write_text("{"),
        lambda folder: (folder / "state.json").write_text("[]"),
        lambda folder: (folder / "state.json").write_text('{"version": 99, "folder": "x", "identity": ["a", "b"]}'),
        lambda folder: [path.write_bytes(path.read_bytes()[:-9]) for path in folder.glob("*.parquet")],
        lambda folder: [path.write_bytes(b"\0" * path.stat().st_size) for path in folder.glob("*-items.parquet")],
        lambda folder: [path.unlink() for path in folder.glob("*-metrics.parquet")],
        lambda folder: (folder / "state.json").unlink(),
    ],
    ids=["torn state", "strange state", "other version", "half written", "zeros", "file missing", "no state"],
)
def test_a_broken_index_is_not_used_and_made_anew(by_hand, run: Path, harm: Callable[[Path], Any]) -> None:
    before = answers(by_hand.root)
    index_all(by_hand.root)
    harm(run / "index")
    assert answers(by_hand.root) == before
    index_all(by_hand.root)
    assert state.load(scan(by_hand.root)[0][0], ("demo", run.name)) is not None
    assert answers(by_hand.root) == before


def test_an_index_of_other_journals_is_not_used(by_hand, run: Path, item: Make) -> None:
    index_all(by_hand.root)
    journal = run / "items" / "k3f9-0001.jsonl"
    journal.write_text("".join(json.dumps(item(step, caption="other")) + "\n" for step in range(20)))
    assert set(Store(by_hand.root).items(step=(10, 19))["caption"]) == {"other"}


def test_a_run_that_moves_takes_its_media_along(by_hand, run: Path) -> None:
    index_all(by_hand.root)
    (by_hand.root / "other").mkdir()
    run.rename(by_hand.root / "other" / "moved")
    assert all(path.startswith("other/moved/media/") for path in Store(by_hand.root).items()["path"])


def test_of_two_indexers_one_lets_go(by_hand, run: Path, item: Make) -> None:
    before = answers(by_hand.root)
    folder = scan(by_hand.root)[0][0]
    told: list[int] = []
    late = index._Indexing([(folder, ("demo", run.name))], index.connect(), told.append)
    index.update([(folder, ("demo", run.name))])
    winner = state_of(run)
    late.add_journals()
    assert not late._indexes
    assert state_of(run) == winner
    assert answers(by_hand.root) == before


def test_a_crash_in_the_middle_leaves_the_old_index(
    by_hand, run: Path, item: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_all(by_hand.root)
    old = state_of(run)
    by_hand.items(item(50))
    before = answers(by_hand.root)
    with monkeypatch.context() as patch:
        patch.setattr(state.State, "save", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            index_all(by_hand.root)
    assert state_of(run) == old
    assert answers(by_hand.root) == before
    index_all(by_hand.root)
    assert answers(by_hand.root) == before


def test_files_that_nobody_needs_any_more_go(by_hand, run: Path, item: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    index_all(by_hand.root)
    orphan = run / "index" / "0123456789abcdef-items.parquet"
    orphan.write_bytes(b"left by a crash")
    by_hand.items(*map(item, range(50, 60)))
    index_all(by_hand.root)
    assert orphan.exists()
    retired = [run / "index" / name for name in state_of(run)["retired"]]
    assert retired
    assert all(path.exists() for path in retired)
    monkeypatch.setattr(state, "GRACE_S", -1.0)
    index_all(by_hand.root)
    assert not any(path.exists() for path in [orphan, *retired])
    assert Store(by_hand.root).count() == 16


def test_a_sidecar_that_no_journal_has_is_taken_in(by_hand, run: Path, item: Make, box: Make) -> None:
    media = run / "media" / "val" / "detections"
    media.mkdir(parents=True)
    killed = item(77, caption="killed in between", annotations=[box("owl")], bytes=3)
    for record in (killed, item(0)):
        (media / record["file"]).write_bytes(b"png")
        (media / record["file"]).with_suffix(".json").write_text(json.dumps(record))
    assert Store(by_hand.root).count(step=77) == 0
    index_all(by_hand.root)
    store = Store(by_hand.root)
    assert store.records(step=77) == [killed | {"path": f"demo/{run.name}/media/val/detections/{killed['file']}"}]
    assert store.annotations(label="owl")["step"].tolist() == [77]
    assert store.count() == 7
    by_hand.items(killed)
    store.refresh()
    assert store.count() == 7
    index_all(by_hand.root)
    index_all(by_hand.root)
    assert Store(by_hand.root).count() == 7


def test_a_sidecar_written_by_hand_is_found_where_it_lies(by_hand, run: Path, item: Make) -> None:
    folder = run / "media" / "dropped"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(b"png")
    record = item(5, key="by/hand", file="a.png", bytes=3, project=None, run=None, writer=None, time=None)
    (folder / "any name.json").write_text(json.dumps(record, indent=2))
    (folder / "document.json").write_text('{"just": "a document"}')
    index_all(by_hand.root)
    store = Store(by_hand.root)
    assert store.items(key="by/hand")["path"].tolist() == [f"demo/{run.name}/media/dropped/a.png"]
    (folder / "any name.json").write_text(json.dumps(record | {"caption": "mended"}))
    index_all(by_hand.root)
    store.refresh()
    assert store.items(key="by/hand")["caption"].tolist() == ["mended"]
    (folder / "any name.json").unlink()
    index_all(by_hand.root)
    store.refresh()
    assert store.count(key="by/hand") == 0


LIES = {
    "absolute": ({"file": "/etc/hostname"}, "must name a file of the run that is there, got '/etc/hostname'"),
    "climbs": ({"file": "../../../../../secret.txt"}, "must name a file of the run"),
    "parent": ({"file": ".."}, "must name a file of the run"),
    "missing": ({"file": "gone.png"}, "must name a file of the run that is there, got 'gone.png'"),
    "nul": ({"file": "a\0.png"}, "must name a file of the run"),
    "immense name": ({"file": "x" * 5000}, "must be readable, got File name too long"),
    "link out": ({"file": "out.png"}, "must name a file of the run that is there, got 'out.png'"),
    "linked folder": ({"file": "outside/secret.png"}, "must name a file of the run"),
    "size": ({"bytes": 4}, "must name a file of 4 bytes, as it says, got 3"),
    "kind": ({"kind": "audio"}, "must have the kind of its file, got audio with 'a.png'"),
    "no such kind": ({"kind": "poem"}, "must have a kind of image, audio, video"),
    "kind of a list": ({"kind": ["image"]}, "must have a kind of image, audio, video"),
    "later format": ({"format": 2}, "must have format 1, got 2"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_sidecar_that_lies_is_listed_and_not_followed(by_hand, run: Path, item: Make, lie: str) -> None:
    fields, expected = LIES[lie]
    media = run / "media"
    media.mkdir()
    secret = by_hand.root.parent / "secret.png"
    secret.write_bytes(b"key")
    (media / "a.png").write_bytes(b"png")
    (media / "out.png").symlink_to(secret)
    (media / "outside").symlink_to(by_hand.root.parent)
    (media / "liar.json").write_text(json.dumps(item(90, **({"file": "a.png", "bytes": 3} | fields))))
    index_all(by_hand.root)
    store = Store(by_hand.root)
    problems = store.problems().set_index("file")["problem"]
    assert expected in problems[f"demo/{run.name}/media/liar.json"]
    assert store.count(step=90) == 0


def test_sidecars_that_are_none_are_listed_or_passed_over(by_hand, run: Path, item: Make) -> None:
    media = run / "media"
    media.mkdir()
    (media / "torn.json").write_text('{"format": 1,')
    (media / "link.json").symlink_to("/etc/hostname")
    (media / "folder.json").mkdir()
    index_all(by_hand.root)
    found = Store(by_hand.root).problems().set_index("file")["problem"]
    assert "must be one JSON object" in found[f"demo/{run.name}/media/torn.json"]
    assert [file for file in found.index if "/media/" in file] == [f"demo/{run.name}/media/torn.json"]


@pytest.mark.parametrize("index", ["demo/20261123-031200-brave-otter/index", ".index"])
def test_an_index_that_is_a_link_is_left_alone(
    by_hand, run: Path, tmp_path: Path, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "GRACE_S", -1.0)
    own = tmp_path / "my documents"
    own.mkdir()
    (own / "letter.parquet").write_text("dear reader")
    (by_hand.root / index).symlink_to(own)
    with pytest.raises(MediaStoreError, match=r"must be writable, got a link to"):
        index_all(by_hand.root)
        RolledUp(by_hand.root).update()
    assert [path.name for path in own.iterdir()] == ["letter.parquet"]
    assert Store(by_hand.root).count() == 6


def test_a_folder_that_cannot_be_written_is_read_all_the_same(
    by_hand, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run / "index").write_text("in the way")
    monkeypatch.setattr(live, "INDEX_ABOVE_BYTES", 0)
    assert Store(by_hand.root).count() == 6
    with pytest.raises(MediaStoreError, match="must be writable"):
        index_all(by_hand.root)


def test_a_long_journal_is_indexed_when_the_store_is_opened(
    by_hand, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers(by_hand.root)
    monkeypatch.setattr(live, "INDEX_ABOVE_BYTES", 0)
    assert answers(by_hand.root) == before
    assert state_of(run)["segments"]


def test_a_torn_last_line_is_indexed_when_it_is_whole(by_hand, item: Make) -> None:
    by_hand.run()
    line = json.dumps(item(1)).encode() + b"\n"
    path = by_hand.append(by_hand.root / "demo" / "20261123-031200-brave-otter", "items/k3f9-0001.jsonl", line[:20])
    index_all(by_hand.root)
    assert Store(by_hand.root).count() == 0
    with path.open("ab") as file:
        file.write(line[20:])
    index_all(by_hand.root)
    assert Store(by_hand.root).count() == 1


def test_times_of_files_do_not_matter(by_hand, run: Path) -> None:
    index_all(by_hand.root)
    past = time.time() - 10**6
    for path in run.rglob("*"):
        os.utime(path, (past, past))
    assert Store(by_hand.root).count() == 6
