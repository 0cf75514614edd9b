"""What reading costs and how it grows with the store: `python benchmarks/reader.py`.

Stores of 10,000, 100,000 and 1,000,000 items (ten boxes each, 50 labels, a thousand items a run) are made by
`stores.py`, stores of metrics by `metric_stores.py`; `check` looks at each store of items. A measurement runs in a
process of its own, and one that fails leaves its rows empty; times are medians. Beside it stand the ways one would take
without an index, measured on the smallest store alone. What was not measured is said at the end.
"""

import argparse
import functools
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import chart
import metric_charts
import metric_stores
import stores
from measuring import Figures, Row, apart, peak_mb, seconds, show, shown

LABEL, SCORE = "class-07", (0.5, 1.0)
NEW = 100

ROWS: tuple[Row, ...] = (
    ("findings", "what `check` finds wrong", 0.0),
    ("check_s", "… seconds", ""),
    ("check_mb", "… memory of that process at its peak, MB", ""),
    ("index_s", "index all journals, s", "3 at 100,000"),
    ("index_mb", "… memory of that process at its peak, MB", ""),
    ("strays_s", "look for sidecars that no journal has, s", ""),
    ("rollup_s", "roll all runs up, s", ""),
    ("rollup_mb", "… memory of that process at its peak, MB", ""),
    ("open_s", "open cold, s", 1.0),
    ("best_s", "label and score → the 24 best items with paths, s", 0.15),
    ("first_s", "label and score → the first 24 items by step, s", 0.15),
    ("count_s", "label and score → exact count, s", ""),
    ("labels_s", "every label with counts and scores, s", ""),
    ("extent_s", "Predictions page, once a version of the store: what there is, s", 1.0),
    ("spread_s", "… at each filter: counts of labels, layers, keys, runs, scores, s", 1.0),
    ("found_s", "… the 60 best that fit, s", 1.0),
    ("facets_s", "Store.facets, uncached, s", 1.0),
    ("nothing_s", "refresh, nothing new, s", 0.3),
    ("refresh_s", f"refresh, {NEW} new items, s", 0.3),
    ("server_mb", "memory of the process after all of these, at its peak, MB", 500.0),
)
OTHERS = (
    ("pandas_s", "pandas over the journals: read, explode, filter, sort, s"),
    ("pandas_mb", "… memory at its peak, MB"),
    ("sidecars_s", "DuckDB's read_json over the sidecars: the same, s"),
)
NOT_MEASURED = [
    "200 runs × 50 metrics × 100,000 steps, which is a thousand million values: the two stores of metrics stand for it",
    "`check` of the stores of metrics, which have no items",
    "a cold disk: what is read was written a short while ago",
]


def check(root: Path) -> Figures:
    """Every journal, sidecar, picture and index against each other."""
    from mediastore import audit

    began = time.perf_counter()
    findings = len(audit.check(root).findings)
    return {"findings": float(findings), "check_s": time.perf_counter() - began, "check_mb": peak_mb()}


def index(root: Path) -> Figures:
    """Every run's index from nothing."""
    from mediastore.reader.reindex import forget, reindex, update_all

    forget(root)
    figures = {"index_s": seconds(lambda: update_all(list(reindex(root)), with_strays=False)), "index_mb": peak_mb()}
    return figures | {"strays_s": seconds(lambda: update_all(list(reindex(root))))}


def roll_up(root: Path) -> Figures:
    """The roll-up from nothing, above what the indexes cost; stores of few runs have none."""
    from mediastore.reader.reindex import RolledUp

    rolled = RolledUp(root)
    some = rolled.unread_bytes()
    taken = seconds(rolled.update)
    return {"rollup_s": taken, "rollup_mb": peak_mb()} if some else {}


def ask(root: Path) -> Figures:
    """What a person asks of a store, in one process, as the app does."""
    from mediastore.reader.search import Search
    from mediastore.reader.store import Store

    figures = {"open_s": seconds(lambda: Store(root), 3)}
    store = Store(root)
    chosen = {"label": LABEL, "score": SCORE}
    search = Search(view=tuple(store.runs()["ref"]), labels=(LABEL,), score=SCORE)
    within = store.extent(search.view)
    figures["facets_s"] = seconds(store.facets)
    questions = {
        "best_s": lambda: store.items(**chosen, sort="score", descending=True, limit=24),
        "first_s": lambda: store.items(**chosen, limit=24),
        "count_s": lambda: store.count(**chosen),
        "extent_s": lambda: store.extent(search.view),
        "spread_s": lambda: store.spread(search, within),
        "found_s": lambda: store.find(search, limit=60),
        "nothing_s": store.refresh,
    }
    figures |= {name: seconds(question, 5) for name, question in questions.items()}
    figures["labels_s"] = seconds(store.labels)
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
    "check": check,
    "index": index,
    "roll_up": roll_up,
    "ask": ask,
    "pandas": with_pandas,
    "sidecars": with_sidecars,
    "metrics_index": metric_charts.index,
    "charts": metric_charts.charts,
}


