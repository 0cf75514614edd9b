"""What a person waits for in the app: `python benchmarks/app.py`, a row or a few with `--one NAME`.

Two stores are made: 2,000 different photographs, 24 a step, and journals of 1,000,000 items in 1,000 runs, as for
`reader.py`; ten boxes each. A real browser times from the press, or from the link, to what is painted: pictures
decoded, boxes drawn, one frame later. Runs of the script are timed over the websocket, and the server's own seconds of
computing beside. The same photographs are shown by `st.image`, by plotly, and by TensorBoard. All are medians.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import app_material
import others
import pressing
import stores
import visiting
from measuring import Figures, Row, show
from reader import made

from mediastore import warming
from mediastore.reader.reindex import reindex, update_all
from mediastore.reader.store import Store

PHOTOGRAPHS = 2_000
FILM_BYTES = 10**9
RERUN_S = 0.1
ROWS: dict[str, tuple[Row, ...]] = {
    "gallery": (
        ("gallery_s", "gallery, 24 tiles with ten boxes each: Next → painted, s", 0.8),
        ("gallery_again_s", "… Previous, to a step that was seen before, s", 0.8),
        ("link_s", "… a link in a new tab → painted, s", ""),
    ),
    "filters": (
        ("label_s", "filter by label → painted, s", 0.05),
        ("score_s", "filter by score → painted, s", 0.05),
    ),
    "curves": (("curve_s", "press on a curve → media of that step painted, s", 0.3),),
    "reruns": tuple(
        row
        for page in visiting.PAGES
        for row in (
            (f"run_{page}_s", f"{page}: a run of its script, s", RERUN_S),
            (f"run_{page}_cpu_s", "… computed by the server, s", ""),
        )
    ),
    "memory": (
        ("opened_mb", "server, every page visited, MB", 500.0),
        ("peak_mb", "… at its peak, MB", 500.0),
        ("film_mb", "… more while a film of 1 GB plays and is sought in, MB", 20.0),
    ),
    "crowd": (
        ("p50_s", f"{visiting.PEOPLE} people at once: a run of the script, median, s", ""),
        ("p95_s", "… 95 of 100 within, s", 1.0),
        ("each_cpu_s", "… computed by the server for each, s", ""),
        ("asked", "… runs in all", ""),
        ("wrong", "… of them wrong", 0.0),
    ),
}
OTHERS = (
    ("mediastore", "gallery_s", "link_s", "24 with ten boxes each"),
    ("Streamlit, `st.image`", "image_s", "image_link_s", "24 without boxes"),
    ("Streamlit, plotly", "plotly_s", "plotly_link_s", "24 with ten boxes each"),
    ("TensorBoard", None, "board_link_s", "12 without boxes, a page of its 24"),
)
NAMES = (*ROWS, "others")


def prepare(folder: Path, items: int, photographs: int, film_bytes: int) -> tuple[dict[str, Path], Path, Path]:
    """The stores by their titles, the store of the film, and the folder of the photographs; made where missing."""
    files = made(folder / f"photographs-{photographs}", f"{photographs:,} photographs", _photographs(photographs))
    logged = made(folder / f"photographs-store-{photographs}", "… logged", _logged(files))
    runs = max(10, items // stores.ITEMS_A_RUN)
    large = made(folder / f"app-store-{items}", f"{items:,} items", lambda path: _large(path, items, runs))
    films = made(folder / f"films-{film_bytes}", "the film", lambda path: app_material.film_store(path, film_bytes))
    return {f"{photographs:,} photographs": logged, f"{items:,} items": large}, films, files


def _photographs(count: int) -> Callable[[Path], None]:
    return lambda path: app_material.photographs(path, count)


def _logged(files: Path) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        app_material.photograph_store(root, files)
        warming.make_all(Store(root))

    return make


def _large(root: Path, items: int, runs: int) -> None:
    stores.make(root, items, runs, sidecars=False)
    update_all(list(reindex(root)), with_strays=False)
    Store(root).refresh()


def measure(name: str, root: Path, films: Path) -> Figures:
    """One group of rows, on one store."""
    if name == "memory":
        return pressing.memory(root, films)
    ways = {"reruns": visiting.reruns, "crowd": visiting.crowd}
    return (ways.get(name) or getattr(pressing, name))(root)


def show_others(figures: Figures) -> None:
    """The same pictures in other programs."""
    print("\n| the same photographs | next step → painted, s | link in a new tab → painted, s | what is painted |")
    print("|---|---|---|---|")
    for title, pressed, opened, what in OTHERS:
        cells = ["–" if name not in figures else f"{figures[name]:.2f}" for name in (pressed, opened)]
        print(f"| {title} | {' | '.join(cells)} | {what} |")


def load() -> str:
    """How many processes wanted a core in the last minute, of how many there are."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000, help="of the large store")
    parser.add_argument("--photographs", type=int, default=PHOTOGRAPHS, help="of the other")
    parser.add_argument("--stores", type=Path, help="keep the stores in this folder, and use those that are there")
    parser.add_argument("--one", choices=NAMES, action="append", help="these rows alone; may be given several times")
    given = parser.parse_args()
    names = given.one or NAMES
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = given.stores or Path(temporary)
        roots, films, files = prepare(folder, given.items, given.photographs, FILM_BYTES)
        found: dict[str, Figures] = {title: {} for title in roots}
        for name in names:
            if name == "others":
                continue
            for title, root in roots.items():
                began = time.perf_counter()
                found[title] |= measure(name, root, films)
                print(f"{name}, {title}: {time.perf_counter() - began:.0f} s, {load()}", flush=True)
        show([row for name in names for row in ROWS.get(name, ())], found)
        if "others" in names:
            first = next(iter(roots))
            ours = found[first] if "gallery" in names else measure("gallery", roots[first], films)
            show_others(ours | others.others(files))
            print(f"\n{load()}")


if __name__ == "__main__":
    main()
