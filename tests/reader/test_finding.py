"""What is found among the annotations, held against counting by hand."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mediastore
from mediastore import audit
from mediastore.errors import MediaStoreValueError
from mediastore.reader.finding import RUNS_TOGETHER
from mediastore.reader.reindex import reindex, update_all
from mediastore.reader.search import Search, read_range, written_range
from mediastore.reader.store import Store

Make = Callable[..., dict[str, Any]]
SEARCHES: dict[str, dict[str, Any]] = {
    "everything": {},
    "one label": {"labels": ("cat",)},
    "no label": {"labels": ("",)},
    "labels and a score": {"labels": ("cat", "dog"), "score": (0.3, 0.7)},
    "a layer": {"layers": ("ground_truth",)},
    "a key and a run": {"keys": ("b",), "runs": ("pets/second",)},
    "steps": {"steps": (1.0, None)},
    "a size and a shape": {"area": (50.0, 400.0), "aspect": (None, 1.5)},
    "words": {"text": "SCENE-1"},
    "nothing": {"labels": ("cow",)},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two runs, two keys, three steps; boxes of every label, layer, size and score, and one annotation of no place."""
    root = tmp_path_factory.mktemp("found") / "store"
    draw = np.random.default_rng(3)
    for name in ("first", "second"):
        with mediastore.init(project="pets", id=name, dir=root) as run:
            for step in range(3):
                run.log({key: [picture(draw, place) for place in range(2)] for key in ("a", "b")}, step=step)
    assert audit.check(root).findings == []
    return Store(root)


def picture(draw: np.random.Generator, place: int) -> mediastore.Image:
    boxes = []
    for label in ("cat", "dog", None):
        x, y, wide, tall = draw.integers(1, 25, 4)
        score = float(draw.integers(0, 11)) / 10
        boxes.append(mediastore.Box((x, y, x + wide, y + tall), label=label, score=score))
    boxes.append(mediastore.Box((1, 1, 9, 9), label="cat", layer="ground_truth"))
    labels = [mediastore.Label(label="indoors", score=0.5, text="by eye")]
    return mediastore.Image(np.zeros((60, 60, 3), np.uint8), boxes=boxes, labels=labels, sample=f"scene-{place}")


def fits(row: dict[str, Any], search: Search, leave_open: str = "") -> bool:
    """The same question, asked of one row in Python."""
    has_box = row["x0"] is not None
    area = (row["x1"] - row["x0"]) * (row["y1"] - row["y0"]) if has_box else None
    aspect = (row["x1"] - row["x0"]) / (row["y1"] - row["y0"]) if has_box else None
    named = {"labels": row["label"] or "", "layers": row["layer"], "keys": row["key"], "runs": ref(row)}
    numbers = {"score": row["score"], "steps": row["step"], "area": area, "aspect": aspect}
    words = " ".join(filter(None, (row["text"], row["sample"], row["label"]))).lower()
    asked = {name: getattr(search, name) for name in {**named, **numbers} if name != leave_open}
    among = all(not asked.get(name) or value in asked[name] for name, value in named.items())
    ranges = all(within(value, asked.get(name)) for name, value in numbers.items())
    return among and ranges and search.text.lower() in words


NAME_OF: dict[str, Callable[[dict[str, Any]], str]] = {
    "labels": lambda row: row["label"] or "",
    "layers": lambda row: row["layer"],
    "keys": lambda row: row["key"],
    "runs": lambda row: ref(row),
}


def ref(row: dict[str, Any]) -> str:
    return f"{row['project']}/{row['run']}"


def within(value: float | None, ends: Any) -> bool:
    low, high = ends or (None, None)
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def everything(store: Store) -> list[dict[str, Any]]:
    return store.find(Search(view=("pets/first", "pets/second")))


