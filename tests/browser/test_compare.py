"""Two places beside each other in a real browser: one zoom, a slider, a blink, and what changed in colour."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import mediastore

Settled = Callable[[Page], Page]
SCALE = "node => new DOMMatrix(getComputedStyle(node).transform).a"


@pytest.fixture
def store(root: Path) -> Path:
    """A run of two steps: the dog of the first is gone in the second, a cat has appeared and found its truth."""
    truth = mediastore.Box((20, 20, 60, 60), label="cat", layer="ground_truth")
    dog = mediastore.Box((70, 10, 90, 30), label="dog", score=0.8)
    cat = mediastore.Box((20, 22, 60, 60), label="cat", score=0.9)
    with mediastore.init(project="pets", name="first", dir=root) as run:
        for step, box in ((0, dog), (5, cat)):
            pixels = [np.full((80, 120, 3), 60 + step + at, np.uint8) for at in range(2)]
            pictures = [mediastore.Image(one, boxes=[box, truth], sample=f"s{at}") for at, one in enumerate(pixels)]
            run.log({"val/pets": pictures}, step=step)
    return root


def scales(page: Page) -> list[float]:
    return [float(one.evaluate(SCALE)) for one in page.locator(".base > *").all()]


def test_two_steps_are_compared_with_one_zoom_a_slider_and_a_blink(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/compare")
    settled(page)
    expect(page.locator(".legend")).to_have_text("1 appeared1 fixed1 gone")
    page.locator(".sheet").first.hover(position={"x": 100, "y": 100})
    page.mouse.wheel(0, -300)
    expect(page).to_have_url(re.compile("zoom="))
    left, right = scales(page)
    assert left == right
    page.get_by_role("button", name="Slider").click()
    page.locator(".split").fill("0.25")
    expect(page.locator(".pile .sheet").nth(1)).to_have_css("clip-path", re.compile(r"inset\(0px 0px 0px 25%\)"))
    assert scales(page)[0] == scales(page)[1] == pytest.approx(left, rel=1e-3)
    page.get_by_role("button", name="Blink").click()
    expect(page.locator(".ends small")).to_have_text("step 5")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Next", exact=True).last.click()
    expect(page.locator(".pile .sheet").nth(0)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("2 of 2 samples", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("sample=s1.*mode=blink|mode=blink.*sample=s1"))


def test_epochs_that_are_known_stand_in_the_headings(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, root: Path
) -> None:
    with mediastore.init(project="pets", name="first", dir=root) as run:
        for step, epoch in ((0, None), (1500, 3)):
            pixels = np.full((80, 120, 3), 60 + step % 7, np.uint8)
            told = {} if epoch is None else {"epoch": epoch}
            run.log({"val/pets": mediastore.Image(pixels, sample="s"), "loss": step, **told}, step=step)
    page.goto(f"{serve_app(root)}/compare")
    settled(page)
    expect(page.locator(".compare h3 small")).to_have_text(["step 0", "epoch 3 · step 1,500"])


def test_the_divider_follows_a_finger(
    serve_app: Callable[[Path], str], browser: Browser, settled: Settled, store: Path
) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 900}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{serve_app(store)}/compare?mode=slider")
    settled(page)
    line, pile = page.locator(".pile .line"), page.locator(".pile").bounding_box()
    line.scroll_into_view_if_needed()
    line.wait_for()
    pile = page.locator(".pile").bounding_box()
    assert pile is not None
    y = pile["y"] + 60
    finger = context.new_cdp_session(page)

    def touch(kind: str, *shares: float) -> None:
        points = [{"x": pile["x"] + share * pile["width"], "y": y} for share in shares]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    scrolled = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    touch("touchStart", 0.5)
    for share in (0.45, 0.35, 0.25):
        touch("touchMove", share)
    touch("touchEnd")
    right = page.locator(".pile .sheet").nth(1)
    expect(right).to_have_css("clip-path", re.compile(r"inset\(0px 0px 0px 2[45](\.\d+)?%\)"))
    assert float(page.locator(".split").input_value()) == pytest.approx(0.25, abs=0.02)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == scrolled
    context.close()
