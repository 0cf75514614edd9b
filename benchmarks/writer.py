"""What logging costs, side by side in one run: `python benchmarks/writer.py`.

Every measurement runs in a process and a folder of its own; trackers that are not installed are left out and named.
The folders are removed at the end, all at once: for a minute or so after thousands of files were removed ext4 takes
0.5 ms to make one, 25 times as long as before, which is most of what a picture costs that is stored already.
The tables give medians over the repeats, in which the trackers take turns; each goal stands beside its number.
"""

import argparse
import contextlib
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import trackers

Figures = dict[str, float]
HEAVY = ("streamlit", "pandas", "plotly", "duckdb", "av")


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
    """The same 64 pictures at each of 20 epochs: seconds an epoch until on disk, and what the later ones added."""
    import mediastore

    photo = trackers.photograph()
    pictures = [np.roll(photo, 7 * n, axis=1) for n in range(64)]
    run = mediastore.init(project="bench", dir=folder)
    run.log({"warm": mediastore.Image(photo[:240])})
    run.flush()
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
    with contextlib.redirect_stdout(io.StringIO()) as said:
        for step in range(pictures):
            run.log({"val": mediastore.Image(np.roll(photo, step + 1, axis=0))})
        run.finish()
    beyond = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    return {"beyond_mb": beyond, "said": said.getvalue().count("log() waits for room")}


def start_up(folder: Path) -> Figures:
    """Seconds of `import mediastore` and of the first `init`, in a fresh interpreter, and what they pulled in."""
    began = time.perf_counter()
    import mediastore

    imported = time.perf_counter()
    mediastore.init(project="bench", dir=folder)
    begun = time.perf_counter()
    present = sum(name in sys.modules for name in HEAVY)
    return {"import_s": imported - began, "begin_s": begun - began, "heavy": present}


def rank(folder: Path, number: int) -> Figures:
    """One of eight processes of a run: fifty pictures of its own."""
    import mediastore

    photo = trackers.photograph()[::2, ::2]
    with mediastore.init(project="bench", id="ranks", dir=folder) as run:
        for step in range(50):
            run.log({"x": mediastore.Image(photo + np.uint8(step * 5 + number)), f"loss/{number}": step}, step=step)
    return {}


def ranks(folder: Path) -> Figures:
    """Eight processes write one run: seconds, and items that were lost."""
    began = time.perf_counter()
    command = [sys.executable, __file__, "--folder", str(folder), "--one", "rank"]
    for process in [subprocess.Popen([*command, str(number)], stdout=subprocess.DEVNULL) for number in range(8)]:
        process.wait()
    seconds = time.perf_counter() - began
    lines = sum(len(path.read_bytes().splitlines()) for path in folder.rglob("items/*.jsonl"))
    names = {path.name for path in folder.rglob("media/**/*.json")}
    return {"seconds": seconds, "lost": 400 - min(lines, len(names)), "journals": len([*folder.rglob("items/*.jsonl")])}


def workers(folder: Path) -> Figures:
    """Seconds until eight workers, forked and spawned while the queue is busy, have ended without logging."""
    import multiprocessing

    import mediastore

    photo = trackers.photograph()
    run = mediastore.init(project="bench", dir=folder)
    began = time.perf_counter()
    for method in ("fork", "spawn"):
        for number in range(4):
            run.log({"x": [mediastore.Image(photo + np.uint8(number * 9 + n)) for n in range(8)]})
            process = multiprocessing.get_context(method).Process(target=time.sleep, args=[0.01])
            process.start()
            process.join(60)
            if process.exitcode != 0:
                raise SystemExit(f"a worker made by {method} ended with {process.exitcode}")
    seconds = time.perf_counter() - began
    run.finish()
    return {"seconds": seconds}


