"""What a run says of itself can be changed at any time, while it is written too."""

import json
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

import mediastore
from mediastore import audit
from mediastore.errors import MediaStoreTypeError, NotFoundError


@pytest.fixture
def two_runs(root: Path) -> Path:
    for project in ("cats", "dogs"):
        with mediastore.init(project=project, id="same", dir=root, config={"lr": 0.1}, tags=["old"]) as run:
            run.log({"loss": 1.0})
    return root


def test_an_update_is_seen_by_sql_and_leaves_the_rest(two_runs: Path) -> None:
    store = mediastore.Store(two_runs)
    store.run("cats/same").update(tags=["best"], notes="ship it", config={"note": "x"}, summary={"mAP": 0.9})
    store.refresh()
    row = store.sql("select * from runs where project = 'cats'").iloc[0]
    assert (list(row["tags"]), row["notes"], row["status"]) == (["best"], "ship it", "finished")
    assert json.loads(row["config"]) == {"lr": 0.1, "note": "x"}
    assert json.loads(row["summary"]) == {"loss": 1.0, "mAP": 0.9}
    other = store.sql("select * from runs where project = 'dogs'").iloc[0]
    assert list(other["tags"]) == ["old"]
    assert pd.isna(other["notes"])


@pytest.mark.parametrize(("name", "count"), [("same", 2), ("cats/none", 0), ("", 0)])
def test_a_name_that_does_not_mean_one_run_is_refused(two_runs: Path, name: str, count: int) -> None:
    with pytest.raises(NotFoundError, match=f"which fits {count}"):
        mediastore.Store(two_runs).run(name)


def test_a_live_run_is_changed_and_its_writer_does_not_write_over_it(root: Path) -> None:
    store = mediastore.Store(root)
    with mediastore.init(dir=root, id="live", tags=["new"], config={"lr": 0.1}) as run:
        run.log({"loss": 1.0})
        store.run("live").update(notes="early", tags=["watched"])
        store.run("live").update(notes="later", config={"by": "hand"})
        store.refresh()
        seen = store.sql("select notes, tags, config->>'by' as by, status from runs").iloc[0]
        assert (seen["notes"], list(seen["tags"]), seen["by"], seen["status"]) == (
            "later", ["watched"], "hand", "running",
        )  # fmt: skip
        run.config.batch = 8
        run.log({"loss": 0.5})
    store.refresh()
    over = store.sql("select * from runs").iloc[0]
    assert (over["notes"], list(over["tags"]), over["status"]) == ("later", ["watched"], "finished")
    assert json.loads(over["config"]) == {"lr": 0.1, "by": "hand", "batch": 8}
    assert json.loads(over["summary"]) == {"loss": 0.5}


def test_what_the_script_says_when_the_run_goes_on_comes_after_the_edits(root: Path) -> None:
    with mediastore.init(dir=root, id="night", tags=["first"], config={"lr": 0.1}):
        pass
    store = mediastore.Store(root)
    store.run("night").update(tags=["edited"], notes="by hand", config={"lr": 0.2, "more": 1})
    with mediastore.init(dir=root, id="night", resume="must") as run:
        assert (run.tags, run.notes, run.config.lr) == (("edited",), "by hand", 0.2)
        run.tags = ["script"]
        store.run("night").update(notes="by hand again")
    record = store.run("night").record
    assert (record["tags"], record["notes"], record["config"]) == (["script"], "by hand again", {"lr": 0.2, "more": 1})


def test_many_editors_at_once_lose_nothing_and_the_clock_may_go_back(root: Path, monkeypatch) -> None:
    with mediastore.init(dir=root, id="one"):
        pass
    run = mediastore.Store(root).run("one")
    threads = [threading.Thread(target=run.update, kwargs={"config": {f"k{n}": n}}) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.update(notes="first")
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() - 3600 * 10**9)
    run.update(notes="second")
    assert run.record["notes"] == "second"
    assert run.record["config"] == {f"k{n}": n for n in range(12)}


def test_an_edit_that_is_torn_is_named_and_the_others_count(sick_root: Path) -> None:
    with mediastore.init(dir=sick_root, id="one"):
        pass
    store = mediastore.Store(sick_root)
    store.run("one").update(notes="kept")
    (sick_root / "uncategorized/one/edits/0-torn.json").write_text('{"notes": "lo')
    store.refresh()
    assert store.runs()["notes"].tolist() == ["kept"]
    assert "edits/0-torn.json must be one JSON object" in store.problems()["problem"].tolist()[0]
    assert audit.check(sick_root).counts == {"edit": 1}


def test_tags_are_a_list(two_runs: Path) -> None:
    with pytest.raises(MediaStoreTypeError, match=r"pass \['best'\]"):
        mediastore.Store(two_runs).run("cats/same").update(tags="best")
