"""What `du` tells agrees with what the disk holds."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import mediastore

Command = Callable[..., object]


def on_disk(folder: Path) -> int:
    files = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return sum({stat.st_ino: stat.st_blocks * 512 for stat in files}.values())


@pytest.mark.parametrize("by", ["run", "project"])
def test_every_byte_of_the_store_is_told_once(
    command: Command, log_run: Callable[..., str], root: Path, by: str
) -> None:
    log_run("one")
    log_run("two")
    log_run("three", project="else")
    command("index")
    command("rm", "two", "--yes")
    rows = json.loads(command("du", "--by", by, "--json").out)
    assert sum(row["on_disk"] for row in rows) == on_disk(root)
    assert {row["project"] for row in rows} == {"demo", "else", ".trash", "mediastore.json"}
    assert [row["items"] for row in rows if row["project"] == "demo"] == [3]
    assert all(row["index"] > 0 for row in rows if row["project"] == "else")


def test_shared_content_is_counted_once_on_disk_and_each_time_logically(
    command: Command, log_run: Callable[..., str], root: Path
) -> None:
    log_run("one")
    rows = {row["kind"]: row for row in json.loads(command("du", "--by", "kind", "--json").out)}
    [picture] = [path for path in (root / "demo/one/media/val/view").iterdir() if path.suffix != ".json"]
    assert rows["image"]["logical"] == 2 * picture.stat().st_size
    assert rows["image"]["on_disk"] == picture.stat().st_blocks * 512
    assert rows["image"]["items"] == 2
    assert {row["key"] for row in json.loads(command("du", "--by", "key", "--json").out)} == {"val/view", "Take"}


def test_superseded_files_are_told_too(command: Command, log_run: Callable[..., str], root: Path) -> None:
    log_run("one")
    with mediastore.init(project="demo", id="one", dir=root) as run:
        run.log({"Take": mediastore.Audio(np.linspace(-1, 1, 800, dtype=np.float32), sample_rate=8000)}, step=1)
    rows = {row["kind"]: row for row in json.loads(command("du", "--by", "kind", "--json").out)}
    assert rows["(superseded)"]["items"] == 0
    assert rows["(superseded)"]["on_disk"] > 0
    assert sum(row["on_disk"] for row in rows.values()) == json.loads(command("du", "--json").out)[0]["media"]


def test_one_project_is_told_alone(command: Command, log_run: Callable[..., str]) -> None:
    log_run("one")
    log_run("two", project="else")
    assert [row["run"] for row in command("du", "--project", "else").rows] == ["two"]
    assert command("du", "--project", "nobody").out.count("\n") == 1


def test_sizes_are_bytes_in_a_pipe_and_scaled_on_a_terminal(
    command: Command, on_terminal: Callable[..., str], log_run: Callable[..., str], root: Path
) -> None:
    log_run("one")
    assert all(row["on_disk"].isdigit() and row["logical"].isdigit() for row in command("du").rows)
    assert " kB" in on_terminal("du", "--root", str(root), NO_COLOR="1")
