"""Stores of every released format are read for ever; a later one is refused kindly; the page is enough to write one."""

import json
import shutil
from pathlib import Path

import pytest

from mediastore import audit
from mediastore.errors import StoreFormatError
from mediastore.reader.schema import schema
from mediastore.reader.store import Store

HERE = Path(__file__).parents[1]
DOCS = HERE.parent / "docs"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A copy of the store that the first released version wrote."""
    return Path(shutil.copytree(HERE / "fixtures/store-v1", tmp_path / "store"))


def test_the_store_of_the_first_version_is_read_whole(first: Path) -> None:
    store = Store(first)
    assert audit.check(first).findings == []
    assert store.runs()[["name", "status"]].values.tolist() == [["first", "finished"]]
    assert store.metrics("loss")["value"].tolist() == [1.0, 0.5]
    assert sorted(store.items()["kind"]) == ["audio", "html", "image", "image", "table"]
    assert store.items(key="val/view")["caption"].tolist() == ["picture 0", "picture 1"]
    assert sorted(store.annotations()["type"]) == ["box", "box", "mask", "mask", "span"]
    assert store.annotations(label="cell")["score"].tolist() == [0.5, 0.6]
    assert len(store.problems()) == 0


@pytest.mark.parametrize("later", [2, 99, "2.1"])
def test_a_later_format_is_refused_with_what_reads_it(first: Path, later: object) -> None:
    (first / "mediastore.json").write_text(json.dumps({"format": later}))
    with pytest.raises(StoreFormatError, match=f"must have format 1, got {later!r}; install a mediastore that reads"):
        Store(first)


def test_one_run_of_a_later_format_hides_no_other(first: Path) -> None:
    (run,) = (first / "cells").iterdir()
    other = first / "cells/20270101-000000-later"
    shutil.copytree(run, other)
    record = json.loads((other / "run.json").read_text()) | {"format": 2, "run": other.name}
    (other / "run.json").write_text(json.dumps(record))
    (journal,) = other.glob("items/*.jsonl")
    lines = [json.loads(line) | {"format": 2, "run": other.name} for line in journal.read_text().splitlines()]
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    store = Store(first)
    assert len(store.items()) == 5
    assert store.problems()["problem"].str.contains("got 2;").sum() == 6


def test_a_store_written_from_the_page_alone_is_shown_whole(tmp_path: Path) -> None:
    root = tmp_path / "by-hand"
    run = root / "demo/20261123-031200-brave-otter"
    for folder in ("metrics", "items", "media/val/detections"):
        (run / folder).mkdir(parents=True)
    item = {"format": 1, "project": "demo", "run": "20261123-031200-brave-otter", "writer": "k3f9"}
    item |= {"key": "val/detections", "step": 42, "index": 0, "kind": "text", "file": "000000042-00-k3f9.txt"}
    item |= {"media_type": "text/plain", "bytes": 5, "time": 1795403520.113, "caption": "by hand", "mine": [1]}
    item["annotations"] = [{"layer": "predictions", "type": "label", "label": "cat", "score": 0.9}]
    files = {
        root / "mediastore.json": {"format": 1},
        run / "run.json": {
            "format": 1,
            "project": "demo",
            "run": item["run"],
            "status": "finished",
            "config": {"lr": 1},
        },
        run / "media/val/detections/000000042-00-k3f9.json": item,
        run / "items/k3f9-0001.jsonl": item,
        run / "metrics/k3f9-0001.jsonl": {"step": 42, "time": 1795403520.1, "values": {"loss": "NaN", "lr": 0.001}},
    }
    for path, content in files.items():
        with path.open("w") as file:
            file.write(json.dumps(content) + "\n")
    with (run / "media/val/detections/000000042-00-k3f9.txt").open("w") as file:
        file.write("hello")
    store = Store(root)
    assert store.items()["caption"].tolist() == ["by hand"]
    assert store.annotations()["label"].tolist() == ["cat"]
    assert store.metrics()["name"].tolist() == ["loss", "lr"]
    assert store.records()[0]["mine"] == [1]
    assert audit.check(root).findings == []
    assert len(store.problems()) == 0


def test_the_published_schema_is_the_codes() -> None:
    assert json.loads((DOCS / "sidecar.schema.json").read_text()) == json.loads(json.dumps(schema()))
