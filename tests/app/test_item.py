"""The page of one item: what is drawn, what is said of it, and what stands beside it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.view import history, picture

Open = Callable[..., AppTest]
Data = Callable[[AppTest, str], dict[str, Any]]


def log_scenes(root: Path, boxes: int = 2) -> mediastore.Run:
    with mediastore.init(project="pets", name="first", dir=root) as run:
        for step in (3, 7):
            run.log({"val/pets": [scene(step, place, boxes) for place in range(3)]}, step=step)
    return run


def scene(step: int, place: int, boxes: int) -> mediastore.Image:
    found = [
        mediastore.Box((1 + n % 5, 1, 9, 9), label="dog" if n % 2 else "cat", score=(n % 10) / 10) for n in range(boxes)
    ]
    pixels = np.full((12, 16, 3), 20 * place, np.uint8)
    return mediastore.Image(
        pixels, boxes=found, caption=f"scene *{place}*", sample=f"s{place}", values={"loss": step / 10}
    )


def link(run: mediastore.Run, step: int, index: int, key: str = "val/pets", **more: Any) -> dict[str, Any]:
    place = {"run_at": f"{run.project}/{run.id}", "key_at": key, "step_at": str(step), "index_at": str(index)}
    return place | more


def figures(test: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]


def test_a_link_that_names_nothing_says_so(app: Open, root: Path) -> None:
    run = log_scenes(root)
    for asked in (link(run, 99, 0), link(run, 3, 0) | {"step_at": "x"}, {"key_at": "nothing"}):
        test = app("item", **asked)
        assert not test.exception
        assert "no such item" in test.text[0].value


def test_a_step_that_ends_an_epoch_is_called_by_it(app: Open, root: Path, component_data: Data) -> None:
    run = log_scenes(root)
    assert "step 7" in app("item", **link(run, 7, 0)).caption[0].value
    with mediastore.init(project="pets", id=run.id, resume="must", dir=root) as again:
        again.log({"epoch": 2}, step=7)
    test = app("item", **link(run, 7, 0))
    assert "epoch 2 · step 7" in test.caption[0].value
    assert "1 of 3 at epoch 2 · step 7" in [one.value for one in test.caption]
    assert [one["where"] for one in component_data(test, "over-steps")["tiles"]] == ["step 3", "epoch 2 · step 7"]
    assert component_data(app("gallery"), "gallery-val/pets")["aside"] == "epoch 2 · step 7"
    for page in ("gallery", "curves"):
        key = "curve_media" if page == "curves" else "gallery-val/pets"
        assert "epoch 2 · step 7" in [one["note"] for one in component_data(app(page), key)["groups"]]


def test_a_store_without_media_says_so(app: Open, root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"loss": 0.1})
    test = app("item")
    assert not test.exception
    assert "no such item" in test.text[0].value


def test_an_item_is_named_and_drawn(app: Open, root: Path, component_data: Data) -> None:
    run = log_scenes(root)
    test = app("item", **link(run, 3, 1))
    assert not test.exception
    assert test.title[0].value == r"scene \*1\*"
    data = component_data(test, "item-picture")
    assert data["item"]["src"].startswith("/app/static/store/pets/")
    assert (data["item"]["w"], data["item"]["h"]) == (16, 12)
    assert [(one["place"], one["label"], one["score"]) for one in data["item"]["annotations"]] == [
        (0, "cat", 0.0),
        (1, "dog", 0.1),
    ]
    assert set(data["colors"]) == {"cat", "dog"}
    (values,) = figures(test)
    assert values["data"][0]["y"] == [0.3, 0.7]


def test_without_a_link_the_newest_picture_is_shown(app: Open, root: Path) -> None:
    log_scenes(root)
    test = app("item")
    assert not test.exception
    assert "step 7" in test.caption[0].value


def test_the_filter_of_a_link_reaches_the_browser(app: Open, root: Path, component_data: Data) -> None:
    run = log_scenes(root)
    data = component_data(app("item", **link(run, 3, 1, label="dog", score="0.5..1")), "item-picture")
    assert data["choice"] == {"labels": ["dog"], "layers": [], "score": [0.5, 1.0]}
    assert len(data["item"]["annotations"]) == 2


def test_previous_and_next_walk_over_the_items_of_a_step(app: Open, root: Path) -> None:
    test = app("item", **link(log_scenes(root), 3, 1))
    button = {one.label: one for one in test.button}
    assert [button[name].disabled for name in ("Previous", "Next")] == [False, False]
    button["Next"].click().run()
    assert test.title[0].value == r"scene \*2\*"
    assert next(one for one in test.button if one.label == "Next").disabled


def test_the_sample_is_walked_over_its_steps(app: Open, root: Path) -> None:
    test = app("item", **link(log_scenes(root), 3, 1))
    button = {one.label: one for one in test.button}
    assert [button[name].disabled for name in ("Step before", "Step after")] == [True, False]
    button["Step after"].click().run()
    assert (test.title[0].value, "step 7" in test.caption[0].value) == (r"scene \*1\*", True)


def test_what_is_copied_finds_the_item_again(app: Open, root: Path) -> None:
    run = log_scenes(root)
    test = app("item", **link(run, 3, 1))
    address, python, sql = (one.value for one in test.code)
    assert "step_at=3" in address
    scope: dict[str, Any] = {}
    exec(python, scope)
    assert (scope["record"]["caption"], scope["record"]["step"]) == ("scene *1*", 3)
    assert mediastore.Store(root).sql(sql)["label"].tolist() == ["dog", "cat"]


def test_the_same_sample_at_other_steps_is_at_hand(app: Open, root: Path, component_data: Data) -> None:
    data = component_data(app("item", **link(log_scenes(root), 3, 1)), "over-steps")
    assert [(tile["id"][3], tile["current"]) for tile in data["tiles"]] == [(3, True), (7, False)]


def test_a_long_strip_leaves_some_out_says_so_and_shows_all_when_asked(
    app: Open, root: Path, component_data: Data
) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        for step in range(history.STEPS_MAX + 10):
            run.log({"val/pets": scene(0, 0, 1)}, step=step)
    test = app("item", **link(run, 3, 0))
    assert len(component_data(test, "over-steps")["tiles"]) == 36
    assert "36 of 70 times" in [one.value for one in test.caption]
    test.toggle(key="every").set_value(True).run()
    assert len(component_data(test, "over-steps")["tiles"]) == 70
    assert "70 of 70 times" in [one.value for one in test.caption]


def test_every_annotation_reaches_the_browser_and_plotly_bears_a_thousand(
    app: Open, root: Path, component_data: Data
) -> None:
    run = log_scenes(root, boxes=picture.PLOTLY_MOST + 1)
    data = component_data(app("item", **link(run, 3, 0)), "item-picture")
    assert len(data["item"]["annotations"]) == picture.PLOTLY_MOST + 1
    assert data["plotly_most"] == picture.PLOTLY_MOST


def test_a_label_map_comes_with_its_classes_and_their_colours(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        values = np.repeat([[1, 2]], 12, axis=0).repeat(8, axis=1)
        mask = mediastore.Mask(values, classes={1: "sky", 2: "sea"})
        run.log({"val/map": mediastore.Image(np.zeros((12, 16, 3), np.uint8), masks=[mask])}, step=0)
    test = app("item", **link(run, 0, 0, "val/map"))
    assert not test.exception
    data = component_data(test, "item-picture")
    assert data["item"]["annotations"][0]["classes"] == {"1": "sky", "2": "sea"}
    assert set(data["colors"]) == {"sky", "sea"}


def test_a_file_that_cannot_be_shown_says_why_and_can_be_downloaded(
    app: Open, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDIASTORE_STRICT")
    (tmp_path / "false.wav").write_text("no sound")
    with pytest.warns(UserWarning, match=r"false\.wav"), mediastore.init(project="pets", dir=root) as run:
        run.log({"talk": mediastore.Audio(str(tmp_path / "false.wav"), caption="broken")}, step=0)
    test = app("item", **link(run, 0, 0, "talk"))
    assert not test.exception
    assert test.warning[0].value
    assert test.get("link_button")[0].proto.url.endswith("?download")


def test_a_record_with_unknown_and_missing_fields_is_shown_all_the_same(app: Open, root: Path) -> None:
    run = log_scenes(root)
    (journal,) = (root / "pets" / run.id / "items").glob("*.jsonl")
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    odd = lines[0] | {"index": 9, "kind": "hologram", "later": {"a": 1}, "annotations": [{"type": "tesseract"}]}
    for name in ("caption", "sample", "values", "width", "height"):
        odd.pop(name)
    folder = root / "pets" / run.id / "media/val/pets"
    (folder / "000000003-09-odd.json").write_text(json.dumps(odd | {"writer": "odd"}))
    journal.with_name("odd-0001.jsonl").write_text(json.dumps(odd | {"writer": "odd"}) + "\n")
    test = app("item", **link(run, 3, 9))
    assert not test.exception
    assert "hologram" in test.info[0].value


def test_the_sample_is_laid_against_another_step(app: Open, root: Path, component_data: Data) -> None:
    run = log_scenes(root)
    ref = f"{run.project}/{run.id}"
    test = app("item", **link(run, 7, 1))
    assert [one.key for one in test.selectbox] == ["chosen-against"]
    test.selectbox(key="chosen-against").set_value(f"{ref}@3").run()
    assert not test.exception
    assert test.query_params["against"] == f"{ref}@3"
    data = component_data(test, "item-compare")
    assert (data["mode"], data["url"], [column["note"] for column in data["columns"]]) == (
        "slider",
        False,
        ["step 3", "step 7"],
    )
    again = component_data(app("item", **link(run, 7, 1, against=f"{ref}@3")), "item-compare")
    assert again["columns"][0]["id"] == ["pets", run.id, "val/pets", 3, 1]
    assert not app("item", **link(run, 7, 1, against="nobody@x")).exception


def test_a_sample_without_another_place_is_laid_against_nothing(app: Open, root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"val/pets": scene(0, 0, 1)}, step=0)
    assert not app("item", **link(run, 0, 0)).selectbox
