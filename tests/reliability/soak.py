"""Eight writers, an indexer, a reader, and an app with visitors on one store.

`python tests/reliability/soak.py SECONDS [TRACE]`; TRACE is a file that every sample is written to as it is taken.

Three quarters of the time are written, then the store stays as it is while all who look go on: what grows then is a
leak. Prints how much memory, descriptors, threads and sessions of each there were after each sixth of the time, how
fast they grew while it was written, its first third left out, and while it was not; and whether any count was ever
wrong: below what was acknowledged before the count, or above what had been begun after it. A writer logs as trainings
do, once a second, not as fast as it can: so an hour fits on a disk (about 2 GB).
"""

import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import visitors
from growth import WARM, Watched, children

import mediastore
from mediastore import audit
from mediastore.reader.reindex import reindex

WRITERS, BROWSERS = 8, 2
STEP_S, REST_S, SAMPLES, PARTS = 1.0, 1.0, 720, 6
WRITTEN = 3 / 4
STRETCHES = {"while it is written": (WARM, WRITTEN), "while it is not": (WRITTEN + 0.05, 1.0)}
HOST = "127.0.0.1"
NAMES = ("memory MB", "descriptors", "threads")
CLI = "from mediastore.cli import main; raise SystemExit(main())"
KINDS = ("app", "reader", "indexer", "writers")
context = multiprocessing.get_context("fork")


def write(root: Path, number: int, until: float, begun, acknowledged) -> None:
    """Log a picture with boxes and three numbers a second, a sound and a table now and then; each step is flushed."""
    run = mediastore.init(project="soak", id=f"run-{number}", dir=root, strict=True)
    draw = np.random.default_rng(number)
    step = 0
    while time.monotonic() < until:
        began = time.monotonic()
        given = {"loss": 1 / (step + 1), "val/score": draw.random(), "val/view": picture(draw, step)}
        if step % 20 == 5:
            given["val/sound"] = mediastore.Audio(draw.normal(0, 0.1, 8000).astype(np.float32), sample_rate=8000)
        if step % 20 == 10:
            given["val/table"] = mediastore.Table(columns=["step", "word"], data=[[step, "one"], [step, "two"]])
        begun[number] += sum(name.startswith("val/") for name in given) - 1
        run.log(given, step=step)
        run.flush()
        acknowledged[number] = begun[number]
        step += 1
        time.sleep(max(0.0, began + STEP_S - time.monotonic()))
    run.finish(quiet=True)


def picture(draw: np.random.Generator, step: int) -> mediastore.Image:
    """One of 160 by 120 that compresses about as a photograph does; every third was there before."""
    pixels = np.repeat(np.repeat(draw.integers(0, 255, (30, 40, 3), np.uint8), 4, axis=0), 4, axis=1)
    if step % 3 == 0:
        pixels = np.full((120, 160, 3), 90, np.uint8)
    boxes = [
        mediastore.Box((9 * place, 9, 9 * place + 30, 60), label=f"thing {place}", score=float(draw.random()))
        for place in range(3)
    ]
    return mediastore.Image(pixels, boxes=boxes, sample=f"sample {step % 10}", values={"loss": float(draw.random())})


def index_again(root: Path, until: float) -> None:
    """Index all runs, over and over."""
    while time.monotonic() < until:
        for run in reindex(root):
            run.update()
        time.sleep(5 * REST_S)


@contextmanager
def app(root: Path) -> Iterator[tuple[str, int]]:
    """`mediastore app` as a person starts it: its URL, and the process that serves."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", CLI, "app", str(root), "--no-browser", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        said = process.stdout.readline()
        assert f":{port}" in said, said
        (serving,) = children(process.pid)
        yield f"http://{HOST}:{port}", serving
    finally:
        process.terminate()
        process.wait(30)


def sessions(url: str) -> float:
    """How many visitors are connected, by the server's own count."""
    with urlopen(f"{url}/_stcore/metrics?families=active_sessions", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line.split()[-1] for line in lines if line.startswith("active_sessions")))