@pytest.mark.parametrize("together", [RUNS_TOGETHER, 1], ids=["few runs", "many runs"])
@pytest.mark.parametrize("asked", SEARCHES.values(), ids=SEARCHES)
def test_what_is_found_and_its_counts_are_those_of_counting_by_hand(
    store: Store, asked: dict[str, Any], together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediastore.reader.finding.RUNS_TOGETHER", together)
    rows = everything(store)
    search = Search(view=("pets/first", "pets/second"), **asked)
    by_hand = [row for row in rows if fits(row, search)]
    assert store.find(search) == by_hand
    spread = store.spread(search, store.extent(search.view))
    assert spread.found == len(by_hand)
    for facet, name_of in NAME_OF.items():
        counted = Counter(name_of(row) for row in rows if fits(row, search, leave_open=facet))
        assert dict(spread.names[facet]) == {name: counted[name] for name in {name_of(row) for row in rows}}
    scores = [row["score"] for row in rows if row["score"] is not None and fits(row, search, leave_open="score")]
    assert sum(spread.scores) == len(scores)
    assert list(spread.scores) == np.histogram(np.array(scores) + 1e-9, 40, (0, 1 + 1e-9))[0].tolist()


@pytest.mark.parametrize("sort", ["score", "-score", "step", "-step", "area", "-area", "label", "-label"])
def test_every_order_is_total_and_pages_join_without_seam(store: Store, sort: str) -> None:
    search = Search(view=("pets/first", "pets/second"), sort=sort)
    whole = store.find(search)
    parts = [row for start in range(0, len(whole), 7) for row in store.find(search, limit=7, offset=start)]
    assert parts == whole
    assert whole == store.find(search)
    name = sort.removeprefix("-")
    values = [value for value in (value_of(row, name) for row in whole) if value is not None]
    assert values == sorted(values, reverse=sort.startswith("-"))


def value_of(row: dict[str, Any], name: str) -> Any:
    if name == "area":
        return None if row["x0"] is None else (row["x1"] - row["x0"]) * (row["y1"] - row["y0"])
    return row[name]


@pytest.mark.parametrize("sort", ["score", "-score", "area", "-area", "step", "-label"])
def test_pages_join_without_seam_over_scores_of_any_kind(by_hand, item: Make, box: Make, sort: str) -> None:
    scores = [None, "NaN", "Infinity", "-Infinity", 1e9, -1e9, -0.0, 0.0, 0.5, 0.5004, 1.0, 1.0]
    boxes = [box("cat", score, box=[0.0, 0.0, 1.0, 10.0 ** (place % 7)]) for place, score in enumerate(scores)]
    by_hand.run()
    by_hand.items(item(0, annotations=[*boxes, {"layer": "a", "type": "label", "label": None}]))
    store = Store(by_hand.root)
    search = Search(view=tuple(store.runs()["ref"]), sort=sort)
    places = [row["position"] for row in store.find(search)]
    parts = [row["position"] for start in range(0, 16, 2) for row in store.find(search, limit=2, offset=start)]
    assert parts == places
    assert sorted(places) == list(range(len(scores) + 1))


def test_a_view_of_one_run_knows_nothing_of_the_other(store: Store) -> None:
    search = Search(view=("pets/second",))
    assert {ref(row) for row in store.find(search)} == {"pets/second"}
    assert [name for name, _ in store.spread(search, store.extent(search.view)).names["runs"]] == ["pets/second"]
    assert store.extent(()).annotations == 0
    assert store.find(Search(view=())) == []


def test_only_the_files_of_the_runs_in_view_are_read_and_label_and_score_reach_them(
    by_hand, item: Make, box: Make
) -> None:
    for number in range(4):
        by_hand.items(item(run=f"run-{number}", annotations=[box("cat", 0.9)]), folder=by_hand.run(f"run-{number}"))
    update_all(list(reindex(by_hand.root)))
    store = Store(by_hand.root)
    search = Search(view=("demo/run-2",), labels=("cat",), score=(0.5, None))
    query, values = store._rows_of(search, limit=60)
    [(_, plan)] = store._rows(f"explain (analyze, format json) {query}", values)
    parts = [part for top in json.loads(plan)["operator"] for part in parts_of(top)]
    [read] = [part for part in parts if part["extra_info"].get("Function") == "READ_PARQUET"]
    assert (read["row_groups_scanned"], read["total_row_groups_to_scan"]) == (1, 4)
    assert "label = 'cat'" in str(read["extra_info"]["Filters"])
    assert "score >= 0.5" in str(read["extra_info"]["Filters"])


def parts_of(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operator of a plan."""
    return [plan, *(part for child in plan.get("children", ()) for part in parts_of(child))]


def test_a_row_says_where_it_lies_and_what_it_lies_on(store: Store) -> None:
    row = store.find(Search(view=("pets/first",), labels=("dog",), steps=(2, 2), keys=("b",)))[0]
    assert (row["kind"], row["width"], row["height"], row["position"]) == ("image", 60, 60, 1)
    (record,) = store.records(run="first", key="b", step=2, index=row["index"])
    assert record["annotations"][row["position"]]["score"] == row["score"]


def test_scores_beyond_0_to_1_have_their_own_histogram(root: Path) -> None:
    with mediastore.init(project="pets", id="wide", dir=root) as run:
        boxes = [mediastore.Box((1, 1, 9, 9), label="cat", score=score) for score in (-5.0, 0.0, 15.0)]
        run.log({"a": mediastore.Image(np.zeros((20, 20), np.uint8), boxes=boxes)})
    store = Store(root)
    within_all = store.extent(("pets/wide",))
    assert within_all.scores == (-5.0, 15.0)
    spread = store.spread(Search(view=("pets/wide",)), within_all)
    assert [place for place, count in enumerate(spread.scores) if count] == [0, 10, 39]


def test_a_search_survives_its_link() -> None:
    ranges = {"score": (0.5, None), "area": (None, 3.25)}
    search = Search(view=("a/b",), labels=("", "x&y"), runs=("p/q/r",), text="é", sort="step", **ranges)
    assert Search.from_params(("a/b",), search.to_params()) == search
    assert Search(view=("a",)).to_params() == {}


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("0.5..0.9", (0.5, 0.9)),
        ("..3", (None, 3.0)),
        ("-1..", (-1.0, None)),
        *((text, None) for text in ("..", "", "0.9..0.1", "a..b", "nan..1", "0..inf", "5")),
    ],
)
def test_a_range_of_a_link_is_two_numbers_of_which_one_may_be_missing(text: str, ends: Any) -> None:
    assert read_range(text) == ends
    assert ends is None or read_range(written_range(ends)) == ends


def test_an_order_that_is_none_is_refused_in_code_and_passed_over_in_links() -> None:
    with pytest.raises(MediaStoreValueError, match="sort must be one of score, step"):
        Search(view=(), sort="beauty")
    assert Search.from_params((), {"sort": ["beauty"], "score": ["x"]}) == Search(view=())


def test_what_is_found_comes_in_batches_whose_first_tells_the_columns(store: Store) -> None:
    first, *rest = store.find_all(Search(view=("pets/first",), labels=("cow",)))
    assert first.num_rows == 0 and rest == []
    assert first.schema.names[:7] == ["project", "run", "key", "step", "index", "position", "path"]
    batches = list(store.find_all(Search(view=("pets/first",))))
    assert sum(batch.num_rows for batch in batches) == store.extent(("pets/first",)).annotations


def test_strangers_words_are_bound_never_read(store: Store) -> None:
    assert store.find(Search(view=("pets/first",), text="' or true --", labels=("'; drop view items; --",))) == []
    assert store.count() == 24