def measured(parent: Path, what: str, *words: str) -> Figures | None:
    """One measurement in a fresh interpreter, in a new folder below `parent`; None when what it needs is not there."""
    command = [sys.executable, __file__, "--one", what, *words, "--folder", tempfile.mkdtemp(dir=parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "ModuleNotFoundError" in done.stderr:
        return None
    if done.returncode:
        raise SystemExit(f"{what} {words}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def medians(figures: list[Figures]) -> Figures:
    return {name: statistics.median(one[name] for one in figures) for name in figures[0]}


def compare(parent: Path, steps: int, repeats: int) -> dict[str, Figures]:
    """The table of trackers; ratios are medians of those within one repeat, so that a slow minute cancels out."""
    rows: dict[str, list[Figures]] = {name: [] for name in trackers.TRACKERS}
    for repeat in range(repeats):
        for name in list(rows)[:: 1 if repeat % 2 == 0 else -1]:
            figures = measured(parent, "steps", name, "--steps", str(steps))
            if figures is not None:
                rows[name].append(figures)
    for figures in rows.values():
        for mine, ours in zip(figures, rows["mediastore"], strict=False):
            mine["held_ratio"], mine["rate_ratio"] = (
                mine["held_ms"] / ours["held_ms"], ours["steps_s"] / mine["steps_s"],
            )  # fmt: skip
    found = {name: medians(figures) for name, figures in rows.items() if figures}
    print(f"\nA 640×480 photograph with ten boxes and three scalars a step; {steps} steps, medians of {repeats}\n")
    print("| | log() holds the loop, ms | steps/s until on disk | held: × ours | steps/s: ours × |")
    print("|---|---|---|---|---|")
    for name, figures in found.items():
        held = figures["held_ratio"]
        ratios = (
            f"{held:.0f} | {figures['rate_ratio']:.2f}" if held >= 10 else f"{held:.1f} | {figures['rate_ratio']:.2f}"
        )
        print(f"| {name} | {figures['held_ms']:.2f} | {figures['steps_s']:.1f} | {ratios} |")
    absent = [name for name in trackers.TRACKERS if name not in found]
    print(f"\nNot installed here: {', '.join(absent) or 'none'}")
    return found


def alone(parent: Path, repeats: int, pictures: int) -> dict[str, Figures]:
    found = {}
    for what in ("epochs", "small", "start", "memory", "ranks", "workers"):
        times = 1 if what in ("memory", "workers") else repeats
        words = ("--steps", str(pictures)) if what == "memory" else ()
        found[what] = medians(
            [figures for _ in range(times) if (figures := measured(parent, what, *words)) is not None]
        )
    return found


def report(found: dict[str, Figures], one: dict[str, Figures], pictures: int) -> None:
    """Every number beside its goal."""
    ours, wandb = found["mediastore"], found.get("wandb offline", {"held_ratio": 0.0, "rate_ratio": 0.0})
    png, webp = (next(row for name, row in found.items() if word in name) for word in ("PNG", "WebP"))
    rows = [
        ("log() holds the loop, ms", ours["held_ms"], "<=", 0.5),
        ("… of wandb's, 1 /", wandb["held_ratio"], ">=", 200),
        ("steps/s, × wandb's", wandb["rate_ratio"], ">=", 6),
        ("steps/s, of the bound with our encoder", webp["rate_ratio"], ">=", 0.8),
        ("steps/s, of the bound with PNG", png["rate_ratio"], ">=", 0.8),
        ("64 pictures at later epochs, × faster than first", one["epochs"]["ratio"], ">=", 20),
        ("… bytes of media that they add", one["epochs"]["new_bytes"], "<=", 0),
        ("a picture given as a path, ms", one["small"]["path_ms"], "<=", 0.4),
        ("a line of five scalars, ms", one["small"]["scalars_ms"], "<=", 0.05),
        ("lines of scalars a second", one["small"]["scalar_lines_s"], ">=", 2000),
        ("import mediastore, s", one["start"]["import_s"], "<=", 0.15),
        ("import and init, s", one["start"]["begin_s"], "<=", 0.3),
        (f"… of {', '.join(HEAVY)}: imported", one["start"]["heavy"], "<=", 0),
        (f"memory over {pictures} pictures, MB beyond idle", one["memory"]["beyond_mb"], "<=", 256 + 50),
        ("… times that the full queue was said", one["memory"]["said"], "<=", 1),
        ("eight ranks in one run, 400 items: lost", one["ranks"]["lost"], "<=", 0),
        ("… seconds", one["ranks"]["seconds"], "", None),
        ("eight workers forked and spawned, s until ended", one["workers"]["seconds"], "<=", 60),
    ]
    print(f"\n64 pictures: first epoch {one['epochs']['first_s']:.3f} s, later {one['epochs']['later_s']:.4f} s\n")
    print("| what | measured | goal | |\n|---|---|---|---|")
    for what, value, sign, goal in rows:
        is_reached = goal is None or (value <= goal if sign == "<=" else value >= goal)
        said = (
            ""
            if goal is None
            else "reached"
            if is_reached
            else f"not reached: {value / goal:.2f} of it"
            if goal
            else "not reached"
        )
        print(f"| {what} | {value:.4g} | {'' if goal is None else f'{sign} {goal:g}'} | {said} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=100, help="steps a tracker")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=5000, help="pictures of the memory measurement")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if not given.one:
        with tempfile.TemporaryDirectory(prefix="bench-") as parent:
            found = compare(Path(parent), given.steps, given.repeats)
            report(found, alone(Path(parent), given.repeats, given.pictures), given.pictures)
        return
    what, *names = given.one
    measure = {
        "steps": lambda: steps_of(names[0], given.folder, given.steps),
        "epochs": lambda: epochs(given.folder),
        "small": lambda: small_calls(given.folder),
        "memory": lambda: memory(given.folder, given.steps),
        "start": lambda: start_up(given.folder),
        "ranks": lambda: ranks(given.folder),
        "rank": lambda: rank(given.folder, int(names[0])),
        "workers": lambda: workers(given.folder),
    }
    print(json.dumps(measure[what]()))


if __name__ == "__main__":
    main()