def soak(root: Path, seconds: float, trace: Path | None = None) -> dict[str, float]:
    """Run for `seconds`; what was found."""
    begun, acknowledged = (context.Array("q", WRITERS, lock=False) for _ in range(2))
    opened, wrong_pages, late = (context.Array("q", BROWSERS, lock=False) for _ in range(3))
    done, wrong_answers = (context.Array("q", 2, lock=False) for _ in range(2))
    until = time.monotonic() + seconds
    written = until - seconds * (1 - WRITTEN)
    writers = [context.Process(target=write, args=[root, n, written, begun, acknowledged]) for n in range(WRITERS)]
    indexer = context.Process(target=index_again, args=[root, until])
    for process in (*writers, indexer):
        process.start()
    with app(root) as (url, serving):
        people = [
            context.Process(target=visitors.browse, args=[url, number, until, opened, wrong_pages, late])
            for number in range(BROWSERS)
        ]
        given = [root, url, until, begun, acknowledged, done, wrong_answers]
        people.append(context.Process(target=visitors.fetch, args=given))
        for process in people:
            process.start()
        watched = {"app": [Watched("app", serving)], "reader": [Watched("reader", os.getpid())]}
        watched["indexer"] = [Watched("indexer", indexer.pid)]
        watched["writers"] = [Watched(f"writer {n}", process.pid) for n, process in enumerate(writers)]
        counts, wrong = read(root, url, until, seconds, begun, acknowledged, watched, trace)
        for process in (*writers, indexer, *people):
            process.join()
            assert process.exitcode == 0, process
        last = visitors.asked(f"{url}/app/static/export/query.csv?sql={visitors.quote(visitors.COUNT)}")
        exactly = sum(acknowledged)
        wrong += visitors.is_wrong("the app at the end", exactly, int(last.split()[-1]), exactly)
    wrong += visitors.is_wrong("a new reader at the end", exactly, mediastore.Store(root).count(), exactly)
    assert audit.check(root).findings == []
    return {
        "seconds": seconds,
        "items": sum(acknowledged),
        "counts": counts + done[1] + 2,
        "wrong counts": wrong + wrong_answers[1],
        "pages opened": sum(opened),
        "pages with an error": sum(wrong_pages),
        "pages not drawn in a minute": sum(late),
        "files fetched": done[0],
        "files refused": wrong_answers[0],
        **figures(watched, seconds),
    }


def read(root: Path, url: str, until: float, seconds: float, begun, acknowledged, watched, trace) -> tuple[int, int]:
    """Count, ask, and sample every process until the end; how many counts there were and how many were wrong."""
    store = mediastore.Store(root)
    wrong, counts, due = 0, 0, time.monotonic()
    while time.monotonic() < until - 1:
        least = sum(acknowledged)
        store.refresh()
        count = store.count()
        wrong += visitors.is_wrong("the reader", least, count, sum(begun))
        counts += 1
        store.labels(), store.runs(), store.records(limit=24, descending=True)
        if time.monotonic() >= due:
            due += max(1.0, seconds / SAMPLES)
            for one in (one for some in watched.values() for one in some):
                one.sample(*([sessions(url), len(children(one.pid))] if one.name == "app" else []))
                write_sample(trace, one, count)
        time.sleep(REST_S)
    return counts, wrong


def write_sample(trace: Path | None, one: Watched, count: int) -> None:
    """The last sample of a process as a line of a CSV."""
    if trace is not None and one.facts:
        with trace.open("a") as lines:
            lines.write(",".join(map(str, (one.name, round(one.seconds[-1], 1), count, *one.facts[-1]))) + "\n")


def figures(watched: dict[str, list[Watched]], seconds: float) -> dict[str, float]:
    """On the way, at the end, and growth an hour: of the writers the greatest."""
    found = {}
    for kind in KINDS:
        for number, name in enumerate((*NAMES, "sessions", "processes") if kind == "app" else NAMES):
            found[f"{kind}: {name}"] = max(one.column(number)[-1] for one in watched[kind])
            found[f"{kind}: {name} an hour"] = max(one.an_hour(number) for one in watched[kind])
            for stretch, ends in STRETCHES.items():
                slopes = (one.an_hour(number, *ends) for one in watched[kind])
                found[f"{kind}: {name} an hour, {stretch}"] = max(slopes)
            for sixth in range(1, PARTS + 1):
                at = seconds * sixth / PARTS
                found[f"{kind}: {name} after {at / 60:g} min"] = max(one.after(at, number) for one in watched[kind])
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="mediastore-soak-") as chosen:
        seconds, *more = sys.argv[1:] or ["60"]
        for name, value in soak(Path(chosen) / "store", float(seconds), *map(Path, more)).items():
            print(f"{name}: {value:.6g}")
