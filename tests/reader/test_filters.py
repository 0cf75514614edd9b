"""Every filter, alone and together, against what a loop over the records says; conditions that a person types."""

from collections.abc import Callable
from typing import Any

import pytest

from mediastore.errors import MediaStoreError
from mediastore.reader.store import Store

Make = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def varied(shared_by_hand, item: Make, box: Make) -> Store:
    """Three runs: adam (running), sgd, and one whose config says little."""
    adam = shared_by_hand.run(
        "adam",
        status="failed",
        tags=["a", "best"],
        notes="it's good",
        config={"lr": 0.01, "model": "x", "optimizer": {"name": "adam"}, "a.b": 1, "big": True, 'q"u': 2},
        summary={"loss": 0.2, "worst": "NaN"},
    )
    sgd = shared_by_hand.run("sgd", config={"lr": 0.0001, "model": "y's", "optimizer": {"name": "sgd"}}, tags=["a"])
    other = shared_by_hand.run("other", project="Else", config={"lr": "auto"}, summary={"loss": 3})
    cat = box("cat", 0.9, box=[0.0, 0.0, 20.0, 10.0], text="A big one", frame=3, track=7, scores={"iou": 0.4})
    dog = box("dog", 0.3, box=[0.0, 0.0, 10.0, 40.0], type="box", frame=5)
    shared_by_hand.items(
        item(0, 0, run="adam", annotations=[cat, dog], width=100, height=100, values={"loss": 1.5, "ok": "yes"}),
        item(0, 1, run="adam", annotations=[dog], width=40, height=20, values={"loss": "NaN"}, caption="It's a dog"),
        item(1, 0, run="adam", width=100, height=100),
        folder=adam,
    )
    shared_by_hand.items(item(0, 0, run="sgd", annotations=[box("cat", None, "ground_truth"), dog]), folder=sgd)
    shared_by_hand.items(item(2, 5, "val/speech", run="other", project="Else", kind="audio"), folder=other)
    return Store(shared_by_hand.root)


PLACES = {"a00": 0, "a01": 1, "a10": 2, "s": 3, "o": 4}
CASES: list[tuple[dict[str, Any], str]] = [
    ({"project": "Else"}, "o"),
    ({"project": ["demo", "none"]}, "a00 a01 a10 s"),
    ({"status": "failed"}, "a00 a01 a10"),
    ({"tag": "a"}, "a00 a01 a10 s"),
    ({"tag": ["best", "worst"]}, "a00 a01 a10"),
    ({"config": {"lr": (0.001, None)}}, "a00 a01 a10"),
    ({"config": {"lr": (None, 0.001)}}, "s"),
    ({"config": {"lr": "auto"}}, "o"),
    ({"config": {"model": ["x", "y's"]}}, "a00 a01 a10 s"),
    ({"config": {"optimizer.name": "sgd", "model": "y's"}}, "s"),
    ({"config": {"a.b": 1, "big": True, 'q"u': (2, 2)}}, "a00 a01 a10"),
    ({"config": {"big": False}}, ""),
    ({"config": {"x' or true --": 1}}, ""),
    ({"config": {"": 1}}, ""),
    ({"config": {"model": []}}, ""),
    ({"summary": {"loss": (None, 1)}}, "a00 a01 a10"),
    ({"summary": {"worst": (0, None)}}, ""),
    ({"where": "config.lr > 0.001"}, "a00 a01 a10"),
    ({"where": "config.lr > 0.001 and config.model = 'x'"}, "a00 a01 a10"),
    ({"where": "config.model = 'y''s'"}, "s"),
    ({"where": "CONFIG.lr < 1e-3 or project = 'Else'"}, "s o"),
    ({"where": "not (config.lr >= .001) and config.optimizer.name in ('adam', 'sgd')"}, "s"),
    ({"where": 'config."a.b" = 1 and config.big = true'}, "a00 a01 a10"),
    ({"where": "config.missing is null and config.lr is not null"}, "a00 a01 a10 s o"),
    ({"where": "summary.worst > 0"}, ""),
    ({"where": "values.loss > 1 and width >= 100"}, "a00"),
    ({"where": "values.loss < 1e9"}, "a00"),
    ({"where": "values.ok = 'yes'"}, "a00"),
    ({"where": "width = 40 or config.model = 'y''s'"}, "a01 s"),
    ({"where": "caption like '%dog' and status not in ('finished')"}, "a01"),
    ({"where": "notes = 'it''s good' and step >= 1"}, "a10"),
    ({"kind": "audio"}, "o"),
    ({"values": {"loss": (1, None)}}, "a00"),
    ({"values": {"loss": 1.5, "ok": "yes"}}, "a00"),
    ({"label": ["cat", "dog"]}, "a00 a01 s"),
    ({"labels_all": ["cat", "dog"]}, "a00 s"),
    ({"labels_all": ["cat", "dog"], "layer": "predictions"}, "a00"),
    ({"labels_all": ["cat"], "labels_none": "dog"}, ""),
    ({"labels_none": "cat"}, "a01 a10 o"),
    ({"labels_none": "cat", "score": (0.5, None)}, "a01 a10 s o"),
    ({"labels_none": "cat", "label": "dog"}, "a01"),
    ({"labels_none": ["dog", "cat"]}, "a10 o"),
    ({"scores": {"iou": (0.3, 0.5)}}, "a00"),
    ({"scores": {"iou": (0.5, None)}}, ""),
    ({"area": (300, None)}, "a00 a01 s"),
    ({"area": (None, 200)}, "a00"),
    ({"area_share": (0.3, 1.0)}, "a01"),
    ({"area_share": (None, 0.03)}, "a00"),
    ({"area_share": (0.03, 0.05), "label": "dog"}, "a00"),
    ({"aspect": (1, None)}, "a00 s"),
    ({"aspect": (0.25, 0.25), "label": "dog"}, "a00 a01 s"),
    ({"text": "BIG"}, "a00"),
    ({"type": "box", "track": 7}, "a00"),
    ({"track": ["7", "8"]}, "a00"),
    ({"frame": 5}, "a00 a01 s"),
    ({"frame": (None, 4)}, "a00"),
    ({"label": "cat", "frame": 5}, ""),
]


