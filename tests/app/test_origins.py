"""What a page of another site, open in the visitor's browser, can make the app do: nothing."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import mediastore
from mediastore.view import launch

UPGRADE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}
FOREIGN = ("http://evil.example", "https://127.0.0.1.evil.example", "null", "file://")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("origins") / "store"
    with mediastore.init(project="p", dir=root) as run:
        run.log({"loss": 1.0})
    with launch.start(Path(root)) as server:
        server.wait_ready()
        yield urlsplit(server.url).netloc


def ask(address: str, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        if answer.status != 101:
            answer.read()
        return answer
    finally:
        connection.close()


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_opens_no_socket(address: str, origin: str) -> None:
    assert ask(address, "/_stcore/stream", origin=origin, **UPGRADE).status == 403


def test_the_apps_own_page_does(address: str) -> None:
    assert ask(address, "/_stcore/stream", origin=f"http://{address}", **UPGRADE).status == 101


def test_a_name_that_was_bound_to_this_machine_opens_nothing(address: str) -> None:
    for path, more in (("/", {}), ("/_stcore/health", {}), ("/_stcore/stream", UPGRADE)):
        assert ask(address, path, host="rebound.example:8501", origin="http://rebound.example:8501", **more).status in (
            400,
            403,
        )


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/_stcore/upload_file/a/b", "/app/static/store/p/r/media/x.png"])
def test_nothing_is_changed_by_a_request(address: str, method: str, path: str) -> None:
    assert ask(address, path, method, origin="http://evil.example").status >= 400


@pytest.mark.parametrize("path", ["/", "/gallery", "/_stcore/health", "/_stcore/host-config", "/nothing.js"])
def test_every_answer_is_guarded(address: str, path: str) -> None:
    answer = ask(address, path, origin="http://evil.example")
    assert answer.getheader("x-frame-options") == "DENY"
    assert answer.getheader("x-content-type-options") == "nosniff"
    assert "frame-ancestors 'none'" in (answer.getheader("content-security-policy") or "")
    assert answer.getheader("access-control-allow-origin") in (None, f"http://{address}")
