"""Finding annotations in a real browser: press a label, brush the scores, open one, take all with you."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mediastore

Settled = Callable[[Page], Page]
CUT_PIXEL = """tile => {
  const image = tile.querySelector("img");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return [...context.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data].slice(0, 3);
}"""


@pytest.fixture
def store(root: Path) -> Path:
    """Ten steps of a picture with a white square in black, boxed as a cat of growing score, and a dog of the rest."""
    pixels = np.zeros((120, 160, 3), np.uint8)
    pixels[40:60, 100:130] = 255
    with mediastore.init(project="pets", name="first", dir=root) as run:
        for step in range(10):
            cat = mediastore.Box((100, 40, 130, 60), label="<i>cat</i>", score=(step + 1) / 10)
            dogs = [mediastore.Box((5, 5 + 10 * at, 15, 12 + 10 * at), label="dog", score=0.3) for at in range(8)]
            run.log({"view": mediastore.Image(pixels, boxes=[cat, *dogs], sample="one")}, step=step)
    return root


def test_labels_scores_tiles_table_and_export(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/predictions")
    settled(page)
    said = page.locator(".bottom > .said")
    expect(said).to_have_text("90 of 90 annotations · 1–60 shown")
    expect(page.locator(".tile").first).to_contain_text("<i>cat</i>1.000")
    expect(page.locator(".tile img").first).not_to_have_js_property("naturalWidth", 0)
    assert min(page.locator(".tile").first.evaluate(CUT_PIXEL)) > 240
    page.get_by_role("button", name="Next", exact=True).click()
    expect(said).to_have_text("90 of 90 annotations · 61–90 shown")
    page.locator(".chip").filter(has_text="cat").click()
    expect(said).to_have_text("10 of 90 annotations · 1–10 shown")
    expect(page).to_have_url(re.compile(r"predictions\?label=%3Ci%3Ecat%3C%2Fi%3E$"))
    expect(page.locator(".chip").filter(has_text="dog")).to_have_text("dog80")
    plot = page.locator(".plot").bounding_box()
    assert plot is not None
    page.mouse.move(plot["x"] + 0.42 * plot["width"], plot["y"] + 30)
    page.mouse.down()
    page.mouse.move(plot["x"] + 0.76 * plot["width"], plot["y"] + 30)
    page.mouse.up()
    expect(said).to_have_text("3 of 90 annotations · 1–3 shown")
    expect(page).to_have_url(re.compile(r"score=0\.4.*\.\.0\.7"))
    page.get_by_role("button", name="Table").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("button", name="Score", exact=True).click()
    expect(page.locator("tbody tr").first).to_contain_text("0.500")
    page.get_by_text("Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="COCO").click()
    content = json.loads(Path(download.value.path()).read_text())
    assert sorted(one["score"] for one in content["annotations"]) == [0.5, 0.6, 0.7]
    page.locator("tbody tr").first.click()
    expect(page).to_have_url(re.compile(r"/item\?.*step_at=4.*picked=0"))


def test_a_link_keeps_the_search_and_says_when_nothing_is_found(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    url = serve_app(store)
    page.goto(f"{url}/predictions?label=dog&score=0.9..1")
    settled(page)
    expect(page.get_by_text("Nothing is like this in the runs in view.")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator(".bottom > .said")).to_have_text("90 of 90 annotations · 1–60 shown")
    page.locator(".tile a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/item\?.*step_at=8"))
