"""A logged page tries every way out of its frame, against another host that counts; by itself it gets out on them."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, expect
from ways_out import LAST, MARKUP, SCRIPTED, elsewhere

import mediastore
from mediastore.view import links

SETTLE_MS = 5000
UNSEEN = {"preconnect"}
"""Browsers without a screen do not connect ahead: whether a frame could make one do so is not known."""
LEFT = {"webrtc"}
"""No policy that browsers know forbids it; docs/security.md says what it can tell."""
EVERY_WAY = {*MARKUP, *SCRIPTED, *LAST, "socket", "preconnect", "webrtc"}


def test_by_itself_the_page_gets_out_on_every_way(browser: Browser) -> None:
    with elsewhere() as host:
        tab = browser.new_context().new_page()
        tab.on("dialog", lambda dialog: dialog.dismiss())
        tab.goto(f"{host.address}/page")
        host.wait_for(EVERY_WAY - UNSEEN - LAST.keys())
        tab.evaluate("leave()")
        host.wait_for(EVERY_WAY - UNSEEN)
        tab.context.close()
        assert EVERY_WAY - UNSEEN - host.arrived == set()


def test_in_the_app_it_gets_out_on_one(
    browser: Browser, serve_app: Callable[[Path], str], settled: Callable[[Page], Page], tmp_path: Path
) -> None:
    with elsewhere() as host:
        with mediastore.init(project="p", dir=tmp_path / "store") as run:
            run.log({"page": mediastore.Html(host.html)}, step=0)
        url = serve_app(tmp_path / "store")
        tab = browser.new_context().new_page()
        tab.goto(f"{url}/item?{urlencode(links.item_link('p', run.id, 'page', 0, 0))}")
        settled(tab)
        tab.wait_for_timeout(SETTLE_MS)
        assert host.arrived == set()
        tab.get_by_role("button", name="Show the page").click()
        said = tab.frame_locator(".web-page iframe").locator("#said")
        expect(said).to_have_text("tried")
        said.evaluate("leave()")
        tab.wait_for_timeout(SETTLE_MS)
        assert tab.url.startswith(url)
        assert len(tab.context.pages) == 1
        tab.context.close()
        assert host.arrived <= LEFT
