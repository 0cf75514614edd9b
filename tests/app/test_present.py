"""The Present page: pins in their order, each as a slide; what read only shows; what is no longer there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mediastore import pins
from mediastore.errors import MediaStoreValueError
from mediastore.view import links

Open = Callable[..., AppTest]
Write = Callable[..., str]
Data = Callable[[AppTest, str], dict[str, Any]]


def names(root: Path) -> list[str]:
    return [pin.name for pin in pins.saved(root)]


def items(ref: str, *steps: int) -> list[tuple[str, str, str, int, int]]:
    project, run = ref.split("/")
    return [(project, run, "val/view", step, 0) for step in steps]


def test_pins_move_and_keep_their_place_when_reworded_or_replaced(root: Path, write_run: Write) -> None:
    write_run()
    for name in ("a", "b", "c"):
        pins.save(root, name, "runs", {}, note=f"of {name}")
    pins.move(root, "c", -1)
    pins.move(root, "a", -1)
    assert names(root) == ["a", "c", "b"]
    (_, pin, _) = pins.saved(root)
    pins.reword(root, pin, "new", "words")
    pins.save(root, "a", "sql", {})
    assert [(one.name, one.page, one.note) for one in pins.saved(root)] == [
        ("a", "sql", ""),
        ("new", "runs", "words"),
        ("b", "runs", "of b"),
    ]
    with pytest.raises(MediaStoreValueError, match="its own"):
        pins.reword(root, pin, "b", "")


def test_pins_that_were_saved_in_the_same_moment_can_be_moved(root: Path, write_run: Write) -> None:
    write_run()
    for name in ("a", "b", "c"):
        pins.save(root, name, "runs", {})
        pins.restore(root, pins.Pin(name, "runs", {}, [], 0.0, "", 7.0))
    pins.move(root, "a", 2)
    assert names(root) == ["b", "c", "a"]


def test_a_note_that_is_too_long_is_refused(root: Path) -> None:
    with pytest.raises(MediaStoreValueError, match="at most 2,000"):
        pins.save(root, "a", "runs", {}, note="x" * 2001)


def test_without_pins_the_page_says_how_to_pin(app: Open, write_run: Write) -> None:
    write_run()
    assert app("present").text[0].value == "Nothing is pinned yet."


def test_the_list_is_put_in_order_and_what_is_taken_out_comes_back(app: Open, write_run: Write, root: Path) -> None:
    write_run()
    for name in ("<b>a</b>", "b"):
        pins.save(root, name, "runs", {})
    test = app("present")
    test.button(key="Later-0").click().run()
    assert names(root) == ["b", "<b>a</b>"]
    test.button(key="remove-1").click().run()
    assert names(root) == ["b"]
    (undo,) = [button for button in test.button if button.label == "Undo"]
    undo.click().run()
    assert names(root) == ["b", "<b>a</b>"]


def test_read_only_can_show_and_not_edit(
    app: Open, write_run: Write, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run()
    pins.save(root, "a", "runs", {})
    monkeypatch.setenv("MEDIASTORE_READ_ONLY", "1")
    test = app("present")
    assert [button.key for button in test.button if button.key] == ["show-deck", "show-0"]
    assert "Pin this view" not in [button.label for button in app("gallery").sidebar.button]
    test.button(key="show-deck").click().run()
    assert not test.exception
    assert test.query_params["slide"] == "1"


def test_a_slide_shows_ticked_items_with_the_filters_of_its_pin(
    app: Open, write_run: Write, root: Path, component_data: Data
) -> None:
    ref, other = write_run("one"), write_run("two")
    pins.save(root, "Two", "gallery", {"run": [ref], "score": ["0.5..1"]}, items(ref, 0, 4), "Said <b>so</b>")
    pins.save(root, "Other", "gallery", {"run": [other], "key": ["val/view"]})
    test = app("present", slide="1")
    assert not test.exception
    said = component_data(test, "slides")
    assert (said["headline"], said["note"], said["number"], said["count"]) == ("Two", "Said <b>so</b>", 1, 2)
    shown = component_data(test, "slide-items")
    assert [tile["caption"] for tile in shown["tiles"]] == ["at 0", "at 4"]
    assert (shown["choice"]["score"], shown["zip"]) == ([0.5, 1.0], "")
    assert test.query_params["run"] == ref
    test = app("present", slide="2")
    assert [tile["id"][1] for tile in component_data(test, "slide-items")["tiles"]] == [other.split("/")[1]]


def test_a_slide_shows_one_item_large_and_a_curve_with_its_media(
    app: Open, write_run: Write, root: Path, component_data: Data
) -> None:
    ref = write_run()
    pins.save(root, "One", "gallery", {"run": [ref]}, items(ref, 2))
    pins.save(root, "Item", "item", {"run": [ref], **{k: [v] for k, v in links.item_link(*items(ref, 4)[0]).items()}})
    pins.save(root, "Loss", "curves", {"run": [ref], "metric": ["train/loss"], "media": ["val/view"], "at": ["2"]})
    assert component_data(app("present", slide="1"), "item-picture")["item"]["caption"] == "at 2"
    assert component_data(app("present", slide="2"), "item-picture")["item"]["caption"] == "at 4"
    test = app("present", slide="3")
    assert [chart["title"] for chart in component_data(test, "slide-curves")["groups"][0]["charts"]] == ["train/loss"]
    assert [tile["caption"] for tile in component_data(test, "slide-media")["tiles"]] == ["at 2"]


@pytest.mark.parametrize("page", ["gallery", "item", "audio", "video", "curves", "runs", "../x"])
def test_any_page_makes_a_slide_and_so_does_what_is_gone(app: Open, write_run: Write, root: Path, page: str) -> None:
    ref = write_run()
    pins.save(root, "there", page, {"run": [ref]})
    gone = {"run": [ref], "key": ["no"], "key_at": ["no"], "step_at": ["x"], "metric": ["no"], "step": ["9" * 40]}
    pins.save(root, "gone", page, gone)
    pins.save(root, "deleted", page, {"run": ["a/b"]}, items("a/b", 1))
    for slide in ("1", "2", "3", "99"):
        test = app("present", slide=slide)
        assert not test.exception, test.exception[0].stack_trace
    assert test.text[0].value == "What was pinned here is no longer in the store."
