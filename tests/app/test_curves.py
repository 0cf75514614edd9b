"""The page that leads from a point of a curve to its media, and the figures it draws."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.draw import curves
from mediastore.draw.curves import Curve
from mediastore.view import charts

Open = Callable[..., AppTest]
Write = Callable[..., str]
Data = Callable[[AppTest, str], dict[str, Any]]


def curve(values: Any, name: str = "run") -> Curve:
    values = np.asarray(values, float)
    return Curve("project/run", name, "#007896", np.arange(len(values)), values)


def test_a_step_in_the_link_shows_the_media_of_that_step(app: Open, write_run: Write, component_data: Data) -> None:
    refs = [write_run("one"), write_run("two")]
    test = app("curves", at="2")
    assert not test.exception
    assert component_data(test, "curves")["mark"] == 2
    media = component_data(test, "curve_media")
    assert [group["note"] for group in media["groups"]] == ["step 2", "step 2"]
    assert {tuple(tile["id"])[:2] for tile in media["tiles"]} == {tuple(ref.split("/")) for ref in refs}
    assert {tile["caption"] for tile in media["tiles"]} == {"at 2"}


def test_a_step_without_media_shows_the_nearest_and_says_so(app: Open, write_run: Write, component_data: Data) -> None:
    write_run(steps=range(9), every=4)
    media = component_data(app("curves", at="5"), "curve_media")
    assert media["groups"][0]["note"] == "step 4 · the nearest to 5 that has media"


def test_without_a_step_the_last_media_are_shown(app: Open, write_run: Write, component_data: Data) -> None:
    write_run()
    test = app("curves")
    assert component_data(test, "curves")["mark"] is None
    assert component_data(test, "curve_media")["groups"][0]["note"] == "step 4"


def test_metrics_of_the_link_are_drawn(app: Open, write_run: Write, component_data: Data) -> None:
    write_run()
    test = app("curves", metric=["val/score"])
    assert [chart["id"] for chart in component_data(test, "curves")["groups"][0]["charts"]] == ["val/score"]


@pytest.mark.parametrize("params", [{"at": "-3"}, {"at": "x"}, {"metric": ["none such"]}, {"media": "none such"}])
def test_a_link_that_asks_for_nonsense_shows_the_page(app: Open, write_run: Write, params: dict[str, Any]) -> None:
    write_run()
    test = app("curves", **params)
    assert not test.exception
    assert test.title[0].value == "Curves"


def test_a_typed_step_is_taken(app: Open, write_run: Write, component_data: Data) -> None:
    write_run()
    test = app("curves")
    test.number_input(key="at").set_value(0).run()
    assert component_data(test, "curve_media")["groups"][0]["note"] == "step 0"


def test_runs_without_media_are_named_after_one_that_has_some(
    app: Open, write_run: Write, root: Path, component_data: Data
) -> None:
    for place in range(7):
        with mediastore.init(project="cells", name=f"without {place}", id=f"{place}", dir=root) as run:
            run.log({"train/loss": 1.0}, step=0)
    refs = [*(f"cells/{place}" for place in range(7)), write_run("with")]
    some, none = component_data(app("curves", run=refs), "curve_media")["groups"]
    assert (some["title"], some["note"]) == ("with", "step 4")
    assert none["title"] == "Nothing under val/view"
    assert none["empty"] == "without 6, without 5, without 4, without 3, without 2 and 2 more"


def test_more_media_than_are_shown_are_counted(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="cells", dir=root) as run:
        run.log(
            {"loss": 1.0, "view": [mediastore.Image(np.full((4, 4), grey, np.uint8)) for grey in range(30)]}, step=3
        )
    media = component_data(app("curves"), "curve_media")
    assert len(media["tiles"]) == 24
    assert media["aside"] == "the first of 30"
    assert media["groups"][0]["note"] == "step 3 · 24 of 30 items"


def test_metrics_alone_are_drawn_and_media_asked_for(app: Open, root: Path) -> None:
    with mediastore.init(project="cells", dir=root) as run:
        run.log({"loss": 1.0}, step=0)
    test = app("curves")
    assert not test.exception
    assert "no media" in test.text[0].value


def test_media_alone_ask_for_metrics(app: Open, root: Path) -> None:
    with mediastore.init(project="cells", dir=root) as run:
        run.log({"view": mediastore.Image(np.zeros((8, 8, 3), np.uint8))}, step=0)
    test = app("curves")
    assert not test.exception
    assert "no metrics" in test.text[0].value


def test_a_long_curve_says_how_much_of_it_is_drawn(
    app: Open, root: Path, component_data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "POINTS_WIDE", 8)
    with mediastore.init(project="cells", dir=root) as run:
        for step in range(40):
            run.log({"loss": float("nan") if step == 7 else step % 5}, step=step)
    test = app("curves")
    (chart,) = component_data(test, "curves")["groups"][0]["charts"]
    assert chart["remark"] == "6 of 39 points a line; zoom for more · 1 value is not finite"
    assert (chart["more"], len(chart["figure"]["data"][0]["x"])) == (True, 6)
    test.query_params["zoom"] = ["10.2..16|0.5..3@loss", "nonsense", "9..nan@loss", "..@"]
    test.run()
    (closer,) = component_data(test, "curves")["groups"][0]["charts"]
    assert closer["figure"]["data"][0]["x"] == [10, *range(11, 17), 17]
    assert (closer["more"], closer["remark"]) == (True, "1 value is not finite")


def test_a_short_curve_is_drawn_as_it_is_with_its_points() -> None:
    (line,) = curves.figure([curve([3, 1, 2])])["data"]
    assert (line["x"], line["y"], line["mode"]) == ([0, 1, 2], [3, 1, 2], "lines+markers")
    assert curves.remark([curve([3, 1, 2])]) == ""


def test_names_are_text_to_plotly() -> None:
    (line,) = curves.figure([curve([1], name="<a href='x'>&</a>")])["data"]
    assert line["name"] == "&lt;a href='x'&gt;&amp;&lt;/a&gt;"


def test_metrics_are_grouped_by_what_stands_before_the_first_slash() -> None:
    groups = curves.by_prefix(["val/a", "lr", "audio/c", "train/x/y", "train/b", "val/"])
    assert list(groups.items()) == [
        ("train", ["train/b", "train/x/y"]),
        ("val", ["val/", "val/a"]),
        ("audio", ["audio/c"]),
        ("", ["lr"]),
    ]


def test_an_overview_keeps_the_first_metrics_in_that_order() -> None:
    assert curves.overview(["a/1", "val/2", "train/3", "train/4"], 3) == {
        "train": ["train/3", "train/4"],
        "val": ["val/2"],
    }


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["audio/x", "train/loss", "val/loss", "val/mAP50"], ["train/loss", "val/mAP50"]),
        (["train/loss", "val/loss"], ["train/loss", "val/loss"]),
        (["train/a", "train/b"], ["train/a", "train/b"]),
        (["loss"], ["loss"]),
        ([], []),
    ],
)
def test_the_first_look_is_of_two_prefixes_and_two_measures(names: list[str], chosen: list[str]) -> None:
    assert curves.first_look(names) == chosen


@pytest.mark.parametrize(
    ("steps", "wanted", "nearest"), [([0, 10], 4, 0), ([0, 10], 6, 10), ([0, 10], 5, 0), ([], 1, None)]
)
def test_the_nearest_step_is_the_earlier_of_two(steps: list[int], wanted: int, nearest: int | None) -> None:
    assert curves.nearest_step(steps, wanted) == nearest


def test_growing_scores_go_along_with_a_falling_loss(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="cells", dir=root) as run:
        for step in range(6):
            box = mediastore.Box((1, 1, 4, 4), label="cell", score=step / 10)
            run.log(
                {"loss": 1 / (step + 1), "view": mediastore.Image(np.zeros((8, 8), np.uint8), boxes=[box])}, step=step
            )
    test = app("curves", along="true", metric=["loss"])
    assert not test.exception
    table = test.dataframe[0].value
    assert table.iloc[0][["metric", "number", "n"]].tolist() == ["loss", "mean score of cell, predictions", 6]
    assert table["spearman"][0] == pytest.approx(-1)
    (trace,) = component_data(test, "correlation_scatter")["groups"][0]["charts"][0]["figure"]["data"]
    assert trace["customdata"] == [0, 1, 2, 3, 4, 5]
    assert trace["x"][-1] == 0.5


def test_media_whose_numbers_never_change_say_so(app: Open, write_run: Write) -> None:
    write_run()
    test = app("curves", along="true")
    assert not test.exception
    assert "No metric and no number" in " ".join(text.value for text in test.text)
