"""What a run says of itself can be changed when it is over."""

import json
from pathlib import Path

import pandas as pd
import pytest

import mediastore
from mediastore.errors import MediaStoreError, MediaStoreTypeError, NotFoundError


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


def test_a_live_run_is_left_to_its_writer(root: Path) -> None:
    with mediastore.init(dir=root, id="live") as run:
        run.log({"loss": 1.0})
        with pytest.raises(MediaStoreError, match="must be over to be changed"):
            mediastore.Store(root).run("live").update(notes="early")
    assert "notes" not in json.loads((run.dir / "run.json").read_text())


def test_tags_are_a_list(two_runs: Path) -> None:
    with pytest.raises(MediaStoreTypeError, match=r"pass \['best'\]"):
        mediastore.Store(two_runs).run("cats/same").update(tags="best")
