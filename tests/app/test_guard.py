"""Who comes in: without, with a right, an expired and a forged cookie, on every kind of request."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from mediastore import guard, serve
from mediastore.guard import COOKIE, VISIT_S, LoginGuard, PasswordGuard
from mediastore.thumbnails import Thumbnails

PICTURE = "demo/run-1/media/val/000000001-00-aa.png"
PAGE = {"accept": "text/html,*/*"}


async def page(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"the page {request.url.path}")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        return


@pytest.fixture
def guarded(folder: Path) -> PasswordGuard:
    routes = [*serve.routes(folder, Thumbnails().of), WebSocketRoute("/_stcore/stream", socket)]
    return PasswordGuard(Starlette(routes=[*routes, Route("/{path:path}", page)]), "correct horse")


@pytest.fixture
def client(guarded: PasswordGuard) -> TestClient:
    return TestClient(guarded, base_url="http://127.0.0.1", follow_redirects=False)


@pytest.fixture
def visit(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Types a password; wrong ones are answered without the wait."""
    monkeypatch.setattr(guard, "WRONG_S", 0.0)
    return lambda password: client.post("/login?next=%2Fgallery%3Fstep%3D3", data={"password": password})


OURS = [serve.media_url(PICTURE), serve.thumb_url(PICTURE), serve.PLOTLY_URL, "/app/static/export/x"]
ALL = [*OURS, "/", "/gallery?step=3"]


@pytest.mark.parametrize("url", ALL)
def test_nothing_is_served_without_a_cookie(client: TestClient, url: str) -> None:
    assert (client.get(url).status_code, client.get(url).text) == (401, "log in first")
    assert client.head(url).status_code == 401
    asked = client.get(url, headers=PAGE)
    assert asked.status_code == 303
    assert asked.headers["location"].startswith("/login?next=%2F")


def test_the_password_opens_everything_and_leads_on(client: TestClient, visit: Callable) -> None:
    answer = visit("correct horse")
    assert (answer.status_code, answer.headers["location"]) == (303, "/gallery?step=3")
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert f"max-age={VISIT_S}" in said
    assert "secure" not in said
    assert [client.get(url).status_code for url in ALL] == [200] * len(ALL)


def test_behind_https_the_cookie_is_secure(client: TestClient) -> None:
    answer = client.post("/login", data={"password": "correct horse"}, headers={"x-forwarded-proto": "https"})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("password", ["", "wrong", "correct horse ", "CORRECT HORSE", "\0", "x" * 10_000])
def test_a_wrong_password_opens_nothing(client: TestClient, visit: Callable, password: str) -> None:
    answer = visit(password)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "That is not the password." in answer.text
    assert client.get("/").status_code == 401


def forged(right: str) -> dict[str, str]:
    until, drawn, signature = right.split(".")
    return {
        "longer": f"{int(until) + 999}.{drawn}.{signature}",
        "other": f"{until}.{drawn[::-1]}x.{signature}",
        "unsigned": f"{until}.{drawn}.",
        "half": f"{until}.{drawn}.{signature[:32]}",
        "capitals": f"{until}.{drawn}.{signature.upper()}",
        "empty": "",
        "dots": "...",
        "letters": f"x.{drawn}.{signature}",
    }


@pytest.mark.parametrize("way", ["longer", "other", "unsigned", "half", "capitals", "empty", "dots", "letters"])
def test_a_forged_cookie_opens_nothing(client: TestClient, guarded: PasswordGuard, way: str) -> None:
    client.cookies.set(COOKIE, forged(guarded.cookie())[way])
    assert [client.get(url).status_code for url in ALL] == [401] * len(ALL)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass


def test_a_cookie_of_another_process_opens_nothing(client: TestClient, guarded: PasswordGuard) -> None:
    client.cookies.set(COOKIE, PasswordGuard(guarded.app, "correct horse").cookie())
    assert client.get("/").status_code == 401


def test_an_expired_cookie_opens_nothing(client: TestClient, guarded: PasswordGuard) -> None:
    client.cookies.set(COOKIE, guarded.cookie(time.time() - VISIT_S - 1))
    assert [client.get(url).status_code for url in ALL] == [401] * len(ALL)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass
    client.cookies.set(COOKIE, guarded.cookie(time.time() - VISIT_S + 60))
    assert client.get(serve.media_url(PICTURE)).status_code == 200


def test_the_websocket_wants_the_cookie_and_ends_with_the_visit(client: TestClient, guarded: PasswordGuard) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass
    client.cookies.set(COOKIE, guarded.cookie(time.time() - VISIT_S + 4))
    with client.websocket_connect("/_stcore/stream") as connection:
        connection.send_text("hello")
        assert connection.receive_text() == "hello"
        with pytest.raises(WebSocketDisconnect):
            connection.receive_text()


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", ""])
def test_the_way_onward_stays_in_the_app(client: TestClient, onward: str) -> None:
    answer = client.post("/login", params={"next": onward}, data={"password": "correct horse"})
    assert answer.headers["location"] == "/"


def test_many_wrong_passwords_must_wait(client: TestClient, visit: Callable) -> None:
    for _ in range(guard.WRONG_MAX):
        assert visit("wrong").status_code == 403
    assert visit("correct horse").status_code == 429


def test_logging_out_takes_the_cookie(client: TestClient, visit: Callable) -> None:
    visit("correct horse")
    assert client.get("/").status_code == 200
    client.get("/logout")
    assert client.get("/").status_code == 401


def test_below_a_base_path_the_form_is_below_it_too(folder: Path) -> None:
    app = Starlette(routes=[Route("/{path:path}", page)])
    client = TestClient(PasswordGuard(app, "x", base="lab"), base_url="http://127.0.0.1", follow_redirects=False)
    assert client.get("/lab/gallery", headers=PAGE).headers["location"] == "/lab/login?next=%2Flab%2Fgallery"
    answer = client.post("/lab/login?next=%2Flab%2Fgallery", data={"password": "x"})
    assert answer.headers["location"] == "/lab/gallery"
    assert "path=/lab" in answer.headers["set-cookie"].lower()


def test_a_login_guards_media_as_the_pages_do(folder: Path) -> None:
    known = {"me": "yes"}
    app = Starlette(
        routes=[*serve.routes(folder, Thumbnails().of), Route("/{path:path}", page)],
        middleware=[Middleware(LoginGuard, knows=lambda cookies: dict(cookies) == known, prefixes=("/app/",))],
    )
    client = TestClient(app, base_url="http://127.0.0.1")
    assert [client.get(url).status_code for url in ALL] == [401] * len(OURS) + [200, 200]
    client.cookies.update(known)
    assert [client.get(url).status_code for url in ALL] == [200] * len(ALL)
