"""What the store answers, on journals written by hand."""

import math
import os
import platform
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mediastore
from mediastore.errors import MediaStoreError, StoreFormatError
from mediastore.reader.change import Change
from mediastore.reader.live import WHOLE_LOOK_EVERY
from mediastore.reader.reindex import reindex, update_all
from mediastore.reader.store import Store

Make = Callable[..., dict[str, Any]]
REF = "demo/20261123-031200-brave-otter"
VIEWS = {
    "runs": "project run name status created updated config summary tags notes run_group job_type",
    "metrics": "project run step time name value text",
    "items": "project run key step index kind path caption sample width height sample_rate channels duration_s fps "
    "frames codec columns rows bytes sha256 values problem time",
    "annotations": "project run key step index position path sample layer type label score x0 y0 x1 y1 start_s end_s "
    "frame track text attrs rest",
}


@pytest.fixture
def filled(by_hand, item: Make, box: Make) -> Store:
    """Three steps of two pictures, a sound, and two metrics."""
    by_hand.run()
    for step in range(3):
        cat = box("cat", 0.5 + step / 10)
        dog = box("dog", 0.95, box=[1.0, 2.0, 3.0, 4.0], color="#f00", attrs={"occluded": True}, mine=[1])
        by_hand.items(
            item(step, 0, annotations=[cat, dog], caption=f"Scene {step}", sample="a", values={"loss": 3 - step}),
            item(step, 1, annotations=[box("cat", None, "ground_truth")], sample="b", problem="a torn file"),
        )
        by_hand.metrics({"step": step, "time": 1.0 + step, "values": {"loss": 0.5 / (step + 1), "note": f"n{step}"}})
    span = {"layer": "vad", "type": "span", "label": "speech", "span": [0.5, 1.25], "score": 0.9}
    by_hand.items(item(2, 0, "val/speech", kind="audio", sample_rate=16000, duration_s=2.0, annotations=[span]))
    return Store(by_hand.root)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()], ids=["missing", "empty"])
def test_no_store_yet_gives_empty_frames_with_the_columns(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "store")
    store = Store(tmp_path / "store")
    for view, columns in VIEWS.items():
        assert list(store.sql(f"from {view}").columns) == columns.split()
    assert store.items().dtypes["step"] == "int64"
    assert store.items().dtypes["caption"] == "str"
    assert store.annotations().dtypes["score"] == "float64"
    assert store.count() == 0
    assert store.steps() == store.metric_names() == store.records() == []


def test_a_store_that_comes_to_be_is_seen_by_refresh(by_hand, item: Make, tmp_path: Path) -> None:
    store = Store(tmp_path / "sick-store")
    before = store.version
    by_hand.run()
    by_hand.items(item())
    assert store.refresh()
    assert store.version != before
    assert store.count() == 1
    assert not store.refresh()


def test_the_views_have_the_columns_of_the_format(filled: Store) -> None:
    for view, columns in VIEWS.items():
        assert list(filled.sql(f"from {view}").columns) == columns.split()


def test_every_field_stands_in_its_column(filled: Store) -> None:
    first = filled.items(step=0, index=0).iloc[0]
    assert first["path"] == f"{REF}/media/val/detections/000000000-00-k3f9.png"
    assert (first["caption"], first["sample"], first["values"]) == ("Scene 0", "a", '{"loss":3}')
    dog = filled.annotations(step=0, label="dog").iloc[0]
    assert [dog["x0"], dog["y0"], dog["x1"], dog["y1"]] == [1.0, 2.0, 3.0, 4.0]
    assert (dog["attrs"], dog["rest"]) == ('{"occluded":true}', '{"color":"#f00","mine":[1]}')
    speech = filled.annotations(layer="vad").iloc[0]
    assert (speech["start_s"], speech["end_s"], speech["label"]) == (0.5, 1.25, "speech")


