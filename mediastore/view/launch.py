"""Starts the app as a process of its own, from a checkout or from an installed wheel."""

import contextlib
import json
import math
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any
from urllib.parse import urlsplit

from mediastore import shown
from mediastore.errors import MediaStoreError, MediaStoreValueError

PORT = 8501
READY_S = 120.0
STOP_S = 10.0
LOOPBACK = ("127.0.0.1", "localhost")
PROXY_VARIABLE = "FORWARDED_ALLOW_IPS"
"""Uvicorn reads it; what is not said there it believes of this machine."""
EVERY_ADDRESS = ("0.0.0.0", "::")


class AppServer:
    """An app that runs beside this process: `url`, `wait_ready()`, `wait()`, `stop()`; a context manager too.

    Where no port was asked for, another one is taken if somebody takes the first until the app does: `url` is sure once
    `wait_ready()` returned.
    """

    def __init__(self, roots: Sequence[Path], serving: "Serving") -> None:
        self._roots = roots
        self._serving = serving
        self._begin()

    def _begin(self) -> None:
        serving = self._serving
        self._port = choose_port(serving.host, serving.port)
        self._sign = secrets.token_hex(8)
        host = LOOPBACK[0] if serving.host in EVERY_ADDRESS else serving.host
        self.url = f"http://{host}:{self._port}{serving.path}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(_app_script()), *serving.flags(self._port)],
            env={**serving.environment(self._roots), shown.SIGN_VARIABLE: self._sign},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self) -> "AppServer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def wait_ready(self, timeout_s: float = READY_S) -> None:
        """Return when the app answers. Raises MediaStoreError when it ended or stayed silent for `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                if self._serving.port or is_free(self._serving.host, self._port):
                    raise MediaStoreError(
                        f"the app must keep running, got exit code {self._process.returncode}; see its messages above"
                    )
                self._begin()
            if self._answers():
                return
            time.sleep(0.1)
        raise MediaStoreError(f"the app must answer within {timeout_s:g} s, got silence; try another port")

    def wait(self) -> int:
        """Return the exit code when the app has ended."""
        return self._process.wait()

    def stop(self) -> None:
        """End the app. Does nothing when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                return answer.status == 200 and answer.headers.get(shown.SIGN_HEADER) == self._sign
        except OSError:
            return False


@dataclass(frozen=True)
class Serving:
    """How the app is served.

    port: 8501 by default, or a free one where that is taken; 0 for any that is free. base_url: the path below which it
    lives (`/lab`), or the whole URL under which a proxy shows it (`https://example.org/lab`). password: what opens it;
    none opens it to all. allow_code: run the renderers of runs that were begun with it, sealed off. proxy: the
    addresses, apart by commas, whose word on where a visitor comes from (X-Forwarded-For) is believed; nobody's
    without. limits: how many times the usual one address may ask for; 0 for no limit.
    """

    port: int | None = None
    host: str = LOOPBACK[0]
    base_url: str = ""
    read_only: bool = False
    password: str | None = None
    allow_code: bool = False
    proxy: str = ""
    limits: float = 1.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        is_whole = parts.scheme in ("http", "https") and parts.hostname is not None
        if parts.query or parts.fragment or not (is_whole or not (parts.scheme or parts.netloc)):
            raise MediaStoreValueError(
                f"base_url must be a path or an http URL, got {self.base_url!r}; give /lab or https://example.org/lab"
            )
        if not 0 <= self.limits < math.inf:
            raise MediaStoreValueError(f"limits must be 0 or more, got {self.limits}; 1 is the usual, 0 is no limit")

    @property
    def path(self) -> str:
        """The base path with a slash before it, "" for none."""
        path = urlsplit(self.base_url).path.strip("/")
        return f"/{path}" if path else ""

    @property
    def is_open_to_others(self) -> bool:
        """Whether other machines can come to it."""
        return self.host not in LOOPBACK or bool(urlsplit(self.base_url).netloc)

    def flags(self, port: int) -> list[str]:
        """What Streamlit is told."""
        told = [f"--server.port={port}", f"--server.address={self.host}", "--server.headless=true"]
        public = urlsplit(self.base_url)
        names = ["*"] if self.host in EVERY_ADDRESS else [*LOOPBACK, self.host, public.hostname or LOOPBACK[0]]
        if self.is_open_to_others:
            told += [f"--server.allowedHosts={name}" for name in dict.fromkeys(names)]
        if public.netloc:
            told.append(f"--server.corsAllowedOrigins={public.scheme}://{public.netloc}")
        return [*told, f"--server.baseUrlPath={self.path.strip('/')}"] if self.path else told

    def environment(self, roots: Sequence[Path]) -> dict[str, str]:
        """What the app's process finds in its environment."""
        told = {**os.environ, shown.ROOT_VARIABLE: str(roots[0].absolute())}
        told.pop(shown.STORES_VARIABLE, None)
        if len(roots) > 1:
            told[shown.STORES_VARIABLE] = json.dumps([str(root.absolute()) for root in roots])
        if self.read_only:
            told[shown.READ_ONLY_VARIABLE] = "1"
        told.pop(shown.ALLOW_CODE_VARIABLE, None)
        if self.allow_code:
            told[shown.ALLOW_CODE_VARIABLE] = "1"
        if self.password is not None:
            told[shown.PASSWORD_VARIABLE] = self.password
        told[shown.LIMITS_VARIABLE] = str(self.limits)
        told[PROXY_VARIABLE] = self.proxy or os.environ.get(PROXY_VARIABLE, "")
        # Of many short-lived threads each takes an arena of glibc's, whose free parts no other thread uses.
        told.setdefault("MALLOC_ARENA_MAX", "2")
        return told


def start(*roots: Path, **how: Any) -> AppServer:
    """Start the app on the stores at `roots` and return at once. how: the fields of Serving."""
    return AppServer(roots, Serving(**how))


def launch(*roots: Path, open_browser: bool = True, **how: Any) -> int:
    """Show the stores at `roots` until Ctrl-C or SIGTERM: prints the URL, opens a browser where there is one.

    how: the fields of Serving.
    """
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with start(*roots, **how) as server:
            server.wait_ready()
            print(f"mediastore shows {', '.join(map(str, roots))} at {server.url} (Ctrl-C ends it)", flush=True)
            if open_browser:
                open_in_browser(server.url)
            return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, previous)


def open_in_browser(url: str) -> None:
    """Open `url` where there is a screen and a browser; elsewhere do nothing."""
    screen = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if screen:
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(url)


def _app_script() -> Path:
    package = Path(__file__).parents[1]
    installed = package / "_app" / "app.py"
    return installed if installed.is_file() else package.parent / "app.py"


def choose_port(host: str, wanted: int | None) -> int:
    """The wanted port, for 0 a free one; without one 8501, or a free one where that is taken.

    Raises MediaStoreValueError for one that is taken.
    """
    if wanted:
        if not is_free(host, wanted):
            raise MediaStoreValueError(f"port must be free on {host}, got {wanted}, which is taken; choose another")
        return wanted
    if wanted is None and is_free(host, PORT):
        return PORT
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
