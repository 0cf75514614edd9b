"""kill -9 at random moments, under load, 200 times: the store reads every time, and nothing committed is lost."""

import json
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import numpy as np
import pytest

import mediastore
from mediastore import audit
from mediastore.reader.reindex import reindex, update_all
from mediastore.writer.run import THREADS

KILLS = 200
AFTERMATH = {"sidecar not in journal", "orphan file", "unfinished file", "torn line"}


def log_until_killed(root: Path, run_id: str, ready) -> None:
    run = mediastore.init(project="p", id=run_id, dir=root, strict=False)
    picture = np.random.default_rng(os.getpid()).integers(0, 255, (24, 32, 3), dtype=np.uint8)
    ready.set()
    step = run.step
    while True:
        run.log({"loss": step, "x": [mediastore.Image(np.roll(picture, step + n, 0)) for n in range(3)]}, step=step)
        step += 1


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_writer_leaves_a_store_that_reads_and_loses_nothing_committed(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["pytest", "mediastore.audit", "mediastore.writer.session", "mediastore.encode.image"]
    )
    store = mediastore.Store(tmp_path)
    choice = random.Random(1)
    for kill in range(KILLS):
        ready = context.Event()
        process = context.Process(target=log_until_killed, args=[tmp_path, f"run-{kill // 10}", ready])
        process.start()
        assert ready.wait(60)
        time.sleep(choice.random() * 0.1)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        run = f"run-{kill // 10}"
        store.refresh()
        assert store.runs().set_index("run")["status"][run] == "crashed"
        sidecars = standing(tmp_path / "p" / run)
        assert all(json.loads(path.read_bytes())["run"] == run for path in sidecars), "every sidecar is whole"
        assert store.count(run=run) >= len(sidecars) - THREADS, "each thread was between a sidecar and its line at most"
        update_all(list(reindex(tmp_path)))
        store.refresh()
        assert store.count(run=run) == len(sidecars), "what a sidecar commits is seen after the next index"
        if kill % 10 == 9:
            report = audit.check(tmp_path)
            assert set(report.counts) <= AFTERMATH, report.lines
            audit.check(tmp_path, repair=True)
            assert audit.check(tmp_path).findings == []
            store.refresh()
            assert store.count() == len(standing(tmp_path))
    assert len(store.runs()) == KILLS // 10, "a run that was killed goes on under its id"


def standing(folder: Path) -> list[Path]:
    """The sidecars that a process committed."""
    return [path for path in folder.rglob("media/**/*.json") if not path.name.startswith(".writing-")]
