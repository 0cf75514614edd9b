"""What logging costs, side by side in one run: `python benchmarks/writer.py`.

Every measurement runs in a process and a folder of its own; trackers that are not installed are left out and named.
The tables give medians over the repeats; the order of the trackers alternates, so that a slow minute hits them all.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import trackers

Figures = dict[str, float]


def steps_of(name: str, folder: Path, steps: int) -> Figures:
    """How long the loop is held a step (median, milliseconds), and steps a second until all is on disk."""
    photo = trackers.photograph()
    pictures = [photo + np.uint8(n) for n in range(steps)]
    log, finish = trackers.TRACKERS[name](folder)
    log(0, photo)
    held = []
    began = time.perf_counter()
    for step, pixels in enumerate(pictures, start=1):
        at = time.perf_counter()
        log(step, pixels)
        held.append(time.perf_counter() - at)
    finish()
    return {"held_ms": statistics.median(held) * 1e3, "steps_s": steps / (time.perf_counter() - began)}


def epochs(folder: Path) -> Figures:
    """The same 64 pictures at each of 20 epochs: seconds an epoch until on disk, and bytes of media."""
    import mediastore

    photo = trackers.photograph()
    pictures = [np.roll(photo, 7 * n, axis=1) for n in range(64)]
    run = mediastore.init(project="bench", dir=folder)
    seconds, sizes = [], []
    for epoch in range(20):
        at = time.perf_counter()
        run.log({"val": [mediastore.Image(pixels) for pixels in pictures]}, step=epoch)
        run.flush()
        seconds.append(time.perf_counter() - at)
        sizes.append(sum(path.stat().st_size for path in folder.rglob("*.webp")))
    run.finish()
    later = statistics.median(seconds[1:])
    return {"first_s": seconds[0], "later_s": later, "ratio": seconds[0] / later, "new_bytes": sizes[-1] - sizes[0]}


def small_calls(folder: Path) -> Figures:
    """Milliseconds that `log` holds the loop for a picture given as a path, and for a line of five scalars."""
    from PIL import Image

    import mediastore

    path = folder / "photo.png"
    Image.fromarray(trackers.photograph()).save(path)
    run = mediastore.init(project="bench", dir=folder / "store")
    figures = {}
    for name, value, count in (
        ("path_ms", lambda step: {"val": mediastore.Image(path)}, 300),
        ("scalars_ms", lambda step: {f"metric/{n}": step * 0.1 for n in range(5)}, 5000),
    ):
        held = []
        for step in range(count):
            at = time.perf_counter()
            run.log(value(step))
            held.append(time.perf_counter() - at)
        figures[name] = statistics.median(held) * 1e3
        if name == "scalars_ms":
            figures["scalar_lines_s"] = count / sum(held)
    run.finish()
    return figures


def memory(folder: Path, pictures: int) -> Figures:
    """Peak memory beyond what an idle run takes, while the queue (256 MB) is full; megabytes."""
    import mediastore

    photo = trackers.photograph()
    run = mediastore.init(project="bench", dir=folder)
    run.log({"val": mediastore.Image(photo)})
    run.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for step in range(pictures):
        run.log({"val": mediastore.Image(np.roll(photo, step + 1, axis=0))})
    run.finish()
    return {"beyond_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before}


def start_up(folder: Path) -> Figures:
    """Seconds of `import mediastore` and of the first `init`, in a fresh interpreter."""
    began = time.perf_counter()
    import mediastore

    imported = time.perf_counter()
    mediastore.init(project="bench", dir=folder)
    return {"import_s": imported - began, "init_s": time.perf_counter() - imported}


def measured(what: str, *words: str) -> Figures | None:
    """One measurement in a fresh interpreter; None when what it needs is not installed."""
    command = [sys.executable, __file__, "--one", what, *words]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        done = subprocess.run([*command, "--folder", folder], capture_output=True, text=True, check=False)
    if "ModuleNotFoundError" in done.stderr:
        return None
    if done.returncode:
        raise SystemExit(f"{what} {words}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def medians(figures: list[Figures]) -> Figures:
    return {name: statistics.median(one[name] for one in figures) for name in figures[0]}


def compare(steps: int, repeats: int) -> None:
    rows: dict[str, list[Figures]] = {name: [] for name in trackers.TRACKERS}
    for repeat in range(repeats):
        for name in list(rows)[:: 1 if repeat % 2 == 0 else -1]:
            figures = measured("steps", name, "--steps", str(steps))
            if figures is not None:
                rows[name].append(figures)
    found = {name: medians(figures) for name, figures in rows.items() if figures}
    ours = found["mediastore"]
    print(f"\nA 640×480 photograph with ten boxes and three scalars a step; {steps} steps, median of {repeats}\n")
    print("| | log() holds the loop, ms | steps/s until on disk | held: × ours | steps/s: ours × |")
    print("|---|---|---|---|---|")
    for name, figures in found.items():
        held, rate = figures["held_ms"], figures["steps_s"]
        print(f"| {name} | {held:.2f} | {rate:.1f} | {held / ours['held_ms']:.0f} | {ours['steps_s'] / rate:.2f} |")
    absent = [name for name in trackers.TRACKERS if name not in found]
    print(f"\nNot installed here: {', '.join(absent) or 'none'}")


def alone(repeats: int, pictures: int) -> None:
    rows: list[tuple[str, str, Any]] = []
    for what, words in (("epochs", ()), ("small", ()), ("start", ()), ("memory", ("--steps", str(pictures)))):
        times = 1 if what == "memory" else repeats
        figures = medians([found for found in (measured(what, *words) for _ in range(times)) if found is not None])
        rows += [(what, name, value) for name, value in figures.items()]
    print(f"\nmediastore alone, median of {repeats} (memory: once, {pictures} pictures)\n")
    for what, name, value in rows:
        print(f"{what:8} {name:16} {value:12.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=100, help="steps a tracker")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=5000, help="pictures of the memory measurement")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if not given.one:
        compare(given.steps, given.repeats)
        alone(given.repeats, given.pictures)
        return
    what, *names = given.one
    measure = {
        "steps": lambda: steps_of(names[0], given.folder, given.steps),
        "epochs": lambda: epochs(given.folder),
        "small": lambda: small_calls(given.folder),
        "memory": lambda: memory(given.folder, given.steps),
        "start": lambda: start_up(given.folder),
    }
    print(json.dumps(measure[what]()))


if __name__ == "__main__":
    main()
