"""What reading costs and how it grows with the store: `python benchmarks/reader.py`.

Stores of 10,000, 100,000 and 1,000,000 items (ten boxes each, 50 labels, a thousand items a run) are made by
`stores.py`; `check` looks at the smallest, which has its sidecars. Each measurement runs in a process of its own;
times are medians. Beside it stand the ways one would take without an index, measured on the smallest store alone.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import chart
import stores

from mediastore import audit

Figures = dict[str, float]
LABEL, SCORE = "class-07", (0.5, 1.0)
NEW = 100
MEGABYTE = 1024

ROWS = (
    ("index_s", "index all journals, s", "3 at 100,000"),
    ("index_mb", "… memory of that process at its peak, MB", ""),
    ("rollup_s", "roll all runs up, s", ""),
    ("rollup_mb", "… memory of that process at its peak, MB", ""),
    ("open_s", "open cold, s", 1.0),
    ("best_s", "label and score → the 24 best items with paths, s", 0.15),
    ("first_s", "label and score → the first 24 items by step, s", 0.15),
    ("count_s", "label and score → exact count, s", ""),
    ("labels_s", "every label with counts and scores, s", ""),
    ("nothing_s", "refresh, nothing new, s", 0.3),
    ("refresh_s", f"refresh, {NEW} new items, s", 0.3),
    ("server_mb", "memory of the process after all of these, at its peak, MB", 500.0),
)
OTHERS = (
    ("pandas_s", "pandas over the journals: read, explode, filter, sort, s"),
    ("pandas_mb", "… memory at its peak, MB"),
    ("sidecars_s", "DuckDB's read_json over the sidecars: the same, s"),
)


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


def index(root: Path) -> Figures:
    """Every run's index from nothing."""
    from mediastore.reader.reindex import forget, reindex, update_all

    forget(root)
    taken = seconds(lambda: update_all(list(reindex(root))))
    return {"index_s": taken, "index_mb": peak_mb()}


def roll_up(root: Path) -> Figures:
    """The roll-up from nothing, above what the indexes cost; stores of few runs have none."""
    from mediastore.reader.reindex import RolledUp

    rolled = RolledUp(root)
    some = rolled.unread_bytes()
    taken = seconds(rolled.update)
    return {"rollup_s": taken, "rollup_mb": peak_mb()} if some else {}


def ask(root: Path) -> Figures:
    """What a person asks of a store, in one process, as the app does."""
    from mediastore.reader.store import Store

    figures = {"open_s": seconds(lambda: Store(root), 3)}
    store = Store(root)
    chosen = {"label": LABEL, "score": SCORE}
    questions = {
        "best_s": lambda: store.items(**chosen, sort="score", descending=True, limit=24),
        "first_s": lambda: store.items(**chosen, limit=24),
        "count_s": lambda: store.count(**chosen),
        "labels_s": store.labels,
        "nothing_s": store.refresh,
    }
    figures |= {name: seconds(question, 5) for name, question in questions.items()}
    expected = store.count() + 5 * NEW
    late = []
    taken = []
    try:
        for number in range(5):
            late.append(stores.add(root, number, NEW))
            taken.append(seconds(store.refresh))
        assert store.count() == expected
    finally:
        for path in late:
            path.unlink(missing_ok=True)
    return figures | {"refresh_s": statistics.median(taken), "server_mb": peak_mb()}


def with_pandas(root: Path) -> Figures:
    """Label and score → the 24 best items, from the journals by pandas."""
    import pandas as pd

    def best() -> pd.DataFrame:
        journals = sorted(root.glob("*/*/items/*.jsonl"))
        items = pd.concat([pd.read_json(path, lines=True) for path in journals], ignore_index=True)
        boxes = items[["run", "key", "step", "index", "file", "annotations"]].explode("annotations", ignore_index=True)
        boxes = boxes.join(pd.json_normalize(boxes.pop("annotations")))
        chosen = boxes[(boxes["label"] == LABEL) & boxes["score"].between(*SCORE)]
        return chosen.sort_values("score", ascending=False).drop_duplicates(["run", "key", "step", "index"]).head(24)

    return {"pandas_s": seconds(best), "pandas_mb": peak_mb()}


