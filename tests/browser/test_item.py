"""The page of one item in a real browser: the zoom stays, rows and boxes point at each other, pixels land."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

import mediastore
from mediastore.encode.image import encode_image
from mediastore.payload import freeze
from mediastore.view import picture
from mediastore.view.components import SHARED_SCRIPTS, joined

Settled = Callable[[Page], Page]
BOX = (200, 40, 300, 120)
VIEW = "node => { const { a, e, f } = new DOMMatrix(getComputedStyle(node).transform); return [a, e, f]; }"
READ = (
    "async bytes => { const png = await readPng16(new Uint8Array(bytes)); return { ...png, values: [...png.values] }; }"
)


@pytest.fixture
def store(root: Path) -> Path:
    """A picture at two steps with a box and a mask, one of 16 bits, one with more boxes than plotly bears."""
    with mediastore.init(project="pets", name="first", dir=root) as run:
        disc = np.hypot(*np.mgrid[-60:180, -100:220]) < 50
        for step in (3, 7):
            boxes = [mediastore.Box(BOX, label="<b>cat</b>", score=0.914)]
            masks = [mediastore.Mask(disc, label="disc", score=0.5)]
            pixels = np.full((240, 320, 3), 90, np.uint8)
            run.log({"few": mediastore.Image(pixels, boxes=boxes, masks=masks, sample="one")}, step=step)
        ramp = np.linspace(1000, 4000, 320).astype(np.uint16)[None].repeat(240, axis=0)
        run.log({"deep": mediastore.Image(ramp)}, step=0)
        places = np.random.default_rng(1).uniform(0, 200, (picture.PLOTLY_MOST + 500, 2))
        boxes = [mediastore.Box((x, y, x + 20, y + 20), label="cell", score=0.7) for x, y in places]
        run.log({"many": mediastore.Image(np.zeros((240, 320, 3), np.uint8), boxes=boxes)}, step=0)
    return root


def view(page: Page) -> tuple[float, float, float]:
    """Scale, left and top of the picture on its sheet, in pixels of the screen."""
    return tuple(page.locator(".base > *").evaluate(VIEW))


def zoomed_by(page: Page, scale: float) -> None:
    """Waits until the picture is shown larger than this."""
    node = page.locator(".base > *").element_handle()
    page.wait_for_function(f"([node, scale]) => ({VIEW})(node)[0] > scale", arg=[node, scale])


def shot(page: Page) -> np.ndarray:
    return np.asarray(Pillow.open(io.BytesIO(page.locator(".sheet").screenshot())).convert("RGB")).astype(int)


def test_plotly_zooms_and_the_zoom_is_kept_from_step_to_step_and_in_the_link(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/item?key_at=few&step_at=3")
    settled(page)
    expect(page.locator(".axes .main-svg").first).to_be_attached()
    sheet = page.locator(".sheet")
    fitted = view(page)
    sheet.hover(position={"x": 300, "y": 250})
    page.mouse.wheel(0, -300)
    zoomed_by(page, fitted[0] * 1.02)
    page.get_by_role("button", name="Zoom in (+)").click()
    expect(page).to_have_url(re.compile("zoom="))
    zoomed = view(page)
    assert zoomed[0] > fitted[0] * 1.5
    page.get_by_role("button", name="Step after").click()
    expect(page).to_have_url(re.compile("step_at=7.*zoom="))
    settled(page)
    assert view(page) == pytest.approx(zoomed, abs=0.6)
    page.reload()
    settled(page)
    assert view(page) == pytest.approx(zoomed, rel=0.01, abs=2)
    page.get_by_role("button", name="One pixel on one pixel").click()
    page.wait_for_function(f"node => ({VIEW})(node)[0] === 1", arg=page.locator(".base > *").element_handle())


def test_rows_and_boxes_point_at_each_other_and_the_filter_acts_on_both(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/item?key_at=few&step_at=3")
    settled(page)
    rows = page.locator(".table tbody tr")
    expect(rows).to_have_count(2)
    scale, left, top = view(page)
    sheet = page.locator(".sheet")
    on_box = {"x": left + 250 * scale, "y": top + 100 * scale}
    sheet.hover(position=on_box)
    expect(page.locator(".sheet .tip")).to_contain_text("<b>cat</b>  0.914")
    expect(page.locator(".table tr.hovered")).to_contain_text("cat")
    sheet.click(position={"x": left + 100 * scale, "y": top + 60 * scale})
    expect(page.locator(".table tr.chosen")).to_contain_text("disc")
    rows.filter(has_text="cat").click()
    expect(page.locator(".table tr.chosen")).to_contain_text("cat")
    expect(page).to_have_url(re.compile("picked=0"))
    page.locator(".chip").filter(has_text="disc").click()
    expect(rows).to_have_count(1)
    expect(page.locator(".bottom .said").first).to_have_text("1 of 2 annotations")
    with page.expect_download() as download:
        page.get_by_role("button", name="Annotated picture").click()
    drawn = np.asarray(Pillow.open(download.value.path()).convert("RGB"))
    assert drawn.shape == (240, 320, 3)
    assert (drawn[60, 101] != 90).any()
    assert (drawn[80, 250] == 90).all()


@pytest.mark.parametrize("zoom", ["160,120,2", "250,80,4.5", "160,120,0.7"])
def test_a_box_and_a_mask_land_on_their_pixels(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path, zoom: str
) -> None:
    page.goto(f"{serve_app(store)}/item?key_at=few&step_at=3&names=off&fill=1&zoom={zoom}")
    settled(page)
    expect(page.locator(".axes .main-svg").first).to_be_attached()
    page.mouse.move(5, 5)
    scale, left, top = view(page)
    seen = shot(page)
    column = round(left + 250 * scale)
    edge = [y for y in range(len(seen)) if 0 <= column < seen.shape[1] and abs(seen[y, column] - 90).max() > 40]
    wanted = [top + BOX[1] * scale, top + BOX[3] * scale]
    inside = [y for y in wanted if 0 <= y < len(seen)]
    assert inside
    for y in inside:
        assert min(abs(found - y) for found in edge) <= 1
    row = round(top + 60.5 * scale)
    filled = [x for x in range(seen.shape[1]) if 0 <= row < len(seen) and np.ptp(seen[row, x]) > 40]
    columns = [x for x in filled if x < left + 160 * scale]
    if columns and left + 51 * scale > 0:
        assert columns[0] == pytest.approx(left + 51 * scale, abs=1 + scale / 2)
        assert columns[-1] == pytest.approx(left + 150 * scale, abs=1 + scale / 2)


def test_sixteen_bits_are_shown_through_their_window(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path, soon: Callable[..., None]
) -> None:
    page.goto(f"{serve_app(store)}/item?key_at=deep&step_at=0")
    settled(page)
    expect(page.locator(".bottom")).to_contain_text("16 bits: black at 0, white at 65,535")
    page.locator("summary").filter(has_text="Levels").click()
    page.get_by_role("button", name="Lowest to highest value").click()
    expect(page.locator(".drawer .said")).to_have_text("black at 1,000, white at 4,000, of 0 to 65,535")
    read = """canvas => [0, 80, 160, 319].map((x) => canvas.getContext("2d").getImageData(x, 7, 1, 1).data[0])"""
    values = np.linspace(1000, 4000, 320).astype(int)[[0, 80, 160, 319]]
    soon(lambda: page.locator(".base canvas").evaluate(read), pytest.approx((values - 1000) / 3000 * 255, abs=1))
    page.get_by_label("colour map").select_option("inverted")
    expect(page).to_have_url(re.compile("levels=.*inverted"))
    inverted = pytest.approx(255 - (values - 1000) / 3000 * 255, abs=1)
    soon(lambda: page.locator(".base canvas").evaluate(read), inverted)
    page.reload()
    expect(page.locator(".bottom")).to_contain_text("16 bits: black at 1,000, white at 4,000")


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_of_sixteen_bits_is_read_exactly(page: Page, channels: int) -> None:
    rng = np.random.default_rng(3)
    values = rng.integers(0, 65536, (23, 31) if channels == 1 else (23, 31, 3)).astype(np.uint16)
    values[5:15] //= 256
    content = encode_image(freeze(values, "picture"), {}).content
    page.set_content("<body></body>")
    page.add_script_tag(content=joined(*SHARED_SCRIPTS))
    read = (
        "async bytes => { const p = await readPng16(new Uint8Array(bytes)); return { ...p, values: [...p.values] }; }"
    )
    found = page.evaluate(read, list(content))
    assert (found["width"], found["height"], found["channels"]) == (31, 23, channels)
    assert (np.array(found["values"]).reshape(values.shape) == values).all()


def test_thousands_of_boxes_are_zoomed_by_the_canvas_itself(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/item?key_at=many&step_at=0")
    settled(page)
    sheet = page.locator(".sheet")
    expect(page.locator(".axes")).to_have_count(0)
    expect(page.locator(".table .link")).to_have_text("200 of 1,500 rows: show all")
    before = view(page)[0]
    page.get_by_role("button", name="Zoom in (+)").click()
    page.wait_for_function(
        f"([node, scale]) => ({VIEW})(node)[0] > scale * 1.4", arg=[page.locator(".base > *").element_handle(), before]
    )
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    expect(page.locator(".sheet .tip")).to_contain_text("cell  0.700")
