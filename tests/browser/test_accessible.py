"""axe finds nothing serious on a page or in what opens on it, light or dark, wide or narrow.

What Streamlit's own parts do wrong is named one by one.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import mediastore
from mediastore import pins
from mediastore.view import links

Settled = Callable[[Page], Page]
PAGES = [name for pages in links.SECTIONS.values() for name, _, _ in pages]
SEVERE = ("serious", "critical")
KNOWN = {
    (
        "list",
        '[data-testid="stSidebarNavItems"]',
    ): "Streamlit puts each section of the navigation into a div of its list",
    ("listitem", '[data-testid="stSidebarNavItems"] li'): "the other side of the same",
}
"""(rule, selector) of what lies inside Streamlit's own widgets → why it is there."""

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("theme", ["light", "dark"])]


def found(page: Page) -> list[str]:
    """What axe has to say that is serious or critical, without what is known."""
    results = Axe().run(page, options={"resultTypes": ["violations"]}).response
    assert results["passes"], "axe must have looked at something"
    return [
        f"{rule['id']}: {node['html'][:200]} at {node['target']}"
        for rule in results["violations"]
        if rule["impact"] in SEVERE
        for node in rule["nodes"]
        if not is_known(page, rule["id"], node["target"])
    ]


def is_known(page: Page, rule: str, target: list[Any]) -> bool:
    selectors = [selector for known, selector in KNOWN if known == rule]
    return isinstance(target[0], str) and any(
        page.eval_on_selector(target[0], "(node, selector) => node.matches(selector)", selector)
        for selector in selectors
    )


def opened(page: Page, url: str, settled: Settled) -> Page:
    page.emulate_media(reduced_motion="reduce")  # nothing is caught halfway through a fade
    page.goto(url)
    settled(page)
    page.wait_for_load_state("networkidle")
    return settled(page)


@pytest.fixture
def steady(demo_root: Path) -> str:
    runs = mediastore.Store(demo_root).runs()
    return str(runs.loc[runs["name"] == "digits steady", "ref"].item())


@pytest.mark.parametrize("place", PAGES)
def test_no_page_keeps_anybody_out(
    app_url: str, demo_root: Path, page: Page, settled: Settled, place: str, theme: str
) -> None:
    runs = urlencode({"run": mediastore.Store(demo_root).runs()["ref"].tolist()}, doseq=True)
    opened(page, f"{app_url}/{'' if place == links.HOME else place}?{runs}", settled)
    expect(page.get_by_test_id("stSidebarNavItems")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert found(page) == []


OPENED = {
    "Keyboard shortcuts": ("gallery", "dialog"),
    "Pin this view": ("gallery", "dialog"),
    "Filter": ("", "popover"),
    "Columns": ("", "popover"),
    "Axes and smoothing": ("", "popover"),
    "Go to a step": ("gallery", "popover"),
    "Examples": ("sql", "popover"),
    "Saved": ("sql", "popover"),
    "Python": ("sql", "popover"),
    "View": ("gallery", "drawer"),
    "Levels": ("item", "drawer"),
    "Export": ("predictions", "drawer"),
}
"""The name of what opens it → the page, and what opens."""


@pytest.mark.parametrize("name", OPENED)
def test_nothing_that_opens_keeps_anybody_out(
    app_url: str, page: Page, settled: Settled, steady: str, name: str, theme: str
) -> None:
    place, kind = OPENED[name]
    opened(page, f"{app_url}/{place}?run={steady}", settled)
    if kind == "drawer":
        page.locator("summary").filter(has_text=name).first.click()
        expect(page.locator("details[open] .drawer").first).to_be_visible()
    else:
        page.get_by_role("button", name=name).first.click()
        inside = page.get_by_role("dialog") if kind == "dialog" else page.get_by_test_id("stPopoverBody")
        expect(inside.first).to_be_visible()
    settled(page)
    assert found(page) == []


@pytest.mark.parametrize("viewport", [{"width": 400, "height": 800}], ids=["400 px"])
@pytest.mark.parametrize("place", PAGES)
def test_no_page_keeps_anybody_out_on_a_small_screen(
    app_url: str, page: Page, settled: Settled, steady: str, place: str, theme: str
) -> None:
    opened(page, f"{app_url}/{'' if place == links.HOME else place}?run={steady}", settled)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert found(page) == []


def test_the_list_of_what_could_not_be_read_keeps_nobody_out(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, sick_root: Path, theme: str
) -> None:
    with mediastore.init(project="pets", dir=sick_root) as run:
        run.log({"loss": 1.0})
        (sick_root / "pets" / run.id / "metrics" / "zz-0001.jsonl").write_text("nonsense\n")
    opened(page, serve_app(sick_root), settled)
    page.get_by_role("button", name="could not be read").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settled(page)
    assert found(page) == []


def test_no_slide_keeps_anybody_out(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, root: Path, theme: str
) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        boxes = [mediastore.Box((4, 4, 30, 30), label="cat", score=0.9)]
        run.log(
            {
                "view": [
                    mediastore.Image(np.full((48, 64, 3), 60, np.uint8), boxes=boxes, caption=f"{at}") for at in (0, 1)
                ]
            }
        )
    items = [("pets", run.id, "view", 0, at) for at in (0, 1)]
    pins.save(root, "Both", "gallery", {}, items, "Two of them.")
    pins.save(root, "One", "gallery", {}, items[:1])
    url = serve_app(root)
    for place in ("present", "present?slide=1", "present?slide=2"):
        opened(page, f"{url}/{place}", settled)
        assert found(page) == [], place


def test_a_fault_would_be_found(page: Page, theme: str) -> None:
    page.set_content("<html lang=en><title>x</title><main><button></button><ul data-testid=stSidebarNavItems><div>")
    assert [line.split(":")[0] for line in found(page)] == ["button-name"]
