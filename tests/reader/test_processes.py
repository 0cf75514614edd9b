"""Indexers as real processes: killed at every point, two at once, and beside a training that goes on."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mediastore
from mediastore.reader import rollup
from mediastore.reader.store import Store

Make = Callable[..., dict[str, Any]]
RUNS = 3
SEEN_WITHIN_S = 60.0

# an indexer that ends itself as kill -9 does: before or after the file that it would write as the n-th
INDEXER = """
import os, signal, sys
from pathlib import Path
from mediastore import files
from mediastore.reader import rollup
from mediastore.reader.reindex import RolledUp, reindex

root, ends_at = Path(sys.argv[1]), int(sys.argv[2])
rollup.LOOSE_MAX = 0
write, written = files.write, 0

def write_or_end(path, content):
    global written
    for is_after in (False, True):
        if is_after:
            write(path, content)
        if written == ends_at:
            os.kill(os.getpid(), signal.SIGKILL)
        written += 1

files.write = write_or_end
for run in reindex(root):
    run.update()
RolledUp(root).update()
"""
SECOND_LINE_IS_2_GB = """
import re, sys
from pathlib import Path
from mediastore.reader.store import Store

store = Store(sys.argv[1])
print(store.steps(), store.problems()["problem"].tolist(), sep="\\n")
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def indexer(root: Path, ends_at: int = -1) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", INDEXER, str(root), str(ends_at)])


def said_by(store: Store) -> list[Any]:
    return [
        json.loads(store.sql(f"from {view} order by all").to_json(orient="records"))
        for view in ("metrics", "items", "annotations")
    ]


@pytest.fixture
def several(by_hand, item: Make, box: Make) -> Path:
    """The root of a store of a few runs that nothing has indexed."""
    for number in range(RUNS):
        folder = by_hand.run(f"run-{number}")
        records = [item(step, run=folder.name, annotations=[box("cat", step / 10)]) for step in range(4)]
        by_hand.items(*records, folder=folder)
        by_hand.items(item(2, run=folder.name, time=1795403999.0), folder=folder, journal="zzzz-0001")
        by_hand.metrics({"step": 0, "time": 1.0, "values": {"loss": number}}, folder=folder)
    return by_hand.root


@pytest.mark.slow
def test_a_kill_at_any_point_leaves_what_can_be_read_and_mended(several: Path) -> None:
    truth = said_by(Store(several))
    following = Store(several)
    codes = []
    for ends_at in range(100):
        killed = indexer(several, ends_at)
        codes.append(killed.wait(60))
        following.refresh()
        assert said_by(following) == said_by(Store(several)) == truth, ends_at
        if codes[-1] == 0:
            break
    assert codes[:3] == [-9, -9, -9]
    assert codes[-1] == 0
    assert rollup.load(several) is not None
    assert len(rollup.load(several).segments) == RUNS


def test_two_indexers_at_once_do_no_harm(several: Path) -> None:
    following = Store(several)
    truth = said_by(following)
    both = [indexer(several), indexer(several)]
    while any(one.poll() is None for one in both):
        following.refresh()
        assert said_by(following) == truth
        time.sleep(0.1)
    assert [one.wait() for one in both] == [0, 0]
    assert said_by(Store(several)) == truth
    last = indexer(several)
    assert last.wait(60) == 0
    assert said_by(Store(several)) == truth
    assert len(rollup.load(several).segments) == RUNS


def test_what_is_logged_is_seen_while_the_run_goes_on(root: Path) -> None:
    run = mediastore.init(project="demo", dir=root)
    store = Store(root)
    try:
        for step in range(3):
            picture = mediastore.Image(
                np.full((8, 8, 3), step, np.uint8), boxes=[mediastore.Box((1, 1, 4, 4), label="cat")]
            )
            run.log({"val": picture, "loss": step}, step=step)
            logged = time.monotonic()
            while store.count(step=step) + len(store.metrics("loss", step=step)) < 2:
                assert time.monotonic() - logged < SEEN_WITHIN_S
                time.sleep(0.02)
                store.refresh()
            assert store.annotations(step=step)["label"].tolist() == ["cat"]
        assert store.runs()["status"].tolist() == ["running"]
    finally:
        run.finish()


@pytest.mark.slow
def test_a_line_of_two_gigabytes_is_skipped_with_its_byte_position(by_hand, item: Make) -> None:
    folder = by_hand.run()
    path = by_hand.items(item(0), folder=folder)
    at = path.stat().st_size
    with path.open("ab") as file:
        file.write(b'{"caption":"')
        file.truncate(at + 2 * 2**30)
        file.seek(0, 2)
        file.write(b'"}\n')
    by_hand.items(item(1), folder=folder)
    read = subprocess.run(
        [sys.executable, "-c", SECOND_LINE_IS_2_GB, str(by_hand.root)], capture_output=True, text=True, check=True
    )
    steps, problems, peak_kb = read.stdout.splitlines()
    assert steps == "[0, 1]"
    assert problems == f"['at byte {at}: a line must be at most 32 MB long, got more; it was left out']"
    assert int(peak_kb) < 600 * 1024