def test_json_columns_answer_to_arrows(filled: Store) -> None:
    found = filled.sql("select (config->>'lr')::double as lr from runs where (config->>'lr')::double < 0.1")
    assert found["lr"].tolist() == [0.001]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, 7),
        ({"key": "val/speech"}, 1),
        ({"kind": ["image"]}, 6),
        ({"run": REF}, 7),
        ({"run": REF.split("/")[1]}, 7),
        ({"run": ["other", "demo/other"]}, 0),
        ({"run": []}, 0),
        ({"step": 1}, 2),
        ({"step": (1, 2)}, 5),
        ({"step": (None, 1)}, 4),
        ({"step": "latest"}, 3),
        ({"label": "cat"}, 6),
        ({"label": "cat", "score": (0, 1)}, 3),
        ({"label": "cat", "score": (0.6, None)}, 2),
        ({"label": "dog", "layer": "ground_truth"}, 0),
        ({"label": ["dog", "speech"]}, 4),
        ({"score": (0.95, 0.95)}, 3),
        ({"sample": "b"}, 3),
        ({"problem": True}, 3),
        ({"problem": False}, 4),
        ({"problem": "TORN"}, 3),
        ({"caption": "scene 2"}, 1),
        ({"caption": "%"}, 0),
        ({"index": 1}, 3),
        ({"index": [0, 1], "step": 0}, 2),
        ({"label": "x' or true --"}, 0),
    ],
    ids=str,
)
def test_a_filter_narrows_items_records_and_the_count_alike(filled: Store, filters: dict, expected: int) -> None:
    assert filled.count(**filters) == expected
    assert len(filled.items(**filters)) == len(filled.records(**filters)) == expected


def test_label_layer_and_score_hold_for_one_annotation(by_hand, item: Make, box: Make) -> None:
    by_hand.run()
    by_hand.items(item(annotations=[box("cat", 0.2), box("dog", 0.9), box("cat", 0.9, "ground_truth")]))
    store = Store(by_hand.root)
    assert store.count(label="cat", layer="predictions", score=(0.5, 1)) == 0
    assert store.count(label="dog", layer="predictions", score=(0.5, 1)) == 1


@pytest.mark.parametrize(
    "filters",
    [{"key": 3}, {"step": "newest"}, {"step": (1,)}, {"score": 0.5}, {"index": "1"}, {"sort": "nothing; drop"}],
    ids=str,
)
def test_a_wrong_filter_is_refused_in_a_sentence(filled: Store, filters: dict[str, Any]) -> None:
    with pytest.raises(MediaStoreError, match="must be"):
        filled.items(**filters)


