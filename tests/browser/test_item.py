"""The page of one item in a real browser: the legend rules, hover tells, the canvas holds thousands of boxes."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mediastore
from mediastore.draw import item

Settled = Callable[[Page], Page]


@pytest.fixture
def store(root: Path) -> Path:
    """A picture at two steps, with a box and a mask; then one with more boxes than plotly bears."""
    with mediastore.init(project="pets", name="first", dir=root) as run:
        disc = np.hypot(*np.mgrid[-60:180, -100:220]) < 50
        for step in (3, 7):
            boxes = [mediastore.Box((200, 40, 300, 120), label="<b>cat</b>", score=0.914)]
            masks = [mediastore.Mask(disc, label="disc", score=0.5)]
            picture = mediastore.Image(np.full((240, 320, 3), 90, np.uint8), boxes=boxes, masks=masks, sample="one")
            run.log({"few": picture}, step=step)
        places = np.random.default_rng(1).uniform(0, 200, (item.LINES_MAX + 500, 2))
        boxes = [mediastore.Box((x, y, x + 20, y + 20), label="cell", score=0.7) for x, y in places]
        run.log({"many": mediastore.Image(np.zeros((240, 320, 3), np.uint8), boxes=boxes)}, step=0)
    return root


def test_the_legend_rules_hover_tells_and_the_filter_redraws(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/item?key_at=few&step_at=3")
    settled(page)
    plot = page.locator(".js-plotly-plot")
    expect(plot.locator(".legendtext")).to_have_text(["<b>cat</b>", "disc"])
    expect(plot.locator(".hm image")).to_have_count(1)
    area = plot.locator(".nsewdrag").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] * 250 / 320, area["y"] + area["height"] * 80 / 240)
    expect(plot.locator(".hovertext").first).to_contain_text("<b>cat</b> 0.914")
    plot.locator(".legendtoggle").nth(1).click()
    expect(plot.locator(".hm image")).to_have_count(0)
    page.locator(".chip").filter(has_text="disc").click()
    expect(plot.locator(".legendtext")).to_have_text(["disc"])
    expect(page).to_have_url(re.compile("label=disc"))


def test_the_strip_leads_to_the_same_sample_at_another_step(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/item?key_at=few&step_at=3")
    settled(page)
    tiles = page.locator(".gallery.strip .tile")
    expect(tiles).to_have_count(2)
    expect(tiles.nth(0).locator("a")).to_have_attribute("aria-current", "true")
    tiles.nth(1).locator("a").click()
    expect(page).to_have_url(re.compile("step_at=7"))
    expect(tiles.nth(1).locator("a")).to_have_attribute("aria-current", "true")


def test_thousands_of_boxes_are_drawn_on_a_canvas_that_zooms_and_tells(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/item?key_at=many&step_at=0")
    settled(page)
    sheet = page.locator(".sheet")
    sheet.hover(position={"x": 300, "y": 200})
    before = sheet.locator("img").evaluate("image => image.getBoundingClientRect().width")
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(
        "([image, before]) => image.getBoundingClientRect().width > before * 1.4",
        arg=[sheet.locator("img").element_handle(), before],
    )
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    expect(page.locator(".tip")).to_contain_text("cell  0.700")
