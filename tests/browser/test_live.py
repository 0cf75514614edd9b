"""What is written while somebody looks: it comes or waits, a chip counts it, and a hidden page asks nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import mediastore

Settled = Callable[[Page], Page]


@pytest.fixture
def going(root: Path) -> Iterator[mediastore.Run]:
    """A run that is being written, with one item."""
    with mediastore.init(project="pets", name="going", dir=root) as run:
        log(run, 0)
        yield run


def log(run: mediastore.Run, step: int) -> None:
    run.log({"view": mediastore.Image(np.full((24, 32, 3), 9 * step, np.uint8), caption=f"at {step}")}, step=step)
    run.flush()


def chip(page: Page, words: str) -> Locator:
    return page.locator(".live .new", has_text=words)


def test_new_steps_come_by_themselves_and_are_counted(
    page: Page, serve_app: Callable[[Path], str], settled: Settled, root: Path, going: mediastore.Run
) -> None:
    page.goto(f"{serve_app(root)}/gallery")
    settled(page)
    expect(page.locator(".live .new")).to_be_hidden()
    log(going, 1)
    expect(page.locator(".gallery .tile")).to_contain_text("at 1")
    log(going, 2)
    expect(chip(page, "2 new items")).to_be_visible()
    chip(page, "2 new items").click()
    expect(page.locator(".live .new")).to_be_hidden()


def test_what_comes_waits_where_live_is_off(
    page: Page, serve_app: Callable[[Path], str], settled: Settled, root: Path, going: mediastore.Run
) -> None:
    page.goto(f"{serve_app(root)}/gallery")
    settled(page).get_by_text("Live", exact=True).click()
    expect(page.get_by_role("switch", name="Live")).not_to_be_checked()
    settled(page)
    log(going, 1)
    expect(chip(page, "1 item waits")).to_be_visible()
    expect(page.locator(".gallery .tile")).to_contain_text("at 0")
    chip(page, "1 item waits").click()
    expect(page.locator(".gallery .tile")).to_contain_text("at 1")
    expect(page.locator(".live .new")).to_be_hidden()


def test_a_page_that_is_not_seen_asks_nothing(
    page: Page, serve_app: Callable[[Path], str], settled: Settled, root: Path, going: mediastore.Run
) -> None:
    page.goto(f"{serve_app(root)}/gallery")
    settled(page)
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {get: () => window.isSeen ? 'visible' : 'hidden', "
        "configurable: true}); document.dispatchEvent(new Event('visibilitychange'))"
    )
    log(going, 1)
    # Twice the time after which a page that is seen has looked.
    page.wait_for_timeout(2 * 1000 * 2 + 500)
    expect(page.locator(".gallery .tile")).to_contain_text("at 0")
    page.evaluate("window.isSeen = true; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".gallery .tile")).to_contain_text("at 1")
