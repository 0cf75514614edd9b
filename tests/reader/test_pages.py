"""Pages that begin after a place, and facets, against what a loop over the rows says."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from mediastore.errors import MediaStoreValueError
from mediastore.reader.store import Store

Make = Callable[..., dict[str, Any]]
LABELS = ["cat", "dog", "owl", None]
SORTS = [
    ("step", {}),
    ("step", {"label": ["cat", "dog"]}),
    ("caption", {}),
    ("run", {}),
    ("duration_s", {}),
    ("score", {}),
    ("score", {"label": ["cat", "dog"]}),
    ("count", {"layer": "truth"}),
    ("count", {"labels_none": "owl"}),
    ("values.loss", {}),
]


def scene(item: Make, box: Make, luck: random.Random, step: int, index: int, **fields: Any) -> dict[str, Any]:
    """An item with what chance gives it: ties, gaps and all."""
    annotations = [
        box(luck.choice(LABELS), luck.choice([None, 0.0, 0.25, 0.5, 0.95, 1.0]), luck.choice(["predictions", "truth"]))
        for _ in range(luck.randrange(4))
    ]
    values = luck.choice([{}, {"loss": luck.choice([1, 2.5])}, {"loss": "NaN"}])
    caption = luck.choice([None, "a", "b"])
    return item(step, index, annotations=annotations, values=values, caption=caption, time=1.0 + step % 3, **fields)


@pytest.fixture(scope="module")
def crowd(shared_by_hand, item: Make, box: Make) -> Store:
    luck = random.Random(7)
    for run in ("first", "second"):
        folder = shared_by_hand.run(run)
        for key in ("val/a", "val/b"):
            scenes = [scene(item, box, luck, step, index, key=key, run=run) for step in range(8) for index in range(2)]
            shared_by_hand.items(*scenes, folder=folder)
    return Store(shared_by_hand.root)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(("sort", "filters"), SORTS)
def test_pages_one_after_another_are_the_whole(crowd: Store, sort: str, descending: bool, filters: dict) -> None:
    order = {"sort": sort, "descending": descending}
    whole = crowd.items(**order, **filters)["path"].tolist()
    frames, records, after = [], [], None
    while True:
        page = crowd.page(**order, **filters, limit=23, after=after)
        frame = crowd.items(**order, **filters, limit=23, after=after)
        assert page.found == len(whole)
        records += [record["path"] for record in page.records]
        frames += frame["path"].tolist()
        after = page.after
        if after is None:
            break
        assert frame.attrs["after"] == after
    assert records == frames == whole
    assert len(set(whole)) == len(whole)


@pytest.mark.parametrize("sort", ["step", "label", "score", "track"])
@pytest.mark.parametrize("descending", [False, True])
def test_annotations_come_in_pages_too(crowd: Store, sort: str, descending: bool) -> None:
    order = {"sort": sort, "descending": descending}
    whole = crowd.annotations(**order)
    found, after = 0, None
    while True:
        page = crowd.annotations(**order, limit=41, after=after)
        same = whole.iloc[found : found + 41].reset_index(drop=True)
        assert page.astype(str).equals(same.astype(str))
        found, after = found + len(page), page.attrs["after"]
        if after is None:
            break
    assert found == len(whole)


def test_a_page_stays_where_it_is_while_the_store_grows(by_hand, item: Make) -> None:
    by_hand.run()
    by_hand.items(*(item(step, time=1.0) for step in (10, 20, 30, 40)))
    store = Store(by_hand.root)
    first = store.page(limit=2)
    by_hand.items(item(5), item(15), item(35))
    store.refresh()
    second = store.page(limit=2, after=first.after)
    assert [record["step"] for record in first.records + second.records] == [10, 20, 30, 35]
    assert second.found == 7
    assert [record["step"] for record in store.page(limit=2, after=second.after).records] == [40]


def test_a_place_of_another_order_or_a_made_up_one_is_refused(crowd: Store) -> None:
    token = crowd.page(limit=2).after
    assert token
    for wrong in (token[:-2] + "AA", "", "x", "ä", "'; drop", token[5:], "AAAA" * 300):
        with pytest.raises(MediaStoreValueError, match="after must be the `after` of a page in the same order"):
            crowd.page(limit=2, after=wrong)
    with pytest.raises(MediaStoreValueError, match="same order"):
        crowd.page(limit=2, after=token, descending=True)
    with pytest.raises(MediaStoreValueError, match="same order"):
        crowd.items(limit=2, after=token, sort="caption")


def fits(row: Any, filters: dict[str, Any], *left_open: str) -> bool:
    low, high = filters.get("score", (0, 9)) if "score" not in left_open else (0, 9)
    named = all(
        row[name] in filters[name] for name in ("label", "layer", "key", "run") if name in set(filters) - {*left_open}
    )
    scored = "score" not in filters or "score" in left_open or (row["score"] == row["score"])
    return bool(named and scored and not (row["score"] < low or row["score"] > high))


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"label": ["cat"]},
        {"label": ["cat", "owl"], "score": (0.25, 0.95)},
        {"layer": ["truth"], "key": ["val/a"]},
        {"run": ["first"], "score": (0.5, 0.5)},
        {"run": ["first"], "key": ["val/b"], "label": ["dog"], "layer": ["predictions"], "score": (0.0, 1.0)},
    ],
    ids=str,
)
def test_facets_are_what_counting_gives(crowd: Store, filters: dict[str, Any]) -> None:
    facets = crowd.facets(**filters)
    rows = crowd.annotations().to_dict("records")
    for name, frame in (("label", facets.labels), ("layer", facets.layers)):
        counted = Counter(str(row[name]) for row in rows if fits(row, filters, name))
        assert dict(zip(frame[name].map(str), frame["annotations"], strict=True)) == counted
    drawn = [row for row in rows if fits(row, filters, "score")]
    scores = [row["score"] for row in drawn if row["score"] == row["score"]]
    assert facets.unscored == len(drawn) - len(scores)
    assert facets.score == ((min(scores), max(scores)) if scores else None)
    for _, bar in facets.scores.iterrows():
        inside = [
            row
            for row in drawn
            if str(row["label"]) == str(bar["label"])
            and (bar["low"] <= row["score"] < bar["high"] or row["score"] == 1.0 == round(bar["high"], 9))
        ]
        assert len(inside) == bar["annotations"]
    assert facets.scores["annotations"].sum() == len(scores)
    assert facets.total == 64
    assert facets.found == crowd.count(**filters)
    open_key = {name: value for name, value in filters.items() if name != "key"}
    assert facets.keys["items"].tolist() == [crowd.count(**open_key, key=key) for key in facets.keys["key"]]
    open_run = {name: value for name, value in filters.items() if name != "run"}
    assert facets.runs["items"].tolist() == [crowd.count(**open_run, run=run) for run in facets.runs["run"]]
    assert facets.kinds["items"].sum() == facets.found


def test_facets_of_nothing_are_empty(by_hand) -> None:
    facets = Store(by_hand.root).facets(label="cat")
    assert (facets.total, facets.found, facets.unscored, facets.score) == (0, 0, 0, None)
    assert facets.labels.empty and facets.scores.empty and facets.keys.empty


def test_scores_beyond_0_to_1_have_bins_too(by_hand, item: Make, box: Make) -> None:
    by_hand.run()
    by_hand.items(item(annotations=[box("cat", score) for score in (-4.0, 0.5, 6.0, 6.0)]))
    facets = Store(by_hand.root).facets(bins=10)
    assert facets.score == (-4.0, 6.0)
    assert facets.scores[["low", "high", "annotations"]].values.tolist() == [[-4, -3, 1], [0, 1, 1], [5, 6, 2]]


def test_facets_follow_a_store_that_grows(by_hand, item: Make, box: Make) -> None:
    by_hand.run()
    by_hand.items(item(0, annotations=[box("cat", 0.9)]))
    store = Store(by_hand.root)
    assert store.facets().labels.values.tolist() == store.facets(score=(0.5, 1)).labels.values.tolist() == [["cat", 1]]
    by_hand.items(item(1, annotations=[box("cat", 0.9), box("dog", 0.2)]))
    store.refresh()
    assert store.facets().labels.values.tolist() == [["cat", 2], ["dog", 1]]
    assert store.facets(score=(0.5, 1)).labels.values.tolist() == [["cat", 2]]
    assert store.facets(label="dog").scores[["label", "annotations"]].values.tolist() == [["dog", 1]]
