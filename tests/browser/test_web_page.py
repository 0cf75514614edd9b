"""A logged page: nothing of it is run before a click, and after it nothing leaves its frame."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

import mediastore
from mediastore.serve import media_url
from mediastore.view import links

HOSTILE = """<!doctype html><title>theirs</title><h1 id=said>static</h1>
<img src="FOREIGN/a.png"><iframe src="/"></iframe><form action="/" target="_top"><input></form><script>
const tried = [];
const told = (what) => { if (tried.push(what) === 9) document.getElementById("said").textContent = tried.join(" "); };
const attempt = (name, act) => { try { act(); told(name + ": done"); } catch (error) { told(name); } };
attempt("title", () => { parent.document.title = "gone"; });
attempt("cookie", () => document.cookie);
attempt("storage", () => localStorage.length);
attempt("leave", () => { top.location = "FOREIGN/"; });
attempt("dialog", () => { if (alert(1) === undefined) throw 1; });
attempt("popup", () => { if (!window.open("FOREIGN/b")) throw 1; });
const refused = () => told("socket");
try { new WebSocket("FOREIGN/d".replace("http", "ws")).onerror = refused; } catch { refused(); }
fetch("FOREIGN/c").then(() => told("fetch: done")).catch(() => told("fetch"));
fetch("/_stcore/health").then(() => told("own: done")).catch(() => told("own"));
document.getElementById("said").onclick = () => { location = "FOREIGN/e"; };
</script>"""


@pytest.fixture
def foreign() -> Iterator[tuple[str, list[str]]]:
    """Another origin that counts what reaches it: its address, and the paths that were asked of it."""
    asked: list[str] = []

    class Count(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Count)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_a_page_runs_after_a_click_and_reaches_nothing(
    browser,
    serve_app: Callable[[Path], str],
    settled: Callable[[Page], Page],
    tmp_path: Path,
    foreign: tuple[str, list[str]],
) -> None:
    root = tmp_path / "store"
    address, asked = foreign
    with mediastore.init(project="p", dir=root) as run:
        run.log({"page": mediastore.Html(HOSTILE.replace("FOREIGN", address))}, step=0)
    url = serve_app(root)
    context = browser.new_context()
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{url}/item?{urlencode(links.item_link('p', run.id, 'page', 0, 0))}")
    settled(page)
    assert page.locator("iframe").count() == 0
    before = page.title()
    page.get_by_role("button", name="Show the page").click()
    heading = page.frame_locator(".web-page iframe").locator("#said")
    expect(heading).not_to_have_text("static")
    tried = heading.inner_text()
    assert "done" not in tried
    every = {"title", "cookie", "storage", "leave", "dialog", "popup", "socket", "fetch", "own"}
    assert every == set(tried.split())
    heading.click()
    expect(heading).to_have_count(0)
    assert asked == []
    assert dialogs == []
    assert (page.title(), len(context.pages)) == (before, 1)
    assert page.url.startswith(url)
    downloads: list[str] = []
    page.on("download", lambda download: downloads.append(download.url))
    straight = context.request.get(f"{url}{media_url(str(mediastore.Store(root).items()['path'].item()))}")
    assert straight.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in straight.headers["content-security-policy"]
    context.close()
