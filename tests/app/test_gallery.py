"""The page that shows what the model saw and said at one step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.view import selection, step_tools, steps
from mediastore.view.choice import Choice, score_range

Open = Callable[..., AppTest]
Data = Callable[[AppTest, str], dict[str, Any]]
KEY = "gallery-val/pets"


def log_pets(root: Path, name: str, at: tuple[int, ...], count: int = 4) -> str:
    with mediastore.init(project="pets", name=name, dir=root) as run:
        for step in at:
            run.log({"val/pets": [picture(step, place) for place in range(count)]}, step=step)
        return f"{run.project}/{run.id}"


def picture(step: int, place: int) -> mediastore.Image:
    boxes = [
        mediastore.Box((1, 1, 9, 9), label="dog" if place % 2 else "cat", score=(place + 1) / 10),
        mediastore.Box((2, 2, 9, 9), label="cat", layer="ground_truth"),
    ]
    return mediastore.Image(np.full((12, 16, 3), step, np.uint8), boxes=boxes, caption=f"<b>{place}</b>")


def test_an_empty_store_has_no_gallery_and_says_so(app: Open) -> None:
    test = app("gallery")
    assert not test.exception
    assert not test.get("bidi_component") or "gallery" not in str(test.get("bidi_component"))


def test_a_run_without_media_says_what_to_do(app: Open, root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"loss": 0.1})
    test = app("gallery")
    assert not test.exception
    assert "no media yet" in " ".join(text.value for text in test.text)


def test_the_newest_step_is_shown_whole(app: Open, root: Path, component_data: Data) -> None:
    log_pets(root, "one", (3, 7))
    data = component_data(app("gallery"), KEY)
    assert [tile["id"][3:] for tile in data["tiles"]] == [[7, 0], [7, 1], [7, 2], [7, 3]]
    assert (data["total"], data["partial"]) == (4, False)
    first = data["tiles"][0]
    assert first["caption"] == "<b>0</b>"
    assert (first["w"], first["h"]) == (16, 12)
    assert first["annotations"][0] == {
        "type": "box", "layer": "predictions", "label": "cat", "score": 0.1, "box": [1.0, 1.0, 9.0, 9.0],
    }  # fmt: skip
    assert first["src"].startswith("/app/static/thumb/pets/")
    assert first["href"].startswith("item?run_at=pets%2F")


@pytest.mark.parametrize(("asked", "shown"), [("3", 3), ("7", 7), ("6", 3), ("99", 7), ("1", 3), ("no", 7)])
def test_the_step_of_a_link_snaps_to_one_that_exists(
    app: Open, root: Path, component_data: Data, asked: str, shown: int
) -> None:
    log_pets(root, "one", (3, 7))
    test = app("gallery", step=asked)
    assert not test.exception
    assert {tile["id"][3] for tile in component_data(test, KEY)["tiles"]} == {shown}


def test_next_and_previous_walk_over_the_steps(app: Open, root: Path, component_data: Data) -> None:
    log_pets(root, "one", (0, 3, 7))
    test = app("gallery", step="3")
    for name, step in (("Previous", 0), ("Next", 3), ("Next", 7)):
        next(button for button in test.button if button.label == name).click().run()
        assert {tile["id"][3] for tile in component_data(test, KEY)["tiles"]} == {step}


def test_who_looks_at_the_newest_step_goes_on_to_a_newer_one(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        for step in (1, 2):
            run.log({"val/pets": [picture(step, 0)]}, step=step)
        run.finish()
    test = app("gallery")
    log_pets(root, "later", (5,), count=1)
    test.run()
    assert {tile["id"][3] for tile in component_data(test, KEY)["tiles"]} == {2, 5}


def test_runs_stand_apart_and_each_says_its_step(app: Open, root: Path, component_data: Data) -> None:
    log_pets(root, "one", (3, 7))
    log_pets(root, "two", (4,))
    with mediastore.init(project="pets", name="none", dir=root) as run:
        run.log({"loss": 1.0})
    data = component_data(app("gallery"), KEY)
    assert [(group["title"], group["note"]) for group in data["groups"]] == [
        ("two", "step 4, the latest before 7"),
        ("one", "step 7"),
    ]
    assert data["aside"] == "in 2 of 3 runs in view"
    data = component_data(app("gallery", step="3"), KEY)
    assert [group["note"] for group in data["groups"]] == ["nothing at step 3 or before", "step 3"]


def test_the_rule_says_what_stands_for_a_step_that_a_run_lacks(app: Open, root: Path, component_data: Data) -> None:
    log_pets(root, "one", (3, 7))
    log_pets(root, "two", (4,))
    for rule, said in (
        ("exact", ["nothing at step 3", "step 3"]),
        ("nearest", ["step 4, the nearest to 3", "step 3"]),
        ("latest before", ["nothing at step 3 or before", "step 3"]),
    ):
        data = component_data(app("gallery", step="3", rule=rule), KEY)
        assert [group["note"] for group in data["groups"]] == said


def test_keys_stand_beside_each_other_with_their_samples_aligned(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="pets", name="one", dir=root) as run:
        run.log({"val/pets": [picture(0, place) for place in range(3)], "val/masks": picture(0, 1)}, step=0)
    data = component_data(app("gallery", key="val/pets", beside="val/masks"), KEY)
    assert [group["title"] for group in data["groups"]] == ["val/pets", "val/masks"]
    assert data["aligned"]
    assert data["tiles"][1]["sample"] == data["tiles"][3]["sample"]


def test_a_step_is_gone_to_by_its_number_and_by_the_value_of_a_metric(
    app: Open, root: Path, component_data: Data
) -> None:
    with mediastore.init(project="pets", name="one", dir=root) as run:
        for step in range(10):
            run.log({"loss": 1 / (step + 1)} | ({} if step % 3 else {"val/pets": picture(step, 0)}), step=step)
    test = app("gallery")
    test.number_input(key="typed_step").set_value(4).run()
    assert component_data(test, KEY)["tiles"][0]["id"][3] == 3
    test.selectbox(key="by_metric").set_value("loss").run()
    test.number_input(key="metric_value").set_value(0.15).run()
    assert not test.exception
    assert component_data(test, KEY)["tiles"][0]["id"][3] == 6
    store = mediastore.Store(root)
    assert step_tools.step_of_value(store, [f"pets/{run.id}"], "no such", 1.0, [0, 3]) is None


def test_playing_goes_on_from_the_first_step_after_the_last(app: Open, root: Path) -> None:
    log_pets(root, "one", (0, 3, 7))
    test = app("gallery")
    test.toggle(key="play").set_value(True).run()
    assert not test.exception
    assert test.select_slider(key="step").value == 0


def test_a_link_carries_its_filter_to_the_browser(app: Open, root: Path, component_data: Data) -> None:
    log_pets(root, "one", (3,))
    data = component_data(app("gallery", label=["cat", "dog"], layer="predictions", score="0.2..0.9"), KEY)
    assert data["choice"] == {"labels": ["cat", "dog"], "layers": ["predictions"], "score": [0.2, 0.9]}
    assert len(data["tiles"]) == 4


def test_more_items_than_a_page_are_narrowed_by_the_store(
    app: Open, root: Path, component_data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "PAGE_ITEMS", 4)
    log_pets(root, "one", (3,), count=10)
    data = component_data(app("gallery"), KEY)
    assert (len(data["tiles"]), data["total"], data["found"], data["partial"]) == (4, 10, 10, True)
    assert (data["parts"], data["more"]) == (1, "More: 4 of 10 are here")
    data = component_data(app("gallery", part="3", sort="count"), KEY)
    assert [tile["id"][4] for tile in data["tiles"]] == list(range(10))
    assert (data["parts"], data["more"]) == (0, "")
    data = component_data(app("gallery", part="nonsense", sort="-:score"), KEY)
    assert len(data["tiles"]) == 4
    data = component_data(app("gallery", label="dog", score="0.35..1"), KEY)
    assert [tile["id"][4] for tile in data["tiles"]] == [3, 5, 7, 9]
    assert (data["total"], data["found"]) == (10, 4)
    assert data["known"]["labels"] == ["cat", "dog"]
    assert data["known"]["layers"] == ["ground_truth", "predictions"]


def test_files_that_cannot_be_shown_are_cards_with_their_problem(
    app: Open, root: Path, tmp_path: Path, component_data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDIASTORE_STRICT")
    (tmp_path / "false.png").write_text("no picture")
    with pytest.warns(UserWarning, match=r"false\.png"), mediastore.init(project="pets", dir=root) as run:
        run.log({"val/pets": [mediastore.Image(str(tmp_path / "false.png")), picture(0, 0)]}, step=0)
    data = component_data(app("gallery"), KEY)
    assert "picture" in data["tiles"][0]["problem"]
    assert "problem" not in data["tiles"][1] or data["tiles"][1]["problem"] is None


def test_latest_before_is_exact_or_earlier() -> None:
    assert [steps.latest_before([2, 5, 9], wanted) for wanted in (1, 2, 4, 5, 100)] == [None, 2, 2, 5, 9]
    assert steps.latest_before([], 3) is None


def test_keys_are_listed_letter_by_letter(app: Open, root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"detection_output": picture(0, 0), "*bold* [x](y)": picture(0, 1)})
    assert sorted(app("gallery").selectbox(key="key").options) == ["*bold* [x](y)", "detection_output"]


def test_strangers_words_are_plain_where_markdown_is_read() -> None:
    assert steps.plain("a*b* :smile: [x](y)") == r"a\*b\* \:smile\: \[x\]\(y\)"


@pytest.mark.parametrize("address", ["http://a.example", "HTTPS://a.example", "www.a.example", "me@a.example"])
def test_an_address_in_strangers_words_is_no_link(address: str) -> None:
    said = steps.plain(f"see {address}")
    assert said.replace("\u2060", "").replace("\\", "") == f"see {address}"
    assert address not in said.replace("\\", "")


@pytest.mark.parametrize(
    ("text", "found"),
    [("0.5..0.9", (0.5, 0.9)), ("-1..2", (-1, 2)), ("0.9..0.5", None), ("", None), ("0.5", None), ("a..b", None)],
)
def test_a_score_range_is_read_from_a_link(text: str, found: tuple[float, float] | None) -> None:
    assert score_range(text) == found


def test_a_score_range_keeps_what_has_no_score() -> None:
    choice = Choice(score=(0.5, 1.0))
    assert [choice.shows({"score": score}) for score in (0.4, 0.5, 1.0, None)] == [False, True, True, True]
    assert Choice(("sky",)).shows({"classes": {"1": "sky", "2": "sea"}})
    assert not Choice(("cat",), ("truth",)).shows({"label": "cat", "layer": "predictions"})


def test_a_step_of_many_items_is_sorted_by_disagreement_over_all_of_them(
    app: Open, root: Path, component_data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "PAGE_ITEMS", 3)
    with mediastore.init(project="pets", name="one", dir=root) as run:
        truth = mediastore.Box((2, 2, 9, 9), label="cat", layer="ground_truth")
        right = mediastore.Box((2, 2, 9, 9), label="cat", score=0.9)
        wrong = mediastore.Box((10, 2, 15, 9), label="cat", score=0.8)
        of_item = [[truth, right], [], [truth, right, wrong], [truth], [truth, right], [truth, wrong], [truth, right]]
        pixels = np.zeros((12, 16, 3), np.uint8)
        run.log({"val/pets": [mediastore.Image(pixels, boxes=boxes) for boxes in of_item]}, step=0)
    test = app("gallery", sort="disagreement")
    assert not test.exception
    data = component_data(test, KEY)
    assert (len(data["tiles"]), data["total"], data["partial"]) == (3, 7, True)
    assert [tile["id"][4] for tile in data["tiles"]] == [3, 5, 2]
