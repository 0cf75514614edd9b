"""A logged page: nothing of it is run before a click, and after it nothing leaves its frame."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

import mediastore
from mediastore.serve import media_url
from mediastore.view import links

HOSTILE = """<!doctype html><title>theirs</title><h1 id=said>static</h1>
<img src="https://foreign.example/a.png"><iframe src="/"></iframe><form action="/" target="_top"><input></form><script>
const tried = [];
const attempt = (name, act) => { try { act(); tried.push(name + ": done"); } catch (error) { tried.push(name); } };
attempt("title", () => { parent.document.title = "gone"; });
attempt("cookie", () => document.cookie);
attempt("storage", () => localStorage.length);
attempt("leave", () => { top.location = "https://foreign.example/"; });
attempt("dialog", () => { if (alert(1) === undefined) throw 1; });
attempt("popup", () => { if (!window.open("https://foreign.example/b")) throw 1; });
fetch("https://foreign.example/c").then(() => tried.push("fetch: done")).catch(() => tried.push("fetch"));
fetch("/_stcore/health").then(() => tried.push("own: done")).catch(() => tried.push("own"));
setTimeout(() => { document.getElementById("said").textContent = tried.join(" "); }, 1000);
</script>"""


def test_a_page_runs_after_a_click_and_reaches_nothing(
    browser, serve_app: Callable[[Path], str], settled: Callable[[Page], Page], tmp_path: Path
) -> None:
    root = tmp_path / "store"
    with mediastore.init(project="p", dir=root) as run:
        run.log({"page": mediastore.Html(HOSTILE)}, step=0)
    url = serve_app(root)
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    dialogs: list[str] = []
    # what a policy stops is announced as a request too, but never gets as far as a route
    context.route("**/*foreign.example/**", lambda route: (asked.append(route.request.url), route.abort()))
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
    assert {"title", "cookie", "storage", "leave", "dialog", "popup", "fetch", "own"} == set(tried.split())
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
