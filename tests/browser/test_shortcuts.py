"""The list of keyboard shortcuts: by its key and its button, on every page, and never while somebody writes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from mediastore.view import links, shortcuts

Settled = Callable[[Page], Page]


def test_a_question_mark_lists_the_keys_and_escape_closes_them(page: Page, app_url: str, settled: Settled) -> None:
    page.goto(f"{app_url}/gallery")
    settled(page)
    listed = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_visible()
    expect(listed).to_be_hidden()
    page.keyboard.press("?")
    expect(listed).to_be_visible()
    expect(listed.get_by_text("step before or after")).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(listed).to_be_visible()
    listed.get_by_role("button", name="Close").click()
    expect(listed).to_be_hidden()


def test_who_writes_a_question_mark_writes_it(page: Page, app_url: str, settled: Settled) -> None:
    page.goto(f"{app_url}/")
    settled(page)
    field = page.get_by_role("textbox", name="Find runs")
    field.click()
    page.keyboard.press("?")
    expect(field).to_have_value("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()


def test_a_player_leaves_the_question_mark_to_the_page(page: Page, app_url: str, settled: Settled) -> None:
    page.goto(f"{app_url}/audio?key=audio/address")
    settled(page)
    page.locator(".wave").first.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts").get_by_text("loop on or off")).to_be_visible()


@pytest.mark.parametrize("page_name", [name for pages in links.SECTIONS.values() for name, _, _ in pages])
def test_every_page_names_its_keys(page_name: str) -> None:
    assert shortcuts.BY_PAGE[page_name]


def test_the_first_page_has_a_name_too(page: Page, app_url: str, settled: Settled) -> None:
    page.goto(f"{app_url}/runs?find=digits")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs")
    expect(page.get_by_role("textbox", name="Find runs")).to_have_value("digits")
