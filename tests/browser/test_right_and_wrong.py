"""Whatever is drawn of right and wrong opens its objects: points of curves, bars, cells and rows, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import mediastore

Settled = Callable[[Page], Page]
CLASSES = {0: "floor", 1: "cat"}


@pytest.fixture
def url(root: Path, serve_app: Callable[[Path], str]) -> str:
    """Two epochs of pictures with boxes, labels and label maps; at the first the cat is called a dog, and shifted."""
    truth = np.zeros((60, 80), np.uint8)
    truth[10:40, 10:40] = 1
    with mediastore.init(project="pets", name="first", dir=root) as run:
        for epoch, step in enumerate((0, 50)):
            pictures = []
            for place in range(2):
                said = "dog" if epoch == 0 else "cat"
                boxes = [mediastore.Box((10, 10, 40, 40), label="cat", layer="ground_truth")]
                boxes.append(mediastore.Box((10 + place, 10, 40, 40), label=said, score=0.75))
                boxes.append(mediastore.Box((50, 10, 70, 40), label="cat", score=0.55))
                labels = [mediastore.Label("cat" if place else "dog", layer="ground_truth")]
                labels += [mediastore.Label(said, score=0.8), mediastore.Label("dog" if epoch else "cat", score=0.2)]
                maps = [
                    mediastore.Mask(np.roll(truth, 4 * at, axis=1), classes=CLASSES, layer=layer)
                    for at, layer in enumerate(("ground_truth", "predictions"))
                ]
                pixels = np.full((60, 80, 3), 90 + 9 * place, np.uint8)
                picture = mediastore.Image(pixels, boxes=boxes, labels=labels, masks=maps, sample=f"scene-{place}")
                pictures.append(picture)
            run.log({"epoch": epoch, "view": pictures}, step=step)
    return serve_app(root)


def click_at(page: Page, plot: Locator, x: float, y: float) -> None:
    """Click where a point of the axes is drawn, in their own units."""
    expect(plot.locator(".nsewdrag").first).to_be_visible()
    at = plot.evaluate(
        """(plot, [x, y]) => {
            const { xaxis, yaxis } = plot._fullLayout;
            const box = plot.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
        }""",
        [x, y],
    )
    page.mouse.move(*at)
    page.mouse.click(*at)


def plot_of(page: Page, title: str) -> Locator:
    plot = page.locator(".curves figure").filter(has_text=title).locator(".plot")
    plot.scroll_into_view_if_needed()
    return plot


def said(page: Page) -> Locator:
    return page.locator(".judged .said")


def test_every_part_of_mistakes_opens_its_objects(url: str, page: Page, settled: Settled) -> None:
    page.goto(f"{url}/mistakes?step=0")
    page.get_by_role("button", name="2 × true cat, predicted dog").click()
    expect(said(page)).to_have_text("2 objects · 1–2 shown")
    page.locator("[data-pick='kind:background']").click()
    expect(said(page)).to_have_text("2 objects · 1–2 shown")
    expect(page.locator(".judged .tile").first).to_contain_text("nothing there")

    page.goto(f"{url}/mistakes?show=Precision+and+recall")
    settled(page)
    click_at(page, plot_of(page, "Precision by recall"), 1, 1)
    expect(page).to_have_url(re.compile("pick=point%3Acat"))
    expect(said(page)).to_have_text("2 objects · 1–2 shown")
    expect(page.locator(".judged .tile").first).to_contain_text("found, overlap")

    page.goto(f"{url}/mistakes?show=Calibration")
    settled(page)
    click_at(page, plot_of(page, "How often a prediction"), 0.75, 0.5)
    expect(page).to_have_url(re.compile("pick=scores"))
    expect(said(page)).to_have_text("2 objects · 1–2 shown")


@pytest.mark.parametrize(
    ("chart", "at", "pick"), [("cat", (0, 0), "label%3Acat"), ("wrong label", (0, 2), "kind%3Aconfusion")]
)
def test_points_of_progress_open_their_mistakes(
    url: str, page: Page, settled: Settled, chart: str, at: tuple[float, float], pick: str
) -> None:
    page.goto(f"{url}/progress")
    settled(page)
    plot = (
        page.locator(".curves figure").filter(has=page.get_by_role("heading", name=chart, exact=True)).locator(".plot")
    )
    plot.scroll_into_view_if_needed()
    click_at(page, plot, *at)
    expect(page.get_by_role("heading", name="Mistakes", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(pick))
    expect(page).to_have_url(re.compile(r"step=0\b"))
    expect(said(page)).to_contain_text("objects")


def test_every_part_of_what_changed_opens_its_objects_and_compare(url: str, page: Page, settled: Settled) -> None:
    page.goto(f"{url}/changed")
    expect(page.get_by_role("combobox", name="Epoch before")).to_have_value("epoch 0 · step 0")
    page.get_by_role("button", name="2 fixed").click()
    expect(said(page)).to_have_text("2 objects · 1–2 shown")
    page.locator("[data-pick='change:relabelled']").click()
    expect(said(page)).to_contain_text("2 objects")
    settled(page)
    page.get_by_role("link", name="Side by side in Compare").click()
    expect(page.get_by_role("heading", name="Compare", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"score=0\.5\.\.1"))
    page.get_by_role("link", name="All that changed").click()
    expect(page.get_by_role("button", name="2 fixed")).to_be_visible()
    expect(page).to_have_url(re.compile(r"step_before=0\b.*step_after=50\b"))
    expect(page.get_by_role("slider", name="Score from")).to_have_value("0.5")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_labels_and_maps_open_their_items(url: str, page: Page, settled: Settled, theme: str) -> None:
    page.goto(f"{url}/measures?step=50")
    page.get_by_role("button", name="1 × true dog, predicted cat").click()
    expect(page.get_by_text("True dog, taken for cat: 1 of 1 item")).to_be_visible()
    settled(page)
    click_at(page, plot_of(page, "ROC"), 1, 1)
    expect(page.get_by_text(re.compile(r"Score for (cat|dog) from 0\.\d+ on: 2 of 2 items"))).to_be_visible()
    chips = page.locator(".viewer .chip")
    expect(chips.filter(has_text="false positive, at a border")).to_have_count(1)
    expect(chips.filter(has_text="false negative, at a border")).to_have_count(1)


def press_row(page: Page, title: str, row: int) -> None:
    """Click a cell of the table below a title; tables are painted on a canvas, with rows of some 32 pixels."""
    below = page.get_by_text(title).locator("xpath=following::*[@data-testid='stDataFrame'][1]")
    below.scroll_into_view_if_needed()
    expect(below.locator("canvas").first).to_be_visible()
    below.click(position={"x": 40, "y": 32 * row + 50})


@pytest.mark.parametrize(
    ("title", "row", "shown"),
    [
        ("By label; press a row for its errors", 1, "2 of 2 items have floor in truth or prediction"),
        ("By label; press a row for its items", 0, "True cat, the most confident mistake first: 1 of 1 item"),
    ],
)
def test_a_row_of_a_label_shows_its_items(
    url: str, page: Page, settled: Settled, title: str, row: int, shown: str
) -> None:
    page.goto(f"{url}/measures?step=50")
    settled(page)
    press_row(page, title, row)
    expect(page.get_by_text(shown)).to_be_visible()


def test_a_row_of_a_track_opens_its_film(
    root: Path, serve_app: Callable[[Path], str], page: Page, settled: Settled
) -> None:
    boxes = [
        mediastore.Box((2, 2, 20, 20), label="cat", track="A", frame=frame, layer=layer)
        for frame in range(4)
        for layer in ("ground_truth", "predictions")
    ]
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"film": mediastore.Video(np.zeros((4, 32, 48, 3), np.uint8), fps=4, boxes=boxes)}, step=0)
    page.goto(f"{serve_app(root)}/measures")
    settled(page)
    expect(page.get_by_text("1 true track; press a row")).to_be_visible()
    press_row(page, "1 true track; press a row", 0)
    page.wait_for_url("**/item?**key_at=film**")
