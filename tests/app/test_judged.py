"""The pages that hold predictions against the truth: Mistakes, Progress and What changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.draw import since, verdicts
from mediastore.view import mistakes

Open = Callable[..., AppTest]
Write = Callable[..., str]
Data = Callable[[AppTest, str], dict[str, Any]]
PAGES = ("mistakes", "progress", "changed")
CAT, DOG = "<b>cat</b>", "dog"


def picture(step: int, place: int) -> mediastore.Image:
    """A cat and a dog; the dog is found from step 1 on, the cat at step 0 alone, and a false alarm from step 1 on."""
    cat, dog = (10, 10, 40, 40), (60, 10, 90, 40)
    boxes = [
        mediastore.Box(cat, label=CAT, layer="ground_truth"),
        mediastore.Box(dog, label=DOG, layer="ground_truth"),
        mediastore.Box(cat, label=CAT if step == 0 else DOG, score=0.8),
        mediastore.Box(dog, label=DOG, score=0.2 + 0.4 * min(step, 1)),
    ]
    if step:
        boxes.append(mediastore.Box((10, 60, 40, 75), label=DOG, score=0.55))
    return mediastore.Image(np.zeros((80, 100, 3), np.uint8), boxes=boxes, sample=f"scene-{place}")


@pytest.fixture
def pets(root: Path) -> str:
    with mediastore.init(project="pets", name="one", dir=root) as run:
        for step in range(3):
            run.log({"val/pets": [picture(step, place) for place in range(2)]}, step=step)
        return f"{run.project}/{run.id}"


def bars(block: dict[str, Any]) -> dict[str, int]:
    return {bar["name"]: bar["count"] for bar in block["bars"]}


def cells(block: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(block["rows"][cell["row"]], block["columns"][cell["column"]]): cell["count"] for cell in block["cells"]}


@pytest.mark.parametrize("page", PAGES)
def test_runs_without_truth_say_what_to_log(app: Open, write_run: Write, page: str) -> None:
    write_run()
    test = app(page)
    assert not test.exception
    assert "No run in view holds both layers" in " ".join(text.value for text in test.text)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "params",
    [
        {"step": "7", "step_before": "-1"},
        {"pick": "cell:["},
        {"pick": "kind:none"},
        {"part": "99"},
        {"key": "no"},
        {"of": "x"},
    ],
    ids=str,
)
def test_a_link_that_asks_for_nonsense_shows_the_page(app: Open, pets: str, page: str, params: dict[str, str]) -> None:
    assert not app(page, **params).exception


def test_the_last_step_is_judged_and_every_number_names_its_objects(app: Open, pets: str, component_data: Data) -> None:
    test = app("mistakes")
    assert not test.exception
    matrix, kinds = component_data(test, "verdicts")["blocks"]
    assert cells(matrix) == {(CAT, DOG): 2, (DOG, DOG): 2, ("nothing", DOG): 2}
    assert bars(kinds) == {
        "badly placed": 0,
        "wrong label": 2,
        "both": 0,
        "duplicate": 0,
        "nothing there": 2,
        "missed": 0,
    }
    shown = component_data(test, "judged_objects")
    assert shown["found"] == 6
    assert {(tile["label"], tile["note"]) for group in shown["groups"] for tile in group["tiles"]} == {
        (DOG, f"wrong label, true {CAT}"),
        (DOG, "nothing there"),
        (CAT, "lost: wrong label"),
    }


def test_a_pressed_number_shows_its_objects_alone(app: Open, pets: str, component_data: Data) -> None:
    shown = component_data(app("mistakes", pick=f"cell:{json.dumps([CAT, DOG])}"), "judged_objects")
    assert shown["found"] == 2
    (tile,) = shown["groups"][0]["tiles"]
    assert tile["id"][:5] == [*pets.split("/"), "val/pets", 2, 0]
    assert [other["layer"] for other in tile["others"]] == ["ground_truth"]
    background = component_data(app("mistakes", pick="kind:background"), "judged_objects")
    assert {group["tiles"][0]["note"] for group in background["groups"]} == {"nothing there"}


def test_thresholds_and_step_of_the_link_count(app: Open, pets: str, component_data: Data) -> None:
    matrix, _ = component_data(app("mistakes", step="0", least="0.1"), "verdicts")["blocks"]
    assert cells(matrix) == {(CAT, CAT): 2, (DOG, DOG): 2}
    matrix, _ = component_data(app("mistakes", step="0", least="0.9"), "verdicts")["blocks"]
    assert cells(matrix) == {(CAT, "nothing"): 2, (DOG, "nothing"): 2}


@pytest.mark.parametrize("view", mistakes.VIEWS)
def test_each_view_is_a_link(app: Open, pets: str, view: str) -> None:
    test = app("mistakes", show=view)
    assert not test.exception
    assert test.segmented_control(key=mistakes.VIEW).value == view


def test_the_hardest_pictures_say_how_wrong_they_are(app: Open, pets: str, component_data: Data) -> None:
    tiles = component_data(app("mistakes", show="Hardest pictures"), "judged_items")["tiles"]
    assert [tile["values"]["false alarms"] for tile in tiles] == [2.0, 2.0]


@pytest.mark.parametrize(("pick", "is_said"), [("", True), ("kind:missed", False)])
def test_mistakes_says_in_which_order_all_of_them_stand(app: Open, pets: str, pick: str, is_said: bool) -> None:
    test = app("mistakes", **({"pick": pick} if pick else {}))
    assert any("the most confident first" in one.value for one in test.caption) == is_said


def test_progress_tells_since_when_each_label_is_found(app: Open, pets: str, component_data: Data) -> None:
    test = app("progress")
    assert not test.exception
    table = test.dataframe[0].value.set_index("label")
    assert table.loc[CAT, ["first_found", "works_since"]].isna().tolist() == [False, True]
    assert table.loc[DOG, ["first_found"]].tolist() == [1]
    groups = component_data(test, "progress")["groups"]
    assert [chart["id"] for chart in groups[0]["charts"]] == [f"label:{CAT}", "label:dog"]
    assert groups[0]["charts"][0]["figure"]["data"][0]["y"] == [1.0, 0.0, 0.0]
    assert len(groups[1]["charts"]) == len(verdicts.KINDS)


@pytest.fixture
def schooled(root: Path) -> str:
    """A run whose steps are the ends of epochs."""
    with mediastore.init(project="pets", name="one", dir=root) as run:
        for epoch, step in enumerate((0, 40, 80)):
            run.log({"epoch": epoch, "val/pets": [picture(epoch, 0)]}, step=step)
        return f"{run.project}/{run.id}"


def test_steps_are_called_by_their_epochs(app: Open, schooled: str, component_data: Data) -> None:
    test = app("progress")
    assert not test.exception
    assert test.dataframe[0].value.set_index("label").loc[DOG, "first_found"] == 1
    curve = component_data(test, "progress")["groups"][0]["charts"][0]["figure"]["data"][0]
    assert (curve["x"], curve["customdata"]) == ([0, 1, 2], [0, 40, 80])
    test = app("changed", step_before="40")
    before = test.selectbox(key="step_before_named")
    assert (before.label, before.options[1]) == ("Epoch before", "epoch 1 · step 40")
    assert before.value == 40
    before.select_index(0).run()
    assert test.query_params["step_before"] == "0"
    assert test.selectbox(key="step_after_named").value == 80
    assert app("mistakes", step="50").selectbox(key="step_named").value == 40


def test_a_label_without_truth_breaks_no_chart(app: Open, root: Path, component_data: Data) -> None:
    boxes = [mediastore.Box((0, 0, 9, 9), label=CAT, layer="ground_truth")]
    boxes += [mediastore.Box((0, 0, 9, 9), label=label, score=0.8) for label in (CAT, DOG)]
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"val": mediastore.Image(np.zeros((16, 16, 3), np.uint8), boxes=boxes)}, step=0)
    for page, key in (("progress", "progress"), ("mistakes", "precision_recall"), ("mistakes", "calibration")):
        show = {"precision_recall": "Precision and recall", "calibration": "Calibration"}.get(key, "Objects")
        test = app(page) if page == "progress" else app(page, show=show)
        assert "NaN" not in json.dumps(component_data(test, key))


@pytest.mark.parametrize(
    ("pick", "count"), [(f"label:{DOG}", 4), (f"label:{CAT}", 2), (f"point:{DOG}", 6), ("point:x", 0)]
)
def test_a_label_is_looked_at_alone(app: Open, pets: str, component_data: Data, pick: str, count: int) -> None:
    test = app("mistakes", pick=pick)
    assert not test.exception
    assert not count or component_data(test, "judged_objects")["found"] == count
    next(button for button in test.button if button.label == "Show all mistakes").click().run()
    assert component_data(test, "judged_objects")["found"] == 6


def test_compare_and_what_changed_lead_to_each_other(app: Open, pets: str) -> None:
    test = app("changed", step_before="0", step_after="2")
    (link,) = [one.proto for one in test.get("page_link") if one.proto.label == "Side by side in Compare"]
    assert f"places={quote_plus(pets + '@0')}&places={quote_plus(pets + '@2')}" in link.query_string
    test = app("compare", key="val/pets", places=[f"{pets}@0", f"{pets}@2"])
    (link,) = [one.proto for one in test.get("page_link") if one.proto.label == "All that changed"]
    assert "step_before=0" in link.query_string and "step_after=2" in link.query_string


def test_what_changed_pairs_each_object_before_and_after(app: Open, pets: str, component_data: Data) -> None:
    test = app("changed", step_before="0", step_after="2")
    assert not test.exception
    truths, predictions = component_data(test, "changes")["blocks"]
    assert cells(truths) == {
        ("found", "found"): 0,
        ("found", "not found"): 2,
        ("not found", "found"): 2,
        ("not found", "not found"): 0,
    }
    assert sum(bars(predictions).values()) > 0
    shown = component_data(test, "changed_objects")
    assert [group["title"] for group in shown["groups"]] == [f"{CAT} · scene-0", f"{CAT} · scene-1"]
    assert [tile["note"] for tile in shown["groups"][0]["tiles"]] == ["found, score 0.80", "not found"]
    assert "2 fixed, 2 broken" in test.markdown[0].value.replace("\\", "")


@pytest.mark.parametrize("change", verdicts.CHANGES)
def test_each_change_of_predictions_opens_its_objects(app: Open, pets: str, component_data: Data, change: str) -> None:
    test = app("changed", step_before="0", step_after="2", pick=f"change:{change}")
    assert not test.exception
    _, predictions = component_data(test, "changes")["blocks"]
    count = bars(predictions)[change]
    assert not count or component_data(test, "changed_objects")["found"] == count


def test_pictures_that_changed_most_are_shown(app: Open, pets: str, component_data: Data) -> None:
    test = app("changed", step_before="0", step_after="2", show="Pictures that changed most")
    assert [tile["values"]["broken"] for tile in component_data(test, "judged_items")["tiles"]] == [1.0, 1.0]


def steps(*rows: tuple[int, int, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"ref": "a/b", "label": "cat", "truths": 3, "step": step, "TP": right, "AP50": ap} for step, right, ap in rows]
    )


@pytest.mark.parametrize(
    ("rows", "first", "since_step", "at"),
    [
        ([(0, 0, 0.0), (5, 1, 0.2), (9, 3, 0.9)], 5, 9, 9),
        ([(0, 1, 0.5), (5, 1, 0.1), (9, 3, 0.6), (12, 3, 0.5)], 0, 9, 9),
        ([(0, 1, 0.8), (5, 1, 0.9), (9, 3, 0.1)], 0, None, 5),
        ([(0, 0, 0.0), (5, 0, 0.0)], None, None, 0),
    ],
)
def test_a_label_works_since_it_stays_at_half_of_its_best(
    rows: list[tuple[int, int, float]], first: int | None, since_step: int | None, at: int
) -> None:
    told = since.since_when(steps(*rows), "AP50").iloc[0]
    assert (None if pd.isna(told["first_found"]) else told["first_found"]) == first
    assert (None if pd.isna(told["works_since"]) else told["works_since"]) == since_step
    assert told["at"] == at


def test_a_link_names_the_run_by_its_place_whatever_it_is_called(
    app: Open, root: Path, pets: str, component_data: Data
) -> None:
    with mediastore.init(project="pets", name="two", dir=root) as run:
        run.log({"val/pets": [picture(0, 0)]}, step=0)
    for page, key in (("mistakes", "judged_objects"), ("changed", "changed_objects")):
        test = app(page, of=pets, of_before=pets, of_after=pets, step_before="0", least="0.1")
        assert not test.exception
        shown = component_data(test, key)
        assert {tile["id"][1] for group in shown["groups"] for tile in group["tiles"]} == {pets.split("/")[1]}


def test_how_sure_the_numbers_are_is_told_on_request(app: Open, pets: str) -> None:
    test = app("mistakes")
    next(button for button in test.button if button.label == "How sure are these?").click().run()
    assert not test.exception
    said = " ".join(one.value for one in test.caption)
    assert "precision 0.333 (0.333 to 0.333)" in said
    assert "resamples of the 2 items" in said
