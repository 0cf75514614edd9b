"""One address cannot take everything: what is refused, to whom, and how it is told."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from mediastore.limits import ADDRESSES_MAX, MEDIA, USUAL, Allowance, Buckets, RateLimit, address_of
from mediastore.serve import media_url, thumb_url
from mediastore.view import launch

PICTURE = "demo/run-1/media/val/000000001-00-aa.png"
EXPORT = "/app/static/export/query.json?sql=select+1"
UPGRADE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    media = tmp_path_factory.mktemp("limits") / "store" / Path(PICTURE).parent
    media.mkdir(parents=True)
    Image.new("RGB", (640, 480)).save(media / Path(PICTURE).name)
    (media.parents[1] / "run.json").write_text('{"format": 1}')
    (media.parents[3] / "mediastore.json").write_text('{"format": 1}')
    return media.parents[3]


@contextmanager
def server(root: Path, **how: Any) -> Iterator[httpx.Client]:
    """A server with a fiftieth of the usual share: 60 media, 2 sessions and 1 export at once for an address."""
    with launch.start(root, port=0, limits=0.02, **how) as serving:
        serving.wait_ready()
        with httpx.Client(base_url=serving.url, timeout=60) as client:
            yield client


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[httpx.Client]:
    """One that believes a proxy on this machine."""
    with server(root, proxy="127.0.0.1") as client:
        yield client


def stranger(number: int) -> dict[str, str]:
    return {"x-forwarded-for": f"198.51.100.99, 203.0.113.{number}"}


def test_beyond_its_share_an_address_is_told_when_to_come_again_and_no_other_is(served: httpx.Client) -> None:
    answers = [served.get(media_url(PICTURE), headers=stranger(1)) for _ in range(150)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert refused
    assert refused[0].text == "There were very many requests from this address. Wait 1 s, then load again."
    assert int(refused[0].headers["retry-after"]) >= 1
    assert refused[0].headers["x-content-type-options"] == "nosniff"
    assert served.get(media_url(PICTURE), headers=stranger(2)).status_code == 200
    assert served.get("/", headers=stranger(1)).status_code == 200


def test_a_tile_that_is_refused_is_a_card_and_not_a_broken_picture(served: httpx.Client) -> None:
    answers = [served.get(thumb_url(PICTURE), headers=stranger(3)) for _ in range(150)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["content-type"] == "image/webp"
    assert refused.headers["cache-control"] == "no-store"
    assert Image.open(io.BytesIO(refused.content)).size == (320, 240)


def test_exports_and_sessions_have_limits_of_their_own(served: httpx.Client) -> None:
    assert 429 in {served.get(EXPORT, headers=stranger(4)).status_code for _ in range(3)}
    asked = {**UPGRADE, "origin": str(served.base_url).rstrip("/"), **stranger(4)}
    opened = []
    for _ in range(6):
        with served.stream("GET", "/_stcore/stream", headers=asked) as answer:
            opened.append(answer.status_code)
            if answer.status_code == 429:
                assert int(answer.headers["retry-after"]) >= 1
    assert opened[0] == 101
    assert 429 in opened


def test_this_machine_is_not_counted(served: httpx.Client) -> None:
    assert {served.get(media_url(PICTURE)).status_code for _ in range(150)} == {200}


def test_nobody_is_believed_where_a_visitor_comes_from_unless_it_is_said(root: Path) -> None:
    with server(root) as client:
        answers = {client.get(media_url(PICTURE), headers=stranger(5)).status_code for _ in range(150)}
    assert answers == {200}


def test_a_page_of_hundreds_of_tiles_is_within_what_is_usual() -> None:
    buckets = Buckets(USUAL, now=lambda: 0.0)
    assert not any(buckets.take("203.0.113.1", MEDIA) for _ in range(1000))


def test_a_bucket_fills_again_and_says_how_long_that_takes() -> None:
    now = [0.0]
    buckets = Buckets({"it": Allowance(2, 0.5)}, now=lambda: now[0])
    assert [buckets.take("a", "it") for _ in range(4)] == [0, 0, 2, 2]
    now[0] = 1.0
    assert buckets.take("a", "it") == 1.0
    now[0] = 2.0
    assert [buckets.take("a", "it") for _ in range(2)] == [0, 2]
    now[0] = 1000.0
    assert [buckets.take("a", "it") for _ in range(3)] == [0, 0, 2]


def test_as_many_addresses_as_one_likes_take_bounded_memory() -> None:
    buckets = Buckets(USUAL)
    for number in range(3 * ADDRESSES_MAX):
        buckets.take(f"address {number}", MEDIA)
    assert len(buckets) == ADDRESSES_MAX


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", None),
        ("127.9.9.9", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("unknown", "unknown"),
    ],
)
def test_whom_a_request_comes_from(host: str, address: str | None) -> None:
    assert address_of({"client": (host, 1)}) == address
    assert address_of({"client": None}) == ""


def test_what_comes_through_an_open_session_waits_and_is_not_lost() -> None:
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        async for said in websocket.iter_text():
            await websocket.send_text(said)

    app = RateLimit(Starlette(routes=[WebSocketRoute("/_stcore/stream", echo)]), factor=0.05)
    with TestClient(app).websocket_connect("/_stcore/stream") as page:
        for number in range(17):
            page.send_text(str(number))
        assert [page.receive_text() for _ in range(17)] == [str(number) for number in range(17)]
    assert not app._open
