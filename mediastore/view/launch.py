"""Starts the app as a process of its own, from a checkout or from an installed wheel."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from pathlib import Path
from types import FrameType, TracebackType

from mediastore.errors import MediaStoreError, MediaStoreValueError

PORT = 8501
READY_S = 60.0
STOP_S = 10.0
LOOPBACK = ("127.0.0.1", "localhost")
EVERY_ADDRESS = ("0.0.0.0", "::")


class AppServer:
    """An app that runs beside this process: `url`, `wait_ready()`, `wait()`, `stop()`; a context manager too."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.url = url
        self._process = process

    def __enter__(self) -> "AppServer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def wait_ready(self, timeout_s: float = READY_S) -> None:
        """Return when the app answers. Raises MediaStoreError when it ended or stayed silent for `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise MediaStoreError(
                    f"the app must keep running, got exit code {self._process.returncode}; see its messages above"
                )
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
                return answer.status == 200
        except OSError:
            return False


def start(root: Path, *, port: int | None = None, host: str = "127.0.0.1") -> AppServer:
    """Start the app on the store at `root` and return at once; port 8501, or a free one where that is taken."""
    chosen = choose_port(host, port)
    environment = {**os.environ, "MEDIASTORE_DIR": str(root.absolute())}
    flags = [f"--server.port={chosen}", f"--server.address={host}", "--server.headless=true"]
    if host not in LOOPBACK:
        names = ("*",) if host in EVERY_ADDRESS else (*LOOPBACK, host)
        flags += [f"--server.allowedHosts={name}" for name in names]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(_app_script()), *flags],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    return AppServer(process, f"http://{LOOPBACK[0] if host in EVERY_ADDRESS else host}:{chosen}")


def launch(root: Path, *, port: int | None = None, host: str = "127.0.0.1", open_browser: bool = True) -> int:
    """Show the store at `root` until Ctrl-C or SIGTERM: prints the URL, opens a browser where there is one."""
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with start(root, port=port, host=host) as server:
            server.wait_ready()
            print(f"mediastore shows {root} at {server.url} (Ctrl-C ends it)", flush=True)
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
    """The wanted port; without one 8501, or a free one where that is taken. Raises MediaStoreValueError."""
    if wanted is not None:
        if not _is_free(host, wanted):
            raise MediaStoreValueError(f"port must be free on {host}, got {wanted}, which is taken; choose another")
        return wanted
    if _is_free(host, PORT):
        return PORT
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