def prepare(folder: Path, items: int) -> Path:
    """The store of that many items, made unless it is there."""
    root = folder / f"store-{items}"
    runs = max(10, items // stores.ITEMS_A_RUN)
    return made(root, f"{items:,} items", lambda path: stores.make(path, items, runs))


def made(root: Path, what: str, make: Callable[[Path], None]) -> Path:
    """The store at `root`, made unless it is there."""
    if not root.exists():
        began = time.perf_counter()
        unfinished = root.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        make(unfinished)
        unfinished.rename(root)
        print(f"{what} written in {time.perf_counter() - began:.0f} s", flush=True)
    return root


def measured(what: str, root: Path) -> Figures:
    """One measurement; nothing where it failed, which is said at once and counts as not measured."""
    try:
        return apart(__file__, what, root)
    except SystemExit as error:
        print(error, flush=True)
        NOT_MEASURED.append(f"{what} of {root.name}: it failed, see above")
        return {}


def items_at(folder: Path, sizes: list[int]) -> dict[int, Figures]:
    """What is measured on each store of items."""
    found: dict[int, Figures] = {}
    for items in sizes:
        root = prepare(folder, items)
        without_index = ["pandas", "sidecars"] if items == sizes[0] else []
        found[items] = {}
        for what in ["check", "index", "roll_up", "ask", *without_index]:
            found[items] |= measured(what, root)
    return found


def metrics_at(folder: Path, steps: int) -> dict[str, Figures]:
    """What is measured on each store of metrics."""
    found: dict[str, Figures] = {}
    for shape in metric_charts.shapes(steps):
        title = metric_charts.title(shape)
        make = functools.partial(metric_stores.make, shape=shape)
        root = made(folder / metric_charts.folder_of(shape), title, make)
        found[title] = measured("metrics_index", root) | measured("charts", root)
    return found


def show_others(found: dict[int, Figures]) -> None:
    """The ways without an index, extrapolated."""
    sizes = [*found]
    smallest = sizes[0]
    print(f"\nWithout an index, measured with {smallest:,} items and extrapolated in proportion:\n")
    print("| what | " + " | ".join(f"{size:,} items" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for name, words in OTHERS:
        if name not in found[smallest]:
            continue
        values = [shown(found[smallest][name] * size / smallest) for size in sizes]
        print(f"| {words} | {values[0]} | " + " | ".join(f"~ {value}" for value in values[1:]) + " |")


def draw_refresh(found: dict[int, Figures], path: Path) -> None:
    """What a refresh costs as a curve, unless it was not measured."""
    if all(chart.REFRESH.keys() <= figures.keys() for figures in found.values()):
        lines = {words: [(size, found[size][name]) for size in found] for name, words in chart.REFRESH.items()}
        path.write_text(chart.drawn(lines, goal_s=0.3), "utf-8")
        print(f"\nWhat a refresh costs is drawn in {path}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000, help="of the largest store; others have a tenth of it")
    parser.add_argument(
        "--steps", type=int, default=100_000, help="of each metric in the stores of metrics; 0 for none"
    )
    parser.add_argument("--stores", type=Path, help="keep the stores in this folder, and use those that are there")
    parser.add_argument("--chart", type=Path, help="where to draw what a refresh costs, as SVG")
    parser.add_argument("--one", choices=MEASURES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    began = time.perf_counter()
    if given.one:
        print(json.dumps(MEASURES[given.one](given.folder)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = given.stores or Path(temporary)
        sizes = sorted({max(10, given.items // share) for share in (100, 10, 1)})
        found = items_at(folder, sizes)
        show(ROWS, {f"{size:,} items": figures for size, figures in found.items()}, grows=True)
        show_others(found)
        if given.chart:
            draw_refresh(found, given.chart)
        if given.steps:
            show(metric_charts.ROWS, metrics_at(folder, given.steps))
        print("\nNot measured here:\n\n" + "\n".join(f"- {one}" for one in NOT_MEASURED))
        print(f"\nIt took {(time.perf_counter() - began) / 60:.0f} minutes.")


if __name__ == "__main__":
    main()
