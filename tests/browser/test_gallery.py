"""The gallery's own drawing and filters, in the browser that runs them."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

import mediastore
from mediastore import pins
from mediastore.geometry import mask_to_rle
from mediastore.view.components import SHARED_SCRIPTS, joined

Settled = Callable[[Page], Page]
COLORS = {"cat": "#c32d69", "dog": "#0f7869"}

PAINT = """([item, colors, size]) => {
  document.body.replaceChildren();
  const canvas = document.createElement("canvas");
  canvas.style.cssText = `display: block; width: ${size[0]}px; height: ${size[1]}px`;
  document.body.append(canvas);
  paintOverlay(canvas, item, { colors, visible: () => true, names: false, opacity: 1 });
  const { width, height } = canvas;
  const pixels = [...canvas.getContext("2d").getImageData(0, 0, width, height).data];
  return { width, height, alpha: pixels.filter((value, at) => at % 4 === 3) };
}"""


WITH_MAP = """function withMap(item) {
  const [annotation] = item.annotations;
  const map = { values: Uint8Array.from(annotation.values.flat()), width: item.w, height: item.h };
  return { ...item, annotations: [{ ...annotation, map, mask_url: "there", classes: { 1: "cat" } }] };
}"""
DECODE = "rle => { const bitmap = rleBitmap(rle); return { ...bitmap, bits: [...bitmap.bits] } }"
READ_MAP = """async bytes => {
  const map = await readGray(new Uint8Array(bytes));
  return { ...map, values: [...map.values] };
}"""
COUNT_RERUNS = """() => {
  window.reruns = 0;
  const watch = new MutationObserver(() => { window.reruns += 1; });
  const app = document.querySelector('[data-testid="stApp"]');
  watch.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
}"""


@pytest.fixture
def scripts(page: Page) -> Page:
    """A bare page that has the shared scripts."""
    page.set_content("<body style='margin: 0'></body>")
    page.add_script_tag(content=joined(*SHARED_SCRIPTS))
    page.add_script_tag(content=WITH_MAP)
    return page


def painted(page: Page, annotation: dict[str, Any], size: tuple[int, int]) -> np.ndarray:
    item = {"w": 640, "h": 480, "annotations": [annotation]}
    found = page.evaluate(PAINT, [item, COLORS, list(size)])
    return np.array(found["alpha"], np.uint8).reshape(found["height"], found["width"])


def masks() -> list[np.ndarray]:
    generator = np.random.default_rng(5)
    rows, columns = np.mgrid[:48, :64]
    disc = (columns - 20) ** 2 + (rows - 30) ** 2 < 90
    corner = np.zeros((48, 64), bool)
    corner[:2, :3] = corner[-1, -1] = True
    return [disc, corner, generator.random((31, 17)) < 0.5, np.ones((5, 7), bool), np.zeros((4, 6), bool)]


@pytest.mark.parametrize("mask", masks(), ids=["disc", "corners", "noise", "full", "empty"])
def test_run_lengths_decode_to_the_same_pixels_as_in_python(scripts: Page, mask: np.ndarray) -> None:
    found = scripts.evaluate(
        "rle => { const b = rleBitmap(rle); return { ...b, bits: [...b.bits] } }", mask_to_rle(mask)
    )
    decoded = np.zeros_like(mask)
    bits = np.array(found["bits"], bool).reshape(found["height"], found["width"])
    decoded[found["y"] : found["y"] + found["height"], found["x"] : found["x"] + found["width"]] = bits
    assert (decoded == mask).all()
    assert found["area"] == mask.sum()


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (1280, 960)])
def test_a_box_lands_on_its_pixels_at_every_size(scripts: Page, size: tuple[int, int]) -> None:
    box = {"type": "box", "label": "cat", "layer": "predictions", "box": [64, 96, 320, 288]}
    alpha = painted(scripts, box, size)
    scale = alpha.shape[1] / 640
    rows, columns = alpha.any(axis=1).nonzero()[0], alpha.any(axis=0).nonzero()[0]
    assert [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1] == pytest.approx(
        [64 * scale, 96 * scale, 320 * scale, 288 * scale], abs=2
    )
    assert alpha[round(192 * scale), round(192 * scale)] == 0


@pytest.mark.parametrize("size", [(320, 240), (640, 480)])
def test_the_edge_of_a_mask_is_right_within_a_pixel(scripts: Page, size: tuple[int, int]) -> None:
    mask = np.zeros((480, 640), bool)
    mask[100:301, 200:401] = True
    alpha = painted(scripts, {"type": "mask", "label": "dog", "rle": mask_to_rle(mask)}, size)
    rows, columns = (alpha > 127).any(axis=1).nonzero()[0], (alpha > 127).any(axis=0).nonzero()[0]
    scale = size[0] / 640
    assert [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1] == pytest.approx(
        [200 * scale, 100 * scale, 401 * scale, 301 * scale], abs=1
    )


@pytest.mark.parametrize("size", [(64, 48), (640, 480)])
def test_a_label_map_has_an_outline_where_its_fill_is_clear(scripts: Page, size: tuple[int, int]) -> None:
    values = [[1 if column >= 320 else 0 for column in range(640)] for _ in range(480)]
    found = scripts.evaluate(
        PAINT.replace("opacity: 1", "opacity: 0").replace("item, { colors", "withMap(item), { colors"),
        [{"w": 640, "h": 480, "annotations": [{"type": "mask", "layer": "p", "values": values}]}, COLORS, list(size)],
    )
    alpha = np.array(found["alpha"], np.uint8).reshape(found["height"], found["width"])
    columns = (alpha > 127).any(axis=0).nonzero()[0]
    assert columns[0] == pytest.approx(size[0] / 2, abs=1)
    assert 1 <= len(columns) <= 2


@pytest.mark.parametrize("classes", [np.uint8, np.uint16])
def test_a_label_map_keeps_every_class(scripts: Page, classes: type) -> None:
    values = np.random.default_rng(2).integers(0, np.iinfo(classes).max, (37, 53)).astype(classes)
    values[10:30] = np.arange(53) * 4 % np.iinfo(classes).max
    content = io.BytesIO()
    Pillow.fromarray(values).save(content, "PNG")
    found = scripts.evaluate(READ_MAP, list(content.getvalue()))
    assert (np.array(found["values"]).reshape(found["height"], found["width"]) == values).all()


def test_the_pointer_finds_the_smallest_annotation_and_only_what_is_shown(scripts: Page) -> None:
    outer = {"type": "box", "label": "cat", "score": 0.4, "box": [0, 0, 100, 100]}
    inner = {"type": "polygon", "label": "dog", "points": [[40, 40], [60, 40], [50, 60]]}
    ask = "([item, x, y, score]) => annotationAt(item, x, y, (one) => (one.score ?? 1) >= score)?.label ?? null"
    item = {"w": 100, "h": 100, "annotations": [outer, inner]}
    assert scripts.evaluate(ask, [item, 50, 45, 0]) == "dog"
    assert scripts.evaluate(ask, [item, 41, 59, 0]) == "cat"
    assert scripts.evaluate(ask, [item, 41, 59, 0.5]) is None


@pytest.fixture
def store(root: Path) -> Path:
    """A run of two steps: six pictures each with a cat whose score grows, every second one with a dog."""
    with mediastore.init(project="pets", name="first", dir=root) as run:
        for step in (3, 7):
            pictures = []
            for place in range(6):
                boxes = [mediastore.Box((4, 4, 30, 30), label="cat", score=(place + 1) / 10)]
                if place % 2:
                    boxes.append(mediastore.Box((30, 20, 60, 40), label="dog", layer="ground_truth"))
                pixels = np.full((48, 64, 3), 30 * place, np.uint8)
                caption, values = f"<i>scene {place}</i>", {"loss": 1 - place / 10}
                picture = mediastore.Image(pixels, boxes=boxes, caption=caption, sample=f"scene-{place}", values=values)
                pictures.append(picture)
            run.log({"val/pets": pictures}, step=step)
    return root


def test_filters_sort_and_keys_act_without_a_rerun(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/gallery")
    settled(page)
    said = page.locator(".bottom .said")
    expect(said).to_have_text("6 of 6 items · 9 of 9 annotations")
    page.evaluate(COUNT_RERUNS)
    page.locator(".chip").filter(has_text="dog").click()
    expect(said).to_have_text("3 of 6 items · 3 of 9 annotations")
    expect(page.locator(".tile")).to_have_count(3)
    page.locator(".chip").filter(has_text="dog").click()
    page.get_by_label("lowest score", exact=True).fill("0.45")
    expect(said).to_have_text("2 of 6 items · 5 of 9 annotations")
    expect(page).to_have_url(re.compile(r"score=0\.45\.\.1"))
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("sort").select_option(label="loss, lowest")
    expect(page.locator(".caption").first).to_have_text("<i>scene 5</i>")
    page.locator(".tile a").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.textContent").startswith("<i>scene 4</i>")
    assert page.evaluate("window.reruns") == 0
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"step_at=7&index_at=4"))


def test_the_filter_and_the_step_of_a_link_are_kept(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/gallery?step=3&label=dog&score=0.1..0.9")
    settled(page)
    expect(page.locator(".bottom .said")).to_have_text("0 of 6 items · 3 of 9 annotations")
    page.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile(r"gallery\?label=dog&score=0\.1\.\.0\.9$"))
    settled(page)
    expect(page.locator(".chip[aria-pressed=true]")).to_have_text("dog3")


def test_items_are_ticked_compared_pinned_and_downloaded(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/gallery")
    settled(page)
    page.get_by_label("tick <i>scene 1</i>").check()
    page.get_by_label("tick <i>scene 3</i>").check()
    expect(page.locator(".chosen [role=status]")).to_have_text("2 items ticked")
    with page.expect_download() as download:
        page.locator(".chosen a").click()
    assert len(zipfile.ZipFile(download.value.path()).namelist()) == 4
    page.locator(".chosen").get_by_role("button", name="Pin").click()
    page.get_by_role("dialog").get_by_role("button", name="Pin").click()
    expect(page.get_by_text("Pinned")).to_be_visible()
    assert [(pin.name, len(pin.items)) for pin in pins.saved(store)] == [("val/pets, step 7", 2)]
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("step=3"))
    settled(page)
    page.get_by_label("tick <i>scene 1</i>").check()
    expect(page.locator(".chosen [role=status]")).to_have_text("3 items ticked")
    page.locator(".chosen").get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile("/compare.*places=.*places="))
    settled(page)
    expect(page.locator(".column h3 small")).to_have_text(["step 3", "step 7"])


def test_a_long_step_grows_as_it_is_scrolled_and_keeps_its_looks_in_the_link(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, root: Path
) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        boxes = [mediastore.Box((1, 1, 9, 9), label="cat", score=0.5)]
        pictures = [mediastore.Image(np.full((12, 16, 3), place, np.uint8), boxes=boxes) for place in range(120)]
        run.log({"val/many": pictures}, step=0)
    page.goto(f"{serve_app(root)}/gallery?size=130&by=score")
    settled(page)
    expect(page.locator(".tile")).to_have_count(96)
    expect(page.locator(".more")).to_have_text("More: 96 of 120 are here")
    page.locator(".more").scroll_into_view_if_needed()
    expect(page.locator(".tile")).to_have_count(120)
    expect(page.locator(".bottom .said")).to_contain_text("120 of 120 items")
    assert page.locator(".tile").first.evaluate("tile => tile.clientWidth") < 200
    painted = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    page.locator(".tile canvas").first.scroll_into_view_if_needed()
    page.wait_for_function(painted, arg=page.locator(".tile canvas").first.element_handle())
    page.locator("summary").filter(has_text="View").click()
    page.get_by_label("colour by").select_option("layer")
    expect(page).to_have_url(re.compile("by=layer"))


def test_disagreement_is_the_share_that_has_no_counterpart(page: Page) -> None:
    page.set_content("<body></body>")
    page.add_script_tag(content=joined(*SHARED_SCRIPTS, "gallery.js").replace("export default", "void"))
    truth = {"layer": "ground_truth", "label": "cat", "box": [0, 0, 10, 10]}
    right = {"layer": "predictions", "label": "cat", "box": [0, 0, 10, 9], "score": 0.4}
    twice = right | {"score": 0.9, "box": [0, 1, 10, 10]}
    wrong = right | {"label": "dog"}
    ask = "annotations => disagreement(annotations)"
    for annotations, share in (
        ([], None),
        ([truth], 1),
        ([truth, right], 0),
        ([truth, right, twice], 1 / 3),
        ([truth, wrong], 1),
        ([truth, truth | {"box": [20, 0, 30, 10]}, right, right | {"box": [21, 0, 30, 10]}], 0),
    ):
        assert page.evaluate(ask, annotations) == share


def test_ticks_stand_in_the_link(page: Page, app_url: str, settled: Settled) -> None:
    page.goto(f"{app_url}/gallery?key=val/detections")
    settled(page)
    page.locator(".tile .pick").nth(0).check()
    page.locator(".tile .pick").nth(2).check()
    expect(page).to_have_url(re.compile(r"ticked=[^&]+%2F0%2Fval%2Fdetections&ticked=[^&]+%2F2%2Fval"))
    page.reload()
    settled(page)
    expect(page.locator(".chosen [role=status]")).to_have_text("2 items ticked")
    expect(page.locator(".tile .pick").nth(2)).to_be_checked()
    page.locator(".chosen").get_by_text("Clear").click()
    expect(page.locator(".tile .pick").nth(2)).not_to_be_checked()
    expect(page).not_to_have_url(re.compile("ticked="))
