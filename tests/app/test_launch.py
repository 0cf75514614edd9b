"""The app as a process of its own: how it starts, what it serves to whom, how it ends."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np
import pytest

import mediastore
from mediastore.errors import MediaStoreValueError
from mediastore.serve import PLOTLY_URL, media_url, thumb_url
from mediastore.view import launch

Ask = Callable[..., http.client.HTTPResponse]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("launch") / "store"
    with mediastore.init(project="cells", dir=root) as run:
        run.log({"view": mediastore.Image(np.zeros((480, 640, 3), np.uint8))}, step=0)
    return root


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[launch.AppServer]:
    with launch.start(store, port=0) as server:
        server.wait_ready()
        yield server


@pytest.fixture
def ask(server: launch.AppServer) -> Iterator[Ask]:
    """Sends a path as it is spelled, which other clients would tidy first."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)

    def send(path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        connection.close()
        connection.putrequest(method, path, skip_host="host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse()

    yield send
    connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def path(store: Path) -> str:
    (path,) = mediastore.Store(store).items()["path"]
    return str(path)


def test_a_page_comes_with_headers_that_keep_it_to_itself(ask: Ask) -> None:
    answer = ask("/gallery?step=3")
    assert answer.status == 200
    assert answer.getheader("x-frame-options") == "DENY"
    assert answer.getheader("x-content-type-options") == "nosniff"
    assert answer.getheader("referrer-policy") == "no-referrer"
    assert "frame-ancestors 'none'" in (answer.getheader("content-security-policy") or "")


def test_media_are_streamed_by_range(ask: Ask, path: str) -> None:
    answer = ask(media_url(path), range="bytes=0-3")
    assert answer.status == 206
    assert len(answer.read()) == 4


def test_thumbnails_are_made(ask: Ask, path: str, store: Path) -> None:
    answer = ask(thumb_url(path))
    assert (answer.status, answer.getheader("content-type")) == (200, "image/webp")
    assert len(list(store.glob("cells/*/index/thumbs/*.webp"))) == 1


def test_the_drawing_library_is_kept_by_the_browser(ask: Ask) -> None:
    answer = ask(PLOTLY_URL, "HEAD")
    assert answer.status == 200
    assert "immutable" in (answer.getheader("cache-control") or "")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80"])
def test_another_host_is_refused(ask: Ask, path: str, host: str) -> None:
    for url in ("/", media_url(path), thumb_url(path), "/_stcore/health"):
        assert ask(url, host=host).status == 400


@pytest.mark.parametrize("up", ["..", "%2e%2e", "%2E%2E", ".%2e", "..%2f", "%252e%252e", "..;", "..%5c", "\\..\\"])
def test_no_spelling_leaves_the_store(ask: Ask, store: Path, path: str, up: str) -> None:
    run = "/".join(path.split("/")[:2])
    for below in (
        f"{run}/media/{up}/run.json",
        f"{run}/media/{up}/{up}/{up}/{up}/{up}/{up}/etc/passwd",
        f"{up}/store/mediastore.json",
    ):
        answer = ask(f"/app/static/store/{below}")
        body = answer.read()
        assert b"root:" not in body
        assert b'"format"' not in body
        assert answer.status in (400, 404)


def test_a_free_port_is_taken_where_the_usual_one_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr(launch, "PORT", taken)
        assert launch.choose_port("127.0.0.1", None) != taken
        with pytest.raises(MediaStoreValueError, match="must be free"):
            launch.choose_port("127.0.0.1", taken)


def test_two_apps_that_are_started_at_once_take_two_ports_and_each_says_its_own(tmp_path: Path) -> None:
    usual = free_port()
    code = f"""import sys, time; from pathlib import Path; from mediastore.view import launch; launch.PORT = {usual}
given = sys.stdin.readline()
server = launch.start(Path(sys.argv[1]))
server.wait_ready(); print(server.url, flush=True); sys.stdin.read(); server.stop()"""
    pipe, urls = subprocess.PIPE, []
    with contextlib.ExitStack() as stack:
        commands = []
        for name in ("one", "two"):
            with mediastore.init(project=name, dir=tmp_path / name):
                pass
            given = [sys.executable, "-c", code, str(tmp_path / name)]
            commands.append(
                stack.enter_context(subprocess.Popen(given, stdin=pipe, stdout=pipe, stderr=pipe, text=True))
            )
        for command in commands:
            command.stdin.write("go\n")
            command.stdin.flush()
        for command in commands:
            urls.append(command.stdout.readline().strip())
        answers = [urlopen(f"{url}/app/static/export/query.csv?sql=select+project+from+runs").read() for url in urls]
        for command in commands:
            command.stdin.close()
    assert [answer.split() for answer in answers] == [[b"project", b"one"], [b"project", b"two"]]
    assert urls[0] != urls[1] and f"http://127.0.0.1:{usual}" in urls


def test_a_port_that_is_no_port_is_refused() -> None:
    with pytest.raises(MediaStoreValueError, match="must be"):
        launch.choose_port("127.0.0.1", 70000)


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_where_it_is_and_ends_when_asked(store: Path, way: signal.Signals) -> None:
    lines = "import sys; from pathlib import Path; from mediastore.view.launch import launch"
    code = f"{lines}; sys.exit(launch(Path({str(store)!r}), port=0, open_browser=False))"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe, text=True) as command:
        said = command.stdout.readline()
        command.send_signal(way)
        out, errors = command.communicate(timeout=60)
    assert "http://127.0.0.1:" in said
    assert command.returncode == 0
    assert out == ""
    assert errors == ""
    url = said.split(" at ")[1].split()[0]
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=1):
        pass


def test_a_server_that_was_stopped_is_gone(store: Path) -> None:
    server = launch.start(store, port=0)
    server.stop()
    server.stop()
    assert server.wait() is not None
    assert os.environ.get("MEDIASTORE_DIR") is None
