"""Two stores behind a password below a base path, read only: what a visitor in a browser meets."""

import http.client
import re
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mediastore
from mediastore.view import launch

sys.path.insert(0, str(Path(__file__).parent))
from provider import provider

PASSWORD = "correct horse"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app of two stores, each with a run of its own and a picture."""
    roots = [tmp_path_factory.mktemp("access") / name for name in ("cells", "films")]
    for root, value in zip(roots, (60, 200), strict=True):
        with mediastore.init(project=root.name, id=f"{root.name}-run", dir=root) as run:
            picture = mediastore.Image(np.full((48, 64, 3), value, np.uint8), caption=f"of {root.name}")
            run.log({"view": picture, "loss": 0.5}, step=0)
    with launch.start(*roots, port=0, base_url="/lab/view", read_only=True, password=PASSWORD) as server:
        server.wait_ready()
        yield server.url


def test_the_password_opens_both_stores_and_their_pictures(
    page: Page, url: str, settled: Callable[[Page], Page]
) -> None:
    answers: dict[str, int] = {}
    page.on("response", lambda answer: answers.setdefault(answer.url.removeprefix(url), answer.status))
    page.goto(f"{url}/gallery?store=films")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_response(re.compile("/thumb/@1/")):
        page.get_by_role("button", name="Open").click()
        expect(settled(page).get_by_role("heading", name="Gallery")).to_be_visible()
        expect(page.get_by_text("of films")).to_be_visible()
    with page.expect_response(re.compile("/thumb/cells/")):
        page.get_by_test_id("stSelectbox").first.click()
        page.get_by_role("option", name="cells").click()
        expect(settled(page).get_by_text("of cells")).to_be_visible()
    pictures = {path: status for path, status in answers.items() if path.startswith("/app/static/thumb/")}
    assert {path.split("/")[4] for path in pictures} == {"@1", "cells"}
    assert set(pictures.values()) == {200}


def test_who_has_no_cookie_sees_the_form_alone(page: Page, url: str) -> None:
    page.goto(f"{url}/")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_test_id("stApp")).to_have_count(0)
    assert page.request.get(f"{url}/app/static/store/cells/x.png").status == 401


def test_the_websocket_opens_for_the_cookie_alone(url: str) -> None:
    def answer(method: str, path: str, body: str | None = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        connection.request(method, f"/lab/view/{path}", body, headers)
        found = connection.getresponse()
        connection.close()
        return found

    def upgraded(cookie: str) -> int:
        wanted = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Cookie": cookie}
        return answer("GET", "_stcore/stream", **wanted, **{"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}).status

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    visit = answer("POST", "login", "password=correct+horse", **form).headers["set-cookie"].partition(";")[0]
    assert upgraded(visit) == 101
    assert [
        upgraded(cookie) for cookie in ("", f"{visit}0", f"{visit[:-1]}", "mediastore_visit=99999999999.aa.bb")
    ] == [403] * 4


@pytest.mark.parametrize(
    ("users", "may"), [("@lab.example", True), pytest.param("bob@lab.example", False, marks=pytest.mark.slow)]
)
def test_a_login_opens_pages_and_media_to_those_who_are_named(
    page: Page,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settled: Callable[[Page], Page],
    users: str,
    may: bool,
) -> None:
    with mediastore.init(project="cells", id="one", dir=root) as run:
        run.log({"view": mediastore.Image(np.zeros((48, 64, 3), np.uint8), caption="of cells")}, step=0)
    [path] = mediastore.Store(root).items()["path"]
    port = free_port()
    with provider(free_port()) as issuer:
        secrets = tmp_path / "secrets.toml"
        secrets.write_text(
            f"""[auth]
            redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
            cookie_secret = "a secret that is long enough to sign with"
            client_id = "mediastore"
            client_secret = "unused"
            server_metadata_url = "{issuer}/.well-known/openid-configuration"
            """
        )
        monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
        monkeypatch.setenv("MEDIASTORE_USERS", users)
        with launch.start(root, port=port) as server:
            server.wait_ready()
            media = f"{server.url}/app/static/store/{path}"
            assert page.request.get(media).status == 401
            page.goto(server.url)
            settled(page).get_by_role("button", name="Log in").click()
            if may:
                expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
            else:
                expect(page.get_by_text("This account may not come in.")).to_be_visible()
            assert page.request.get(media).status == (200 if may else 401)
            page.goto("about:blank")  # before the server ends, which the page would complain of
