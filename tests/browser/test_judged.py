"""From a number of right or wrong to its objects, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mediastore

Settled = Callable[[Page], Page]


@pytest.fixture
def store(root: Path) -> Path:
    """Two checkpoints of one picture: one finds the cat and calls the dog one, the other finds the dog alone."""
    truth = {"cat": (10, 10, 40, 40), "dog": (100, 10, 140, 60)}
    said = [("cat", "cat", 0.9), ("cat", "dog", 0.8)], [("dog", "dog", 0.7)]
    with mediastore.init(project="pets", name="first", dir=root) as run:
        for step, predictions in enumerate(said):
            boxes = [mediastore.Box(xyxy, label=label, layer="ground_truth") for label, xyxy in truth.items()]
            boxes += [mediastore.Box(truth[at], label=label, score=score) for label, at, score in predictions]
            pixels = np.full((120, 160, 3), 90, np.uint8)
            run.log({"view": mediastore.Image(pixels, boxes=boxes, sample="one")}, step=step)
    return root


def test_numbers_open_objects_curves_open_mistakes_and_changes_show_both_sides(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    url = serve_app(store)
    page.goto(f"{url}/progress")
    settled(page)
    area = page.locator(".nsewdrag").first
    expect(area).to_be_visible()
    box = area.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.06 * box["width"], box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", name="Mistakes", level=1)).to_be_visible()
    page.get_by_role("button", name="1 × true dog, predicted cat").click()
    expect(page.locator(".judged .said")).to_have_text("1 object · 1–1 shown")
    expect(page.locator(".judged .tile")).to_contain_text("wrong label, true dog")
    settled(page)
    page.reload()
    expect(page.locator(".judged .tile")).to_contain_text("wrong label, true dog")

    page.goto(f"{url}/changed")
    expect(page.get_by_role("button", name="1 broken")).to_be_visible()
    expect(page.locator(".pair .title")).to_have_text("cat · one")
    page.get_by_role("button", name="1 fixed").click()
    expect(page.locator(".pair .title")).to_have_text("dog · one")
    expect(page.locator(".pair .note")).to_have_text(["not found", "found, score 0.70"])
    settled(page)
    page.locator(".pair a").last.click()
    page.wait_for_url("**/item?**picked=1**")
