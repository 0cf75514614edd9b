"""How the benchmarks of the reader measure, and the tables that they print."""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Figures = dict[str, float]
Row = tuple[str, str, float | str]
MEGABYTE = 1024


def peak_mb() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def seconds(action: Callable[[], object], repeats: int = 1) -> float:
    """The median time of an action."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def apart(script: str, what: str, root: Path) -> Figures:
    """One measurement in a fresh interpreter, by the script's `--one`."""
    command = [sys.executable, script, "--one", what, "--folder", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{what} {root.name}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def show(rows: Sequence[Row], found: Mapping[str, Figures], *, grows: bool = False) -> None:
    """A table: what each costs in each store, how it grows from the first to the last, and how far that is from a goal.

    rows: name of the figure, words, goal. A goal that is a text speaks for itself.
    """
    stores = [*found]
    head = [*stores, *(["grows"] if grows else []), "goal", "the last of them"]
    print(f"\n| what | {' | '.join(head)} |\n|{'---|' * (len(head) + 1)}")
    for name, words, goal in rows:
        values = [found[store].get(name) for store in stores]
        cells = [shown(value) for value in values]
        if grows:
            cells.append(f"× {values[-1] / values[0]:.1f}" if values[0] and values[-1] else "")
        reached = "" if not isinstance(goal, float) or values[-1] is None else verdict(values[-1], goal)
        print(f"| {words} | {' | '.join([*cells, str(goal), reached])} |")


def shown(value: float | None) -> str:
    """A number with three digits that matter."""
    return "–" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def verdict(value: float, goal: float) -> str:
    """Whether a goal is reached, or how far it is away."""
    return "reached" if value <= goal else f"{value / goal:.2f} × the goal"
