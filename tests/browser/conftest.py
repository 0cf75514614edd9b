"""A running app and a browser that forgives nothing."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mediastore.view import launch

sys.path.insert(0, str(Path(__file__).parent))
import chromium

OWN_HOSTS = ("127.0.0.1", "localhost")
expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = chromium.find()
    assert path is not None, chromium.ADVICE
    with sync_playwright() as playwright:
        # Root in a container has no sandbox; small containers have no room in /dev/shm.
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def app_url(demo_root: Path) -> Iterator[str]:
    """The URL of an app that shows the demo's store."""
    with launch.start(demo_root, port=0) as server:
        server.wait_ready()
        yield server.url


@pytest.fixture
def serve_app() -> Iterator[Callable[[Path], str]]:
    """Starts an app of its own on any store; returns its URL. It ends with the test."""
    with ExitStack() as stack:

        def start(root: Path) -> str:
            server = stack.enter_context(launch.start(root, port=0))
            server.wait_ready()
            return server.url

        yield start


@pytest.fixture
def theme() -> str:
    """light or dark: what the user's system asks for. Parametrize it to see both."""
    return "light"


@pytest.fixture
def viewport() -> dict[str, int]:
    """The window's size in pixels. Parametrize it to see a small one."""
    return {"width": 1280, "height": 900}


@pytest.fixture
def page(browser: Browser, theme: str, viewport: dict[str, int], serve_app: Callable[[Path], str]) -> Iterator[Page]:
    """A tab that fails its test on a console error, an uncaught exception, a dialog or a request to another host.

    It is closed before the apps end (so it stands after `serve_app`): a page that is open asks for what is new.
    """
    faults: list[str] = []
    context = browser.new_context(color_scheme=theme, viewport=viewport)
    tab = context.new_page()
    tab.set_default_timeout(60_000)
    tab.on("console", lambda said: faults.append(f"console: {said.text}") if said.type == "error" else None)
    tab.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
    tab.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    tab.on("request", lambda request: faults.append(f"left home: {request.url}") if _is_away(request.url) else None)
    yield tab
    context.close()
    assert faults == []


@pytest.fixture
def settled() -> Callable[[Page], Page]:
    """Waits until the script has run and nothing is left to draw; returns the page."""

    def wait(page: Page) -> Page:
        page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        expect(page.get_by_test_id("stException")).to_have_count(0)
        return page

    return wait


@pytest.fixture
def soon(page: Page) -> Callable[[Callable[[], object], object], None]:
    """Looks again and again, for 60 s, until what is seen equals what must be."""

    def wait(look: Callable[[], object], expected: object) -> None:
        for _ in range(600):
            if look() == expected:
                return
            page.wait_for_timeout(100)
        assert look() == expected

    return wait


def _is_away(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in OWN_HOSTS
