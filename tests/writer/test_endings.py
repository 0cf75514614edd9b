"""However a process ends, its store is whole and says what happened. Real processes, real signals."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import mediastore
from mediastore import audit, naming

PRELUDE = """
import os, signal, sys, time
import numpy as np
import mediastore
picture = np.arange(48 * 64 * 3, dtype=np.uint8).reshape(48, 64, 3)
def log(run, count=20):
    for n in range(count):
        run.log({"loss": n, "x": mediastore.Image(picture + np.uint8(n))})
"""


def start(tmp_path: Path, script: str, **environment: str) -> subprocess.Popen:
    code = PRELUDE + textwrap.dedent(script)
    env = os.environ | {"MEDIASTORE_DIR": str(tmp_path / "store"), "MEDIASTORE_STRICT": "0"} | environment
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(tmp_path: Path, script: str) -> tuple[int, str]:
    with start(tmp_path, script) as process:
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return process.returncode, out + err


def record(tmp_path: Path) -> dict:
    (path,) = (tmp_path / "store").glob("*/*/run.json")
    return json.loads(path.read_text())


def item_lines(tmp_path: Path) -> int:
    return sum(len(path.read_text().splitlines()) for path in (tmp_path / "store").glob("*/*/items/*.jsonl"))


@pytest.mark.parametrize(
    ("ending", "code", "status"),
    [
        ("", 0, "finished"),
        ("run.finish()", 0, "finished"),
        ("sys.exit(0)", 0, "finished"),
        ("sys.exit(3)", 3, "failed"),
        ("sys.exit('no data')", 1, "failed"),
        ("raise RuntimeError('diverged')", 1, "failed"),
        ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)", 128 + signal.SIGTERM, "failed"),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(9)", 1, "failed"),
    ],
)
def test_every_way_out_writes_what_is_queued_and_the_right_status(tmp_path: Path, ending, code, status) -> None:
    found, output = ended(tmp_path, f"run = mediastore.init(project='p')\nlog(run)\n{ending}")
    assert found == code, output
    assert record(tmp_path)["status"] == status
    assert item_lines(tmp_path) == 20
    assert audit.check(tmp_path / "store").clean


def test_a_cell_that_is_run_again_ends_its_first_run_and_an_error_at_the_prompt_ends_none(tmp_path: Path) -> None:
    cell = "run = mediastore.init(project='p'); log(run, 5)\n"
    done = subprocess.run(
        [sys.executable, "-i", "-q"],
        input=f"{PRELUDE}\n{cell}{cell}1 / 0\nlog(run, 2)\n",
        cwd=tmp_path,
        env=os.environ | {"MEDIASTORE_DIR": str(tmp_path / "store"), "MEDIASTORE_STRICT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "ZeroDivisionError" in done.stderr and done.returncode == 0, done.stderr
    paths = (tmp_path / "store").glob("*/*/run.json")
    assert [json.loads(path.read_text())["status"] for path in paths] == ["finished"] * 2
    assert item_lines(tmp_path) == 12


def test_a_context_that_raises_marks_the_run_failed(tmp_path: Path) -> None:
    code, output = ended(
        tmp_path,
        """
        try:
            with mediastore.init(project="p") as run:
                log(run)
                raise RuntimeError("diverged")
        except RuntimeError:
            pass
        """,
    )
    assert code == 0, output
    assert record(tmp_path)["status"] == "failed"


def test_after_kill_9_the_store_reads_shows_a_crash_and_goes_on_under_its_id(tmp_path: Path) -> None:
    process = start(
        tmp_path,
        """
        run = mediastore.init(project="p", id="night", config={"lr": 1})
        log(run, 3)
        run._pipeline.drain()
        print("ready", flush=True)
        while True:
            log(run)
        """,
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.2)
    process.kill()
    process.communicate()
    report = audit.check(tmp_path / "store")
    assert set(report.counts) <= {"sidecar not in journal", "orphan file", "unfinished file", "torn line"}
    assert record(tmp_path)["status"] == "running"
    from mediastore.reader.store import Store

    assert Store(tmp_path / "store").runs()["status"].tolist() == ["crashed"]
    before = item_lines(tmp_path)
    code, output = ended(tmp_path, "run = mediastore.init(project='p', id='night', resume='must')\nlog(run, 5)")
    assert code == 0, output
    assert record(tmp_path)["status"] == "finished"
    assert record(tmp_path)["config"] == {"lr": 1}
    assert item_lines(tmp_path) == before + 5
    audit.check(tmp_path / "store", repair=True)
    assert audit.check(tmp_path / "store").findings == []


def test_a_resumed_run_goes_on_after_its_last_step(tmp_path: Path) -> None:
    for _ in range(2):
        code, output = ended(tmp_path, "run = mediastore.init(project='p', id='a')\nlog(run, 5)")
        assert code == 0, output
    steps = [
        json.loads(line)["step"]
        for path in sorted((tmp_path / "store").glob("p/a/metrics/*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
        for line in path.read_text().splitlines()
    ]
    assert steps == list(range(10))


def test_runs_that_begin_at_once_are_never_one(tmp_path: Path) -> None:
    """However few words their ids are drawn from: six processes with two ids a second."""
    few = "from mediastore import naming\nnaming._ADJECTIVES, naming._ANIMALS = ['calm', 'wild'], ['owl']\n"
    processes = [start(tmp_path, few + f"log(mediastore.init(project='p', name='{n}'), 3)") for n in range(6)]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, out + err
    records = [json.loads(path.read_text()) for path in (tmp_path / "store").glob("*/*/run.json")]
    assert sorted(one["name"] for one in records) == [*"012345"]
    assert not any("resumed" in one for one in records)


def test_an_id_that_is_taken_is_not_drawn_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["20261126-100000-calm-owl"] * 3 + ["20261126-100000-wild-owl"])
    monkeypatch.setattr(naming, "new_run_id", lambda: next(drawn))
    for _ in range(2):
        mediastore.init(project="p", dir=root).finish()
    assert sorted(path.name for path in (root / "p").iterdir()) == [
        "20261126-100000-calm-owl",
        "20261126-100000-wild-owl",
    ]


def test_a_run_without_an_id_cannot_be_resumed(root: Path) -> None:
    with pytest.raises(mediastore.MediaStoreError, match="must come with an id"):
        mediastore.init(project="p", dir=root, resume="must")


@pytest.mark.parametrize(
    ("resume", "exists", "sentence"),
    [("must", False, "must exist to be resumed"), ("never", True, "must be new")],
)
def test_resume_says_no_in_words(tmp_path: Path, resume, exists, sentence) -> None:
    if exists:
        ended(tmp_path, "mediastore.init(project='p', id='a')")
    code, output = ended(tmp_path, f"mediastore.init(project='p', id='a', resume={resume!r})")
    assert code == 1
    assert sentence in output


def test_a_forked_worker_that_logs_nothing_neither_hangs_nor_ends_the_run(tmp_path: Path) -> None:
    code, output = ended(
        tmp_path,
        """
        import multiprocessing
        run = mediastore.init(project="p")
        log(run, 5)
        for method in ("fork", "spawn"):
            context = multiprocessing.get_context(method)
            workers = [context.Process(target=time.sleep, args=[0.01]) for _ in range(2)]
            [worker.start() for worker in workers]
            [worker.join(60) for worker in workers]
            assert all(worker.exitcode == 0 for worker in workers)
        child = os.fork()
        if child == 0:
            sys.exit(0)
        os.waitpid(child, 0)
        log(run, 5)
        """,
    )
    assert code == 0, output
    assert record(tmp_path)["status"] == "finished"
    assert item_lines(tmp_path) == 10


def test_forked_workers_that_log_write_journals_of_their_own(tmp_path: Path) -> None:
    code, output = ended(
        tmp_path,
        """
        import multiprocessing
        run = mediastore.init(project="p")
        log(run, 5)
        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=log, args=[run, 5]) for _ in range(2)]
        [worker.start() for worker in workers]
        [worker.join(60) for worker in workers]
        child = os.fork()
        if child == 0:
            log(run, 5)
            sys.exit(0)
        os.waitpid(child, 0)
        """,
    )
    assert code == 0, output
    assert item_lines(tmp_path) == 20
    assert len(list((tmp_path / "store").glob("*/*/items/*.jsonl"))) == 4
    assert record(tmp_path)["status"] == "finished"
    assert audit.check(tmp_path / "store").clean


def test_eight_processes_write_one_run_and_no_file_is_lost_or_overwritten(tmp_path: Path) -> None:
    script = """
        rank = int(os.environ["RANK"])
        run = mediastore.init(project="p", id="together", group="ranks")
        for n in range(10):
            run.log({"x": mediastore.Image(picture + np.uint8(rank)), f"loss/{rank}": n}, step=n)
    """
    processes = [start(tmp_path, script, RANK=str(rank)) for rank in range(8)]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert item_lines(tmp_path) == 80
    assert len(list((tmp_path / "store/p/together/items").glob("*.jsonl"))) == 8
    report = audit.check(tmp_path / "store")
    assert report.lines == ["1 runs, 80 items: nothing is wrong"]


def test_a_folder_that_cannot_be_written_sends_the_run_elsewhere_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file stands where the store should be")
    process = start(tmp_path, "run = mediastore.init(project='p')\nlog(run, 3)", TMPDIR=str(tmp_path))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert re.search("must be a folder that can be written.*set MEDIASTORE_DIR", err)
    assert len(list((tmp_path / "mediastore-runs").rglob("*.webp"))) == 3


def test_a_folder_removed_in_mid_run_is_made_anew_and_said(tmp_path: Path) -> None:
    code, output = ended(
        tmp_path,
        """
        import shutil
        run = mediastore.init(project="p")
        log(run, 3)
        run._pipeline.drain()
        shutil.rmtree(run.dir)
        run._save_quietly()
        log(run, 4)
        """,
    )
    assert code == 0, output
    assert "must stay while it is written" in output
    assert item_lines(tmp_path) == 4


def test_a_full_disk_is_a_warning_and_what_can_be_saved_is(tmp_path: Path) -> None:
    code, output = ended(
        tmp_path,
        """
        import errno
        from mediastore import files
        run = mediastore.init(project="p")
        log(run, 3)
        run._pipeline.drain()
        real = os.write
        def full(descriptor, content):
            if descriptor > 2:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(descriptor, content)
        files.os.write = full
        log(run, 3)
        run._pipeline.drain()
        files.os.write = real
        log(run, 3)
        """,
    )
    assert code == 0, output
    assert "No space left on device" in output
    assert item_lines(tmp_path) == 6
    metrics = [
        json.loads(line)["values"]["loss"]
        for path in sorted((tmp_path / "store").glob("*/*/metrics/*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    assert metrics == [0, 1, 2] * 3
    assert audit.check(tmp_path / "store").clean


def test_a_clock_that_goes_back_does_not_turn_the_order(tmp_path: Path) -> None:
    code, output = ended(
        tmp_path,
        """
        from mediastore.writer import run as module
        run = mediastore.init(project="p")
        run.log({"x": mediastore.Image(picture)}, step=1)
        real = time.time
        module.time.time = lambda: real() - 3600
        run.log({"x": mediastore.Image(picture + np.uint8(1))}, step=1)
        """,
    )
    assert code == 0, output
    path = next((tmp_path / "store").glob("*/*/items/*.jsonl"))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    first, second = sorted(lines, key=lambda item: item["file"].endswith("-2.webp"))
    assert first["time"] < second["time"]
