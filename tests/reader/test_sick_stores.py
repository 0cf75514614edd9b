"""What is broken is named with its place, and the rest is read."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediastore import audit
from mediastore.reader import lines
from mediastore.reader.reindex import reindex
from mediastore.reader.store import Store

Make = Callable[..., dict[str, Any]]
FIRST_LINE = b'{"step":0,"time":1.0,"values":{"loss":1}}\n'

SICK_LINES: dict[str, tuple[bytes, str]] = {
    "broken": (b'{"format":1,"project":\n', "must be one JSON object"),
    "a list": (b"[1, 2]\n", "must have project, run, key and kind"),
    "a number": (b"5\n", "must have project, run, key and kind"),
    "null": (b"null\n", "must be one JSON object"),
    "not UTF-8": (b'{"format":1,"caption":"\xff\xfe"}\n', "must be UTF-8"),
    "binary": (bytes(range(1, 10)) + b"\x00\x80\n", "must be"),
    "half a pair": (b'{"caption":"\\ud800"}\n', "must be one JSON object"),
    "later format": (b'{"format":2,"novel":true}\n', "must have format 1, got 2; install a mediastore that reads"),
}
SICK_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "no key": ({"key": None}, "must have project, run, key and kind"),
    "no kind": ({"kind": None}, "must have project, run, key and kind"),
    "negative step": ({"step": -1}, "whole numbers from 0, got -1 and 0"),
    "fractional step": ({"step": 1.5}, "whole numbers from 0, got 1.5 and 0"),
    "step in words": ({"step": "two"}, "whole numbers from 0, got two and 0"),
    "immense step": ({"step": 10**30}, "whole numbers from 0"),
    "no step": ({"step": None}, "got none and 0"),
    "negative index": ({"index": -3}, "whole numbers from 0, got 0 and -3"),
}
LIES = [
    "/etc/passwd",
    "../../../../secret.png",
    "..",
    ".",
    "",
    "a\\b.png",
    "../../../mediastore.json",
    "x/../../../../y",
]
ODD_FIELDS: list[dict[str, Any]] = [
    {"annotations": "none"},
    {"annotations": [5, None, "x", []]},
    {"annotations": [{"label": {"a": 1}, "box": "wide", "score": "high", "frame": [1]}]},
    {"annotations": [{"box": [1]}]},
    {"width": "wide", "bytes": 10**30, "values": [1], "caption": {"a": 1}, "time": "noon"},
    {"caption": "nul \u0000 and \u2028 and 😀", "sample": "x" * 100_000},
    {"index": None},
    {"file": None, "reference": "s3://bucket/a.png"},
]


def test_a_broken_line_is_named_with_its_byte_and_the_rest_is_read(by_hand, item: Make) -> None:
    for sick, (line, expected) in SICK_LINES.items():
        folder = by_hand.run(sick.replace(" ", "-"))
        before = item(1, run=folder.name)
        path = by_hand.append(folder, "items/k3f9-0001.jsonl", before, line, item(2, run=folder.name))
        store = Store(by_hand.root)
        found = store.problems()
        found = found[found["run"] == folder.name]
        assert store.steps(run=folder.name) == [1, 2], sick
        assert found["file"].tolist() == [path.relative_to(by_hand.root).as_posix()], sick
        assert f"at byte {len(json.dumps(before)) + 1}: " in found["problem"].iloc[0], sick
        assert expected in found["problem"].iloc[0], sick


@pytest.mark.parametrize("sick", SICK_FIELDS)
def test_a_record_that_has_no_place_is_named(by_hand, item: Make, sick: str) -> None:
    fields, expected = SICK_FIELDS[sick]
    by_hand.run()
    by_hand.items(item(**fields), item(9))
    store = Store(by_hand.root)
    assert store.steps() == [9]
    assert expected in store.problems()["problem"].iloc[0]


@pytest.mark.parametrize("file", LIES)
def test_a_file_outside_the_runs_media_is_not_followed(by_hand, item: Make, file: str) -> None:
    by_hand.run()
    by_hand.items(item(0, file=file), item(1))
    store = Store(by_hand.root)
    assert store.items()["path"].tolist()[0] == ""
    assert store.records(step=0)[0]["path"] == ""
    assert "file must stay inside the run's media folder" in store.problems()["problem"].iloc[0]
    assert store.items()["path"].tolist()[1].endswith("000000001-00-k3f9.png")


def test_a_file_of_another_key_of_the_run_is_found(by_hand, item: Make) -> None:
    by_hand.run()
    by_hand.items(item(key="train/seen", file="../../val/Detections/../seen.png"))
    assert Store(by_hand.root).items()["path"].tolist() == ["demo/20261123-031200-brave-otter/media/val/seen.png"]


@pytest.mark.parametrize("fields", ODD_FIELDS, ids=str)
def test_odd_values_cost_their_column_and_no_more(by_hand, item: Make, fields: dict[str, Any]) -> None:
    by_hand.run()
    by_hand.items(item(**fields), item(1))
    store = Store(by_hand.root)
    assert store.count() == 2
    assert store.problems().empty
    store.annotations()
    assert store.records(step=0)[0]["key"] == "val/detections"


def test_a_key_that_no_folder_can_have_is_read_and_indexed(by_hand, item: Make) -> None:
    folder = by_hand.run()
    by_hand.items(item(key="k" * 600, caption="too long"), item(step=1), folder=folder)
    (folder / "media/val/detections").mkdir(parents=True, exist_ok=True)
    (folder / "media/val/detections/by-hand.json").write_text(json.dumps(item(step=2)))  # its file is missing
    for run in reindex(by_hand.root):
        run.update()
    store = Store(by_hand.root)
    assert sorted(store.items()["step"]) == [0, 1]
    assert len(store.records(caption="too long")) == 1
    assert any("by-hand" in file for file in store.problems()["file"])


def test_a_torn_last_line_is_awaited_while_the_run_lives(by_hand, item: Make) -> None:
    by_hand.run(status="running", host="another")
    line = json.dumps(item(1, caption="torn")).encode() + b"\n"
    path = by_hand.items(item(0))
    for end in (10, len(line) - 2):
        with path.open("ab") as file:
            file.write(line[:end] if end == 10 else line[10:end])
        store = Store(by_hand.root)
        assert store.count() == 1
        assert store.problems().empty
    with path.open("ab") as file:
        file.write(line[-2:])
    assert store.refresh()
    assert store.items()["caption"].tolist()[1] == "torn"


def test_a_torn_last_line_of_a_run_that_is_over_is_a_problem(by_hand, item: Make) -> None:
    by_hand.run(status="finished")
    by_hand.items(item(0))
    path = by_hand.append(
        by_hand.root / "demo" / "20261123-031200-brave-otter", "items/k3f9-0001.jsonl", b'{"format":1,'
    )
    store = Store(by_hand.root)
    assert store.count() == 1
    assert (
        f"at byte {path.stat().st_size - 12}: a journal must end with a line feed"
        in store.problems()["problem"].iloc[0]
    )


def test_a_whole_last_line_needs_no_line_feed(by_hand, item: Make) -> None:
    folder = by_hand.run(status="running", host="another")
    path = by_hand.append(folder, "items/k3f9-0001.jsonl", json.dumps(item(0)).encode())
    store = Store(by_hand.root)
    assert store.count() == 1
    with path.open("ab") as file:
        file.write(b"\n\r\n" + json.dumps(item(1)).encode() + b"\n")
    store.refresh()
    assert store.steps() == [0, 1]
    assert store.problems().empty


def test_a_line_beyond_the_bound_is_skipped(by_hand, item: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LINE_BYTES_MAX", 100_000)
    monkeypatch.setattr(lines, "BLOCK_BYTES", 40_000)
    by_hand.run()
    first = json.dumps(item(0))
    by_hand.items(item(0), item(1, caption="x" * 300_000), item(2), item(3, caption="y" * 200_000))
    store = Store(by_hand.root)
    assert store.steps() == [0, 2]
    assert f"at byte {len(first) + 1}: a line must be at most" in store.problems()["problem"].iloc[0]
    assert len(store.problems()) == 2


def test_sick_metrics_are_named(by_hand) -> None:
    by_hand.run()
    folder = by_hand.root / "demo" / "20261123-031200-brave-otter"
    sick = [b"{oops\n", b'{"step":-1,"values":{}}\n', b'{"step":1}\n', b'{"step":1,"values":[1]}\n', FIRST_LINE]
    by_hand.append(folder, "metrics/k3f9-0001.jsonl", FIRST_LINE, *sick)
    store = Store(by_hand.root)
    assert len(store.metrics("loss")) == 2
    assert len(store.problems()) == 4


def test_a_run_record_that_cannot_be_read_leaves_the_run_under_its_folders_name(by_hand, item: Make) -> None:
    folder = by_hand.run("Odd~2frun@1")
    (folder / "run.json").write_text("{")
    by_hand.items(item(run="Odd/run"), folder=folder)
    store = Store(by_hand.root)
    assert store.runs()["ref"].tolist() == ["demo/Odd/run"]
    assert store.count(run="demo/Odd/run") == 1
    assert "must be one JSON object" in store.problems()["problem"].iloc[0]
    (folder / "run.json").unlink()
    store.refresh()
    assert "must be there" in store.problems()["problem"].iloc[0]


def test_a_run_of_a_later_format_is_said_so(by_hand) -> None:
    by_hand.run(format=7)
    assert "must have format 1, got 7" in Store(by_hand.root).problems()["problem"].iloc[0]


def test_links_are_not_followed(by_hand, item: Make, tmp_path: Path) -> None:
    by_hand.run()
    by_hand.items(item())
    (by_hand.root / "demo" / "linked").symlink_to(by_hand.root / "demo" / "20261123-031200-brave-otter")
    store = Store(by_hand.root)
    assert store.count() == len(store.runs()) == 1
    assert "got a link" in store.problems()["problem"].iloc[0]


def test_a_second_copy_of_a_run_is_left_out_and_named(by_hand, item: Make) -> None:
    folder = by_hand.run()
    by_hand.items(item())
    shutil.copytree(folder, folder.with_name("a-copy"))
    store = Store(by_hand.root)
    assert store.count() == len(store.runs()) == 1
    assert "must be in one folder" in store.problems()["problem"].iloc[0]


def test_a_run_that_is_removed_or_replaced_is_forgotten(by_hand, item: Make) -> None:
    folder = by_hand.run()
    by_hand.items(item(0), item(1))
    store = Store(by_hand.root)
    shutil.rmtree(folder / "items")
    by_hand.items(item(5))
    assert store.refresh()
    assert store.steps() == [5]
    shutil.rmtree(folder)
    assert store.refresh()
    assert store.runs().empty
    assert store.count() == 0


def test_strangers_among_the_runs_are_passed_over(by_hand, item: Make) -> None:
    folder = by_hand.run()
    by_hand.items(item())
    (by_hand.root / "notes.txt").write_text("x")
    (by_hand.root / "demo" / "empty").mkdir()
    (folder / "items" / "k3f9-0001.jsonl.bak").write_text("{")
    (folder / "items" / "deeper.jsonl").mkdir()
    store = Store(by_hand.root)
    assert store.count() == 1
    assert store.problems().empty


@pytest.mark.parametrize("odd", [b"~ff~fe", b"a~a0", b"\xff\xfe", b"~ed~a0~80"])
def test_a_folder_whose_name_is_no_text_hides_no_other_run(sick_root: Path, odd: bytes) -> None:
    for project in (b"p", odd):
        run = sick_root / os.fsdecode(project) / "run-1"
        (run / "items").mkdir(parents=True)
        for name in ("run.json", "items/aa-0001.jsonl", os.fsdecode(b"items/\xff.jsonl")):
            (run / name).write_text('{"format": 1}\n')
    store = Store(sick_root)
    assert "p/run-1" in store.runs()["ref"].tolist()
    assert len(store.runs()) + store.problems()["problem"].str.contains("must be text in UTF-8").sum() == 2
    store.items(), store.problems().to_csv().encode(), store.sql("select * from runs")
    assert "".join(map(str, audit.check(sick_root).lines)).encode()
