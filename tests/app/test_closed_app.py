"""The real app with a password: nothing of it is to be had without the cookie, or with one that was made up."""

import http.client
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlsplit

import numpy as np
import pytest

import mediastore
from mediastore import serve, zips
from mediastore.draw.overlay import item_id
from mediastore.guard import COOKIE
from mediastore.view import launch, links

Ask = Callable[..., http.client.HTTPResponse]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
UPGRADE |= {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
PAGES = [f"/{name}" for pages in links.SECTIONS.values() for name, _, _ in pages]
STREAMLITS = ["/_stcore/host-config", "/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/upload_file/a/b"]
STREAMLITS += ["/media/x.png", "/component/x/index.html", "/_stcore/bidi-components/x/y.js", "/static/index.html"]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> mediastore.Store:
    root = tmp_path_factory.mktemp("closed") / "store"
    with mediastore.init(project="p", id="r", dir=root) as run:
        run.log({"view": mediastore.Image(np.zeros((20, 30, 3), np.uint8))}, step=0)
    return mediastore.Store(root)


@pytest.fixture(scope="module")
def ask(stored: mediastore.Store) -> Iterator[Ask]:
    """What the app answers."""
    with launch.start(stored.root, port=0, password="correct horse") as server:
        server.wait_ready()

        def status(path: str, cookie: str = "", method: str = "GET", **more: str) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
            connection.request(method, path, more.pop("body", None), {"Cookie": cookie, **more})
            answer = connection.getresponse()
            connection.close()
            return answer

        yield status


@pytest.fixture(scope="module")
def visit(ask: Ask) -> str:
    """The cookie of somebody who knows the password."""
    return ask("/login", method="POST", body="password=correct+horse", **FORM).headers["set-cookie"].partition(";")[0]


def ours(stored: mediastore.Store) -> list[str]:
    record = stored.records()[0]
    path, item = str(record["path"]), quote(json.dumps(item_id(record)))
    exports = [f"/app/static/export/query.{form}?sql=select+1+as+one" for form in ("csv", "json", "parquet")]
    pictures = [serve.media_url(path), serve.thumb_url(path), serve.crop_url(path, (0, 0, 9, 9))]
    return [*pictures, serve.PLOTLY_URL, *exports, f"{zips.items_url()}?item={item}"]


def made_up(visit: str) -> list[str]:
    name, _, value = visit.partition("=")
    until, drawn, signature = value.split(".")
    values = [f"{int(until) + 9}.{drawn}.{signature}", f"{until}.{drawn}.", f"{until}.{drawn}x.{signature}", "a.b.c"]
    return ["", *(f"{name}={one}" for one in values), f"{COOKIE}x={value}"]


def test_with_the_cookie_all_of_ours_is_there(ask: Ask, visit: str, stored: mediastore.Store) -> None:
    for path in [*ours(stored), *PAGES]:
        assert ask(path, visit).status in (200, 307), path  # the first page's other name leads to it
    assert ask("/_stcore/stream", visit, **UPGRADE).status == 101


def test_without_it_nothing_is(ask: Ask, visit: str, stored: mediastore.Store) -> None:
    for cookie in made_up(visit):
        for path in [*ours(stored), *PAGES, *STREAMLITS, "/", "/nowhere"]:
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
                assert ask(path, cookie, method).status == 401, (cookie, method, path)
        assert ask("/_stcore/stream", cookie, **UPGRADE).status == 403
