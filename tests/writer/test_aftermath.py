"""What follows the end of a run."""

import time
from pathlib import Path

import pytest

import mediastore
from mediastore.reader import state
from mediastore.writer import aftermath

LONG = "a name that makes the journal long " * 30


def log_lines(root: Path, count: int) -> Path:
    with mediastore.init(project="long", dir=root) as run:
        for step in range(count):
            run.log({LONG: step / 2}, step=step)
    return run.dir


def test_a_long_run_is_indexed_once_it_is_over_by_a_process_that_nobody_waits_for(root: Path) -> None:
    folder = log_lines(root, 4200)
    deadline = time.monotonic() + 60
    while not (folder / state.FOLDER / state.FILE).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    indexed = list((folder / state.FOLDER).glob("*-metrics.parquet"))
    assert indexed
    for process in aftermath._begun:
        assert process.wait(60) == 0
    assert len(mediastore.Store(root).metrics()) == 4200


def test_a_short_run_or_one_that_wants_none_begins_no_process(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(aftermath._begun)
    log_lines(root, 10)
    monkeypatch.setenv(aftermath.VARIABLE, "0")
    log_lines(root, 4200)
    assert aftermath._begun == before
