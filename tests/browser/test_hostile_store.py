"""Every page on a store full of markup, scripts, addresses and endless words: all of it is text, and stays home."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import hostile
import pytest
from playwright.sync_api import Page, expect

import mediastore
from mediastore.view import launch, links

Settled = Callable[[Page], Page]
PAGES = [name for pages in links.SECTIONS.values() for name, _, _ in pages]
LOOKS = [pytest.param({"width": 1280, "height": 900}, marks=pytest.mark.slow), {"width": 400, "height": 800}]
FOREIGN = """() => {
  const found = [];
  const visit = (root) => {
    for (const one of root.querySelectorAll("*")) {
      for (const name of ["src", "href", "action", "data", "poster", "srcset"]) {
        const value = one.getAttribute && one.getAttribute(name);
        if (value && /^\\s*(javascript:|data:text|https?:\\/\\/(?!127\\.0\\.0\\.1|www\\.w3\\.org)|\\/\\/)/i.test(value))
          found.push(`${one.tagName} ${name}=${value.slice(0, 80)}`);
      }
      for (const { name } of one.attributes || []) if (/^on/i.test(name)) found.push(`${one.tagName} ${name}`);
      if (one.shadowRoot) visit(one.shadowRoot);
    }
  };
  visit(document);
  return found;
}"""


@pytest.fixture(scope="module")
def hostile_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile") / "store"
    hostile.write(root)
    return root


@pytest.fixture(scope="module")
def hostile_url(hostile_root: Path) -> Iterator[str]:
    with launch.start(hostile_root) as server:
        server.wait_ready()
        yield server.url


def all_runs(root: Path) -> str:
    return "&".join(f"run={quote(ref, safe='')}" for ref in mediastore.Store(root).runs()["ref"])


@pytest.mark.parametrize("viewport", LOOKS, ids=["wide", "narrow"])
@pytest.mark.parametrize("place", PAGES)
def test_every_page_shows_strangers_words_as_text(
    page: Page, hostile_url: str, hostile_root: Path, settled: Settled, place: str
) -> None:
    visit(page, f"{hostile_url}/{'' if place == links.HOME else place}?{all_runs(hostile_root)}", settled)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("page_name", ["gallery", "item"])
def test_every_kind_of_hostile_item_is_shown_or_said_to_be_wrong(
    page: Page, hostile_url: str, hostile_root: Path, settled: Settled, page_name: str
) -> None:
    items = mediastore.Store(hostile_root).items(sort="key").drop_duplicates(["run", "key", "kind"])
    newest = items[items["run"] == items["run"].max()]
    odd = items[items["key"] == "odd"]
    assert len(odd) and len(newest) > 10
    shown = odd if page_name == "item" else newest.drop_duplicates("key")
    for one in shown.itertuples():
        at = {"key": one.key, "run": f"{one.project}/{one.run}", "step": str(one.step)}
        if page_name == "item":
            at = links.item_link(one.project, one.run, one.key, one.step, one.index)
        visit(page, f"{hostile_url}/{page_name}?{urlencode(at)}", settled)


def visit(page: Page, url: str, settled: Settled) -> None:
    """Nothing leads away, nothing is wider than the window, and the title is still ours."""
    page.goto(url)
    settled(page)
    page.wait_for_timeout(300)
    settled(page)
    assert page.evaluate(FOREIGN) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert "gone" not in page.title()
    assert urlsplit(page.url).hostname == "127.0.0.1"
