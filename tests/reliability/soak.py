"""Eight writers, an indexer and a reader on one store: `python tests/reliability/soak.py SECONDS`.

Prints how memory, descriptors and threads of the reader grew from the first third to the last, and whether any count
was ever wrong: below what was acknowledged before the count, or above what had been begun after it.
"""

import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

import mediastore
from mediastore import audit
from mediastore.reader.reindex import reindex

WRITERS = 8


def write(root: Path, number: int, until: float, begun, acknowledged) -> None:
    """Log one small picture after another, each of them flushed."""
    run = mediastore.init(project="soak", id=f"run-{number}", dir=root, strict=True)
    step = 0
    while time.monotonic() < until:
        begun[number] = step + 1
        picture = np.random.default_rng(step).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        run.log({"loss": step, "x": mediastore.Image(picture)}, step=step)
        run.flush()
        step += 1
        acknowledged[number] = step
        time.sleep(0.02)
    run.finish(quiet=True)


def index_again(root: Path, until: float) -> None:
    """Index all runs, over and over."""
    while time.monotonic() < until:
        for run in reindex(root):
            run.update()
        time.sleep(1)


def facts() -> tuple[int, int, int]:
    """Memory in KB, descriptors and threads of this process."""
    status = Path("/proc/self/status").read_text()
    memory = int(status.partition("VmRSS:")[2].split()[0])
    return memory, len(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208


def soak(root: Path, seconds: float) -> dict[str, float]:
    """Run for `seconds`; what was found."""
    context = multiprocessing.get_context("fork")
    begun, acknowledged = context.Array("q", WRITERS, lock=False), context.Array("q", WRITERS, lock=False)
    until = time.monotonic() + seconds
    processes = [context.Process(target=write, args=[root, n, until, begun, acknowledged]) for n in range(WRITERS)]
    processes.append(context.Process(target=index_again, args=[root, until]))
    for process in processes:
        process.start()
    store = mediastore.Store(root)
    wrong, counts, seen = 0, 0, []
    while time.monotonic() < until:
        least = sum(acknowledged)
        store.refresh()
        count = store.count()
        wrong += not least <= count <= sum(begun)
        counts += 1
        store.labels(), store.runs(), store.records(limit=24, descending=True)
        seen.append(facts())
        time.sleep(0.1)
    for process in processes:
        process.join()
        assert process.exitcode == 0
    store.refresh()
    wrong += store.count() != sum(acknowledged)
    assert audit.check(root).findings == []
    third = max(1, len(seen) // 3)
    first, last = (
        [statistics.median(part) for part in zip(*some, strict=True)]
        for some in (seen[third : 2 * third], seen[-third:])
    )
    grown = [after - before for before, after in zip(first, last, strict=True)]
    return {
        "seconds": seconds,
        "items": sum(acknowledged),
        "counts": counts,
        "wrong counts": wrong,
        "memory MB": last[0] / 1024,
        "memory grew MB": grown[0] / 1024,
        "descriptors grew": grown[1],
        "threads grew": grown[2],
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as chosen:
        for name, value in soak(Path(chosen) / "store", float(sys.argv[1]) if len(sys.argv) > 1 else 60).items():
            print(f"{name}: {value:g}")