@pytest.mark.parametrize(("filters", "expected"), CASES, ids=str)
def test_a_filter_accepts_these_items(varied: Store, filters: dict[str, Any], expected: str) -> None:
    found = varied.items(**filters)
    names = {("adam", 0, 0): "a00", ("adam", 0, 1): "a01", ("adam", 1, 0): "a10", ("sgd", 0, 0): "s"}
    places = [names.get(place, "o") for place in found[["run", "step", "index"]].itertuples(index=False, name=None)]
    assert sorted(places, key=PLACES.__getitem__) == expected.split()
    assert varied.count(**filters) == len(places) == len(varied.records(**filters)) == varied.facets(**filters).found


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"where": "config.lr > 0.001 and status = 'failed'"}, ["adam"]),
        ({"config": {"optimizer.name": "sgd"}}, ["sgd"]),
        ({"tag": "a", "summary": {"loss": (0, 1)}}, ["adam"]),
        ({"run": "demo/sgd"}, ["sgd"]),
        ({}, ["other", "adam", "sgd"]),
    ],
    ids=str,
)
def test_runs_and_metrics_are_narrowed_by_the_filters_of_runs(varied: Store, filters: dict, expected: list) -> None:
    assert varied.runs(**filters)["run"].tolist() == expected
    assert varied.metrics(**filters).empty


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "at character 1, got the end"),
        ("config.lr >", "at character 12, got the end"),
        ("config.lr > 'a' or", "got the end"),
        ("config.lr > 0.1; drop table x", "got '; drop table x' at character 16"),
        ("config.lr > 0.1 -- comment", "at character"),
        ("config > 1", "must name a field of config"),
        ("id = 1", "must compare one of config"),
        ("width = 'a'", "must compare width to a number"),
        ("caption = 3", "must compare caption to a 'text'"),
        ("config.lr in ()", "must have a number"),
        ("config.lr in (1, 'a')", "must have a number"),
        ("config.lr like 3", "must have a 'text'"),
        ("config.lr > 1 config.lr < 2", "and, or, or the end"),
        ("(" * 100 + "step = 1" + ")" * 100, "nest at most"),
        ("step = 1 or " * 500 + "step = 1", "at most 4000 characters"),
        ("config.lr = 1)", "the end"),
        ("and", "a field such as"),
        ("'a' = 'a'", "a field such as"),
        ("config.lr = null", "a number"),
    ],
)
def test_a_condition_that_cannot_be_read_says_where(varied: Store, text: str, said: str) -> None:
    with pytest.raises(MediaStoreError, match=r"^where must") as refused:
        varied.items(where=text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "filters",
    [
        {"score": (0.9, 0.1)},
        {"area": (float("nan"), None)},
        {"config": "lr > 1"},
        {"config": {"lr": None}},
        {"config": {"lr": ("a", None)}},
        {"config": {1: 2}},
        {"values": {"loss": {}}},
        {"frame": "latest"},
        {"caption": 3},
        {"track": 1.5},
        {"label": 3.5},
    ],
    ids=str,
)
def test_a_wrong_filter_is_refused_in_a_sentence(varied: Store, filters: dict[str, Any]) -> None:
    with pytest.raises((MediaStoreError, TypeError), match=r"must|iterable"):
        varied.items(**filters)


def test_runs_are_not_asked_for_what_is_of_items(varied: Store) -> None:
    with pytest.raises(MediaStoreError, match=r"where must speak of runs"):
        varied.runs(where="values.loss > 1")
    with pytest.raises(MediaStoreError, match="runs must be asked by run, project"):
        varied.runs(label="cat")
