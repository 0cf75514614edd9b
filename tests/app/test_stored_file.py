"""Media over HTTP as hostile clients and hostile stores would have it."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mediastore import serve, stored_file
from mediastore.thumbnails import Thumbnails

FILE = "demo/run-1/media/val/film.mp4"
SIZE = 1000


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """The media folder of a run, with a film of a thousand different bytes."""
    folder = tmp_path / "store/demo/run-1/media/val"
    folder.mkdir(parents=True)
    (folder / "film.mp4").write_bytes(bytes(range(250)) * 4)
    (tmp_path / "store/demo/run-1/run.json").write_text('{"format": 1}')
    (tmp_path / "secret.txt").write_text("treasure")
    return folder


@pytest.fixture
def app(media: Path) -> Starlette:
    root = media.parents[3]
    return Starlette(routes=serve.routes(root, Thumbnails().of), middleware=serve.middleware())


@pytest.fixture
def client(app: Starlette) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-0", 206, slice(0, 1)),
        ("bytes=999-", 206, slice(999, None)),
        ("bytes=-1", 206, slice(999, None)),
        ("bytes=-5000", 206, slice(0, None)),
        ("bytes=10-5000", 206, slice(10, None)),
        ("bytes=1000-", 416, None),
        ("bytes=-0", 416, None),
        (f"bytes={10**17}-{10**17 + 5}", 416, None),
        ("bytes=99999999999999999999999999999-", 200, slice(0, None)),
        ("bytes=5-1", 200, slice(0, None)),
        ("bytes=-", 200, slice(0, None)),
        ("bytes=a-b", 200, slice(0, None)),
        ("bytes=+1-2", 200, slice(0, None)),
        ("bytes=१-२", 200, slice(0, None)),
        ("items=0-1", 200, slice(0, None)),
        ("bytes=0-1,3-4", 200, slice(0, None)),
        ("bytes=" + ",".join(f"{at}-{at}" for at in range(1000)), 200, slice(0, None)),
        ("bytes=" + "0-," * 1000, 200, slice(0, None)),
    ],
)
def test_a_range_is_answered_exactly_or_not_at_all(
    client: TestClient, media: Path, asked: str, status: int, content: slice | None
) -> None:
    whole = (media / "film.mp4").read_bytes()
    answer = client.get(serve.media_url(FILE), headers={"range": asked.encode()})
    assert answer.status_code == status
    assert answer.content == (b"" if content is None else whole[content])
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(("headers", "status"), [({}, 206), ({"if-range": '"another"'}, 200)])
def test_a_range_of_another_version_is_the_whole(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.get(serve.media_url(FILE), headers={"range": "bytes=0-1", **headers}).status_code == status
    tag = client.get(serve.media_url(FILE)).headers["etag"]
    again = client.get(serve.media_url(FILE), headers={"range": "bytes=0-1", "if-range": tag})
    assert again.status_code == 206


def test_conditions_are_understood(client: TestClient, media: Path) -> None:
    def status(**headers: str) -> int:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(serve.media_url(FILE), headers=names).status_code

    first = client.get(serve.media_url(FILE))
    assert status(if_none_match="*") == status(if_none_match=f'"x", W/{first.headers["etag"]}') == 304
    assert status(if_modified_since=first.headers["last-modified"]) == 304
    assert status(if_modified_since=formatdate(0, usegmt=True)) == status(if_modified_since="soon") == 200
    os.utime(media / "film.mp4", ns=(1, 1))
    assert status(if_none_match=first.headers["etag"]) == 200


def test_head_promises_what_get_keeps(client: TestClient) -> None:
    for headers in ({}, {"range": "bytes=5-9"}, {"range": "bytes=1000-"}):
        head = client.head(serve.media_url(FILE), headers=headers)
        get = client.get(serve.media_url(FILE), headers=headers)
        assert head.content == b""
        assert (head.status_code, dict(head.headers)) == (get.status_code, dict(get.headers))


@pytest.mark.parametrize("make", ["fifo", "link", "device", "socket", "folder", "link above"])
def test_only_a_regular_file_is_opened_and_nothing_is_waited_for(client: TestClient, media: Path, make: str) -> None:
    path = media / "odd.png"
    if make == "fifo":
        os.mkfifo(path)
    elif make == "link":
        path.symlink_to(media.parents[4] / "secret.txt")
    elif make == "device":
        path.symlink_to("/dev/zero")
    elif make == "socket":
        with socket.socket(socket.AF_UNIX) as left_behind, contextlib.chdir(media):  # a socket's path must be short
            left_behind.bind(path.name)
    elif make == "folder":
        path.mkdir()
    else:
        (media / "away").symlink_to(media.parents[4])
        path = media / "away/secret.txt"
    for url in (serve.media_url, serve.thumb_url):
        answer = client.get(url(path.relative_to(media.parents[3]).as_posix()))
        assert answer.status_code == 404
        assert b"treasure" not in answer.content


@pytest.mark.parametrize("swap", ["link", "fifo", "gone", "link above"])
def test_a_file_that_is_swapped_after_it_was_looked_at_is_not_sent(
    client: TestClient, media: Path, monkeypatch: pytest.MonkeyPatch, swap: str
) -> None:
    looked_at = serve.media_file

    def look_then_swap(root: Path, path: str) -> Path | None:
        found = looked_at(root, path)
        if swap == "link above":
            media.rename(media.with_name("moved"))
            (media.parents[4] / "film.mp4").write_text("treasure")
            media.symlink_to(media.parents[4])
            return found
        (media / "film.mp4").unlink()
        if swap == "link":
            (media / "film.mp4").symlink_to(media.parents[4] / "secret.txt")
        elif swap == "fifo":
            os.mkfifo(media / "film.mp4")
        return found

    monkeypatch.setattr(serve, "media_file", look_then_swap)
    answer = client.get(serve.media_url(FILE))
    assert answer.status_code == 404
    assert b"treasure" not in answer.content


def test_a_sidecar_that_is_a_pipe_holds_no_thumbnail_up(client: TestClient, media: Path) -> None:
    os.mkfifo(media / "film.json")
    assert client.get(serve.thumb_url(FILE)).status_code == 200


@pytest.fixture
def port(app: Starlette) -> Iterator[int]:
    """A real server on a port of its own."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def request(port: int, path: str) -> socket.socket:
    """A client that asked and has not read."""
    asked = socket.create_connection(("127.0.0.1", port))
    asked.sendall(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
    return asked


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_slow_and_vanishing_clients_hold_nobody_up_and_leave_nothing_open(port: int, media: Path) -> None:
    with (media / "long.mp4").open("wb") as long:
        long.truncate(2**30)
    long_url = serve.media_url("demo/run-1/media/val/long.mp4")
    with request(port, serve.media_url(FILE)) as first:
        assert first.recv(12) == b"HTTP/1.1 200"
    before = open_files()
    slow = [request(port, long_url) for _ in range(50)]
    with request(port, serve.media_url(FILE)) as quick:
        assert quick.recv(12) == b"HTTP/1.1 200"
    for client in slow:
        client.close()
    deadline = time.monotonic() + 60
    while open_files() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert open_files() <= before


def test_a_file_that_shrinks_while_it_is_sent_ends_its_answer(client: TestClient, media: Path) -> None:
    answer = stored_file.StoredFile(media / "film.mp4", {}, "video/mp4")
    assert answer.status_code == 200
    (media / "film.mp4").write_bytes(b"")
    assert client.get(serve.media_url(FILE)).content == b""