def test_items_sort_by_columns_scores_and_values_and_page_without_gaps(filled: Store) -> None:
    best = filled.items(label="cat", sort="score", descending=True, limit=2)
    assert best["step"].tolist() == [2, 1]
    assert filled.items(sort="values.loss", limit=1)["step"].tolist() == [2]
    whole = filled.items()
    pages = [filled.items(limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [row for page in pages for row in page["path"]] == whole["path"].tolist()


def test_labels_come_in_order_of_appearance(by_hand, item: Make, box: Make) -> None:
    by_hand.run()
    by_hand.items(
        item(5, time=1.0, annotations=[box("zebra", 0.4)]),
        item(9, time=2.0, annotations=[box("ant", 0.3), box("zebra", 0.8)]),
    )
    labels = Store(by_hand.root).labels()
    assert labels["label"].tolist() == ["zebra", "ant"]
    assert Store(by_hand.root).label_names() == ["zebra", "ant"]
    assert labels.iloc[0][["annotations", "items", "score_min", "score_max"]].tolist() == [2, 2, 0.4, 0.8]


def test_keys_and_steps_are_those_logged(filled: Store) -> None:
    assert filled.keys().values.tolist() == [["val/detections", "image", 6, 0, 2], ["val/speech", "audio", 1, 2, 2]]
    assert filled.steps(key="val/speech") == [2]
    assert filled.steps(run=[]) == []


def test_a_record_is_the_whole_sidecar(filled: Store) -> None:
    record = filled.records(step=1, index=0)[0]
    assert record["path"] == f"{REF}/media/val/detections/000000001-00-k3f9.png"
    assert record["annotations"][1]["mine"] == [1]
    assert record["media_type"] == "image/png"


def test_metrics_keep_what_json_lacks(by_hand) -> None:
    by_hand.run()
    odd = {"a": "NaN", "b": "Infinity", "c": "-Infinity", "d": "text", "e": True, "f": None, "g": 10**30, "h": [1]}
    by_hand.metrics({"step": 0, "time": 1.0, "values": odd})
    found = Store(by_hand.root).metrics().set_index("name")
    assert math.isnan(found.loc["a", "value"])
    assert found.loc[["b", "c", "e", "g"], "value"].tolist() == [math.inf, -math.inf, 1.0, 1e30]
    assert found.loc[["d", "h"], "text"].tolist() == ["text", "[1]"]
    assert found.loc[["a", "b", "e", "f"], "text"].isna().all()


def test_metrics_are_found_by_name_run_and_step(filled: Store) -> None:
    assert filled.metric_names() == ["loss", "note"]
    assert filled.metrics("loss", run=REF, step=(1, 2))["value"].tolist() == [0.25, 0.5 / 3]
    assert filled.metrics(["loss", "note"], run="nobody").empty


@pytest.mark.parametrize("more", [1, 1001], ids=["told by the index", "too many for it"])
def test_names_of_metrics_are_those_of_the_runs_indexed_or_not(by_hand, more: int) -> None:
    first, second = "20261123-031200-brave-otter", "20261123-041200-calm-fox"
    for run in (first, second):
        values = {f"{run}/{at}": at for at in range(more)}
        by_hand.metrics({"step": 0, "time": 1.0, "values": values}, folder=by_hand.run(run))
    update_all(list(reindex(by_hand.root)))
    by_hand.metrics({"step": 1, "time": 2.0, "values": {"late": "text"}}, folder=by_hand.root / "demo" / second)
    store = Store(by_hand.root)
    every = {run: sorted(f"{run}/{at}" for at in range(more)) for run in (first, second)}
    for _ in range(2):
        assert store.metric_names() == [*every[first], *every[second], "late"]
        assert store.metric_names(run=f"demo/{first}") == store.metric_names(step=0, run=first) == every[first]
        assert store.metric_names(run=[second]) == [*every[second], "late"]
        assert store.metric_names(run="nobody") == store.metric_names(run=[]) == []
        update_all(list(reindex(by_hand.root)))
        store.refresh()
    shutil.rmtree(by_hand.root / "demo" / first)
    store.refresh()
    assert store.metric_names() == [*every[second], "late"]


def test_runs_can_be_narrowed(by_hand) -> None:
    by_hand.run(tags=["a", "b"], group="g")
    by_hand.run("20261123-041200-calm-fox", status="failed", created=1795403999.0)
    by_hand.run("20261123-041200-calm-fox", project="Other", status="failed")
    store = Store(by_hand.root)
    assert store.runs(project="demo", status="failed")["ref"].tolist() == ["demo/20261123-041200-calm-fox"]
    first = store.runs(project="demo").iloc[0]
    assert (list(first["tags"]), first["run_group"], first["name"]) == (["a", "b"], "g", "brave-otter")


def test_a_run_that_says_running_but_is_silent_or_dead_has_crashed(by_hand) -> None:

    long_ago = time.time() - 1000
    folder = by_hand.run("silent", status="running")
    os.utime(folder / "run.json", (long_ago, long_ago))
    by_hand.run("dead", status="running", host=platform.node(), pid=2**22 + 1)
    by_hand.run("alive", status="running", host=platform.node(), pid=os.getpid())
    by_hand.run("elsewhere", status="running", host="another", pid=1)
    found = Store(by_hand.root).runs().set_index("run")["status"].to_dict()
    assert found == {"silent": "crashed", "dead": "crashed", "alive": "running", "elsewhere": "running"}


def test_what_is_logged_again_supersedes_and_both_stay_on_disk(by_hand, item: Make, box: Make) -> None:
    by_hand.run()
    journal = by_hand.items(item(7, time=20.0, caption="later", annotations=[box("new")]))
    by_hand.items(item(7, time=10.0, caption="earlier", annotations=[box("old")]), journal="zzzz-0001")
    by_hand.items(item(7, time=20.0, caption="latest", annotations=[box("newest")], writer="zzzz"), journal="zzzz-0001")
    store = Store(by_hand.root)
    assert store.items()["caption"].tolist() == ["latest"]
    assert store.annotations()["label"].tolist() == ["newest"]
    by_hand.items(item(7, time=30.0, caption="resumed"))
    assert store.refresh()
    assert store.items()["caption"].tolist() == ["resumed"]
    assert store.annotations().empty
    assert len(journal.read_text().splitlines()) == 2


def test_what_supersedes_is_looked_for_only_while_there_is_such_a_line(by_hand, item: Make, box: Make) -> None:
    by_hand.run()
    journal = by_hand.items(item(7, time=10.0, annotations=[box("old")]))
    store = Store(by_hand.root)
    assert "ANTI" not in plan_of_annotations(store)
    by_hand.items(item(7, time=20.0, annotations=[box("new")]))
    store.refresh()
    assert "ANTI" in plan_of_annotations(store)
    assert (store.count(), store.annotations()["label"].tolist()) == (1, ["new"])
    journal.unlink()
    store.refresh()
    assert store.count() == 0
    assert "ANTI" not in plan_of_annotations(store)


def plan_of_annotations(store: Store) -> str:
    return "".join(plan for _, plan in store._rows("explain select * from annotations", {}))


def test_what_was_read_stays_in_view_when_it_can_no_longer_be_indexed(
    by_hand, item: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = by_hand.run()
    by_hand.items(item(0))
    store = Store(by_hand.root)
    (run / "index").write_text("where the folder of the index would be")
    monkeypatch.setattr("mediastore.reader.live.INDEX_ABOVE_BYTES", 1)
    by_hand.items(item(1))
    for _ in range(2):
        store.refresh()
        assert store.steps() == [0, 1]


def test_many_threads_may_ask_while_the_store_grows(by_hand, item: Make, box: Make) -> None:
    by_hand.run()
    store = Store(by_hand.root)
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(20):
                store.refresh()
                items, boxes = store.sql(
                    "select (select count(*) from items), (select count(*) from annotations)"
                ).iloc[0]
                assert boxes == 2 * items
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for step in range(40):
        by_hand.items(item(step, annotations=[box(), box("dog")]))
    for thread in threads:
        thread.join()
    assert failures == []
    store.refresh()
    assert store.count() == 40


@pytest.fixture
def settled(by_hand, item: Make) -> Store:
    """A store whose one run was done an hour ago and was met by a refresh."""
    journal = by_hand.items(item(0))
    record = by_hand.run() / "run.json"
    for path in (journal, record):
        os.utime(path, (time.time() - 3600,) * 2)
    return Store(by_hand.root)


def test_a_run_done_long_ago_is_seen_at_once_when_files_of_it_come_go_or_are_replaced(
    by_hand, settled: Store, item: Make
) -> None:
    late = by_hand.items(item(1), journal="late-0001")
    assert settled.refresh()
    assert settled.count() == 2
    late.unlink()
    settled.refresh()
    assert settled.count() == 1
    settled.run(settled.runs()["ref"][0]).update(tags=["best"])
    assert settled.refresh()
    assert list(settled.runs()["tags"][0]) == ["best"]
    next(reindex(by_hand.root)).update()
    assert settled.refresh()
    shutil.rmtree(next(by_hand.root.glob("demo/*")))
    settled.refresh()
    assert settled.count() == 0


def test_what_is_appended_to_a_run_done_long_ago_is_seen_within_sixteen_refreshes(
    by_hand, settled: Store, item: Make
) -> None:
    by_hand.items(item(1))
    assert sum(settled.refresh() for _ in range(WHOLE_LOOK_EVERY)) == 1
    assert settled.count() == 2


def test_a_refresh_that_failed_loses_nothing(by_hand, item: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand.run()
    by_hand.items(item(0))
    store = Store(by_hand.root)
    by_hand.items(item(1))
    with monkeypatch.context() as patch:
        patch.setattr(Change, "add", lambda *_: (_ for _ in ()).throw(MemoryError))
        with pytest.raises(MemoryError):
            store.refresh()
    assert store.steps() == [0]
    store.refresh()
    assert store.steps() == [0, 1]
    assert len(store.runs()) == 1


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(StoreFormatError, match=r"must hold mediastore\.json or runs"):
        Store(tmp_path)
    with pytest.raises(StoreFormatError, match="must be a folder"):
        Store(tmp_path / "holiday.jpg")


def test_a_store_of_a_later_format_is_refused(by_hand) -> None:
    (by_hand.root / "mediastore.json").write_text('{"format": 2}')
    with pytest.raises(StoreFormatError, match="must have format 1, got 2"):
        Store(by_hand.root)


def test_a_store_without_its_mark_is_read_and_says_so(by_hand, item: Make) -> None:
    by_hand.run()
    by_hand.items(item())
    (by_hand.root / "mediastore.json").unlink()
    store = Store(by_hand.root)
    assert store.count() == 1
    assert store.problems()["file"].tolist() == ["mediastore.json"]


def test_people_who_refresh_together_each_see_what_was_written_before_they_asked(root: Path) -> None:
    steps_each, people = 6, 6
    missed: list[int] = []
    with mediastore.init(project="p", dir=root) as run:
        run.log({"view": mediastore.Image(np.zeros((4, 4, 3), np.uint8))}, step=0)
        run.flush()
        store = Store(root)

        def look(person: int) -> None:
            for turn in range(steps_each):
                step = 1 + turn * people + person
                run.log({"view": mediastore.Image(np.full((4, 4, 3), step, np.uint8))}, step=step)
                run.flush()
                store.refresh()
                if store.count(step=step) != 1:
                    missed.append(step)

        threads = [threading.Thread(target=look, args=[person]) for person in range(people)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert missed == []