def with_sidecars(root: Path) -> Figures:
    """Label and score → the 24 best items, from the sidecars by DuckDB."""
    import duckdb

    query = """
    select run, key, step, index, file, max(annotation.score) as score
    from (select *, unnest(annotations) as annotation from read_json($files, union_by_name = true))
    where annotation.label = $label and annotation.score between $low and $high
    group by all order by score desc limit 24
    """
    values = {"files": f"{root}/*/*/media/**/*.json", "label": LABEL, "low": SCORE[0], "high": SCORE[1]}
    return {"sidecars_s": seconds(lambda: duckdb.connect().execute(query, values).fetchall())}


MEASURES = {
    "index": index,
    "roll_up": roll_up,
    "ask": ask,
    "pandas": with_pandas,
    "sidecars": with_sidecars,
}


def measured(what: str, root: Path) -> Figures:
    """One measurement in a fresh interpreter."""
    command = [sys.executable, __file__, "--one", what, "--folder", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{what} {root.name}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def prepare(folder: Path, items: int, smallest: int) -> Path:
    """The store of that many items, made unless it is there."""
    root = folder / f"store-{items}"
    if not root.exists():
        runs = max(10, items // stores.ITEMS_A_RUN)
        began = time.perf_counter()
        unfinished = root.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        stores.make(unfinished, items, runs, sidecars=items == smallest)
        unfinished.rename(root)
        print(f"{items:>9,} items in {runs:,} runs written in {time.perf_counter() - began:.0f} s", flush=True)
    if items == smallest:
        print(f"check: {audit.check(root).lines[-1]}", flush=True)
    return root


def show(found: dict[int, Figures], smallest: int) -> None:
    """The table: what each costs at each size, how it grows, and how far the largest is from the goal."""
    sizes = sorted(found)
    print("\n| what | " + " | ".join(f"{size:,} items" for size in sizes) + " | grows | goal | |")
    print("|---|" + "---|" * (len(sizes) + 3))
    for name, words, goal in ROWS:
        values = [found[size].get(name) for size in sizes]
        last = values[-1]
        growth = f"× {last / values[0]:.1f}" if values[0] and last else ""
        reached = "" if not isinstance(goal, float) or last is None else verdict(last, goal)
        print(f"| {words} | {' | '.join(map(shown, values))} | {growth} | {goal or ''} | {reached} |")
    print(f"\nWithout an index, measured with {smallest:,} items and extrapolated in proportion:\n")
    print("| what | " + " | ".join(f"{size:,} items" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for name, words in OTHERS:
        values = [shown(found[smallest][name] * size / smallest) for size in sizes]
        print(f"| {words} | {values[0]} | " + " | ".join(f"~ {value}" for value in values[1:]) + " |")


def shown(value: float | None) -> str:
    """A number with three digits that matter."""
    return "–" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def verdict(value: float, goal: float) -> str:
    """Whether a goal is reached, or how far it is away."""
    return "reached" if value <= goal else f"{value / goal:.2f} × the goal"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000, help="of the largest store; others have a tenth of it")
    parser.add_argument("--stores", type=Path, help="keep the stores in this folder, and use those that are there")
    parser.add_argument("--chart", type=Path, help="where to draw what a refresh costs, as SVG")
    parser.add_argument("--one", choices=MEASURES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(MEASURES[given.one](given.folder)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = given.stores or Path(temporary)
        sizes = sorted({max(10, given.items // share) for share in (100, 10, 1)})
        found: dict[int, Figures] = {}
        for items in sizes:
            root = prepare(folder, items, sizes[0])
            measures = [*MEASURES] if items == sizes[0] else ["index", "roll_up", "ask"]
            found[items] = {}
            for what in measures:
                found[items] |= measured(what, root)
        show(found, sizes[0])
        if given.chart:
            lines = {words: [(size, found[size][name]) for size in sizes] for name, words in chart.REFRESH.items()}
            given.chart.write_text(chart.drawn(lines, goal_s=0.3), "utf-8")
            print(f"\nWhat a refresh costs is drawn in {given.chart}")


if __name__ == "__main__":
    main()
