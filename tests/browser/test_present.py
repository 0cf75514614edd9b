"""Slides in a real browser: pinned on a page, turned by keys, filtered, ended."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import mediastore
from mediastore import pins

Settled = Callable[[Page], Page]


@pytest.fixture
def ref(root: Path) -> str:
    """A run with one picture of two boxes at each of three steps."""
    with mediastore.init(project="pets", name="first", dir=root) as run:
        for step in range(3):
            boxes = [mediastore.Box((4, 4, 30, 30), label=label, score=0.9) for label in ("cat", "dog")]
            pixels = np.full((48, 64, 3), 60 * step, np.uint8)
            run.log({"val/view": mediastore.Image(pixels, boxes=boxes, caption=f"at {step}"), "loss": step}, step=step)
        return f"{run.project}/{run.id}"


def test_a_view_is_pinned_shown_turned_filtered_and_ended(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, root: Path, ref: str
) -> None:
    pins.save(root, "The loss", "curves", {"run": [ref], "metric": ["loss"]})
    page.goto(f"{serve_app(root)}/gallery?step=1")
    settled(page)
    page.get_by_role("button", name="Pin this view").click()
    page.get_by_label("Headline").fill("Cats <i>and</i> dogs")
    page.get_by_label("Note").fill("Look at the left one.")
    page.get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_text("Pinned", exact=True)).to_be_visible()
    kept = next(pin for pin in pins.saved(root) if pin.page == "gallery")
    assert (kept.name, kept.note) == ("Cats <i>and</i> dogs", "Look at the left one.")
    assert (kept.params, kept.items) == ({"step": ["1"], "run": [ref]}, [])
    page.get_by_role("link", name="Present").click()
    expect(page.get_by_text("Cats <i>and</i> dogs")).to_be_visible()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="The loss")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    settled(page).keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Cats <i>and</i> dogs")).to_be_visible()
    expect(page.get_by_text("Look at the left one.")).to_be_visible()
    expect(page.get_by_text("at 1", exact=True)).to_be_visible()
    expect(page.locator(".pick")).to_have_count(0)
    page.get_by_role("button", name="cat", exact=False).first.click()
    expect(page).to_have_url(re.compile("slide=2.*label=cat"))
    page.reload()
    expect(settled(page).get_by_text("1 of 2 annotations")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="The loss")).to_be_visible()
    settled(page).keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Present")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    assert not re.search("slide|label|metric|step", page.url)


def test_a_link_that_names_a_slide_alone_shows_what_was_pinned(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, root: Path, ref: str
) -> None:
    pins.save(root, "Cats at the beginning", "gallery", {"run": [ref], "step": ["0"], "label": ["cat"]})
    page.goto(f"{serve_app(root)}/present?slide=1")
    expect(page.get_by_role("heading", name="Cats at the beginning")).to_be_visible()
    expect(settled(page).get_by_text("1 of 2 annotations")).to_be_visible()
    expect(page.get_by_text("at 0", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("label=cat"))


def test_slides_are_dragged_into_another_order(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, root: Path, ref: str
) -> None:
    for name in ("a", "b", "c"):
        pins.save(root, f"slide {name}", "gallery", {"run": [ref]})
    page.goto(f"{serve_app(root)}/present")
    settled(page)
    rows = page.locator(".st-key-deck p strong")
    expect(rows).to_have_text(["slide a", "slide b", "slide c"])
    rows.nth(0).hover()
    rows.nth(0).drag_to(page.locator(".st-key-pin-2"), target_position={"x": 200, "y": 60})
    expect(rows).to_have_text(["slide b", "slide c", "slide a"])
    settled(page)
    rows.nth(2).hover()
    rows.nth(2).drag_to(page.locator(".st-key-pin-1"), target_position={"x": 200, "y": 8})
    expect(rows).to_have_text(["slide b", "slide a", "slide c"])
    assert [pin.name for pin in pins.saved(root)] == ["slide b", "slide a", "slide c"]


def test_a_finger_that_rests_on_a_slide_drags_it_and_one_that_moves_on_scrolls(
    serve_app: Callable[[Path], str], browser: Browser, settled: Settled, root: Path, ref: str
) -> None:
    for name in ("a", "b", "c"):
        pins.save(root, f"slide {name}", "gallery", {"run": [ref]})
    context = browser.new_context(viewport={"width": 400, "height": 900}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{serve_app(root)}/present")
    settled(page)
    rows = page.locator(".st-key-deck p strong")
    expect(rows).to_have_text(["slide a", "slide b", "slide c"])
    finger = context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touched = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    def drag(held: bool) -> None:
        first, last = rows.nth(0).bounding_box(), page.locator(".st-key-pin-2").bounding_box()
        assert first and last
        x, begin, end = first["x"] + 20, first["y"] + 8, last["y"] + last["height"] - 6
        touch("touchStart", (x, begin))
        if held:
            expect(page.locator("[data-held]")).to_have_count(1)
        for share in (0.3, 0.6, 1):
            touch("touchMove", (x, begin + (end - begin) * share))
        touch("touchEnd")

    drag(held=True)
    expect(rows).to_have_text(["slide b", "slide c", "slide a"])
    settled(page)
    drag(held=False)
    page.wait_for_timeout(1000)
    assert [pin.name for pin in pins.saved(root)] == ["slide b", "slide c", "slide a"]
    context.close()


def test_the_slide_of_an_item_has_its_filters_and_no_tools(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, root: Path, ref: str
) -> None:
    project, run = ref.split("/")
    pins.save(root, "One", "gallery", {"run": [ref]}, [(project, run, "val/view", 1, 0)])
    page.goto(f"{serve_app(root)}/present?slide=1")
    settled(page)
    expect(page.get_by_role("button", name="cat", exact=False).first).to_be_visible()
    expect(page.get_by_role("toolbar")).to_have_count(0)
    expect(page.get_by_text("Annotated picture")).to_be_hidden()
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_hidden()
