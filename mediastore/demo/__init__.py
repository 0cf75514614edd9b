"""The demo: real pictures, real sound and four detectors that train while the app is open.

It reads like a user's script: all it needs of mediastore is `import mediastore`.
"""

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType
from typing import Protocol


class App(AbstractContextManager["App"], Protocol):
    """What the demo needs of an app that runs beside it; leaving its context ends it."""

    url: str

    def wait_ready(self) -> None: ...

    def wait(self) -> int: ...


def run_demo(
    root: Path,
    *,
    start_app: Callable[[], App] | None = None,
    open_browser: Callable[[str], None] | None = None,
    fresh: bool = False,
) -> int:
    """Logs the demo's runs to the store at `root`, with the app open beside it; returns the exit code.

    Runs that are there and finished are not made again, unless `fresh`. With an app, it stays until Ctrl-C or SIGTERM.
    """
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        if start_app is None:
            _log(root, fresh)
            return 0
        with start_app() as app:
            app.wait_ready()
            print(f"The app shows {root} at {app.url} (Ctrl-C ends it)", flush=True)
            if open_browser is not None:
                open_browser(app.url)
            _log(root, fresh)
            print(f"All of it is there; the app stays at {app.url} until Ctrl-C", flush=True)
            return app.wait()
    except KeyboardInterrupt:
        print("\nThe demo was stopped; what it logged is kept.", flush=True)
        return 130
    finally:
        signal.signal(signal.SIGTERM, previous)


def _log(root: Path, fresh: bool) -> None:
    from mediastore.demo.program import parts, parts_to_do
    from mediastore.demo.progress import log_all

    wanted = parts() if fresh else parts_to_do(root)
    there = len(parts()) - len(wanted)
    if there and not fresh:
        print(f"{there} demo runs are there; `mediastore demo --fresh` trains again", flush=True)
    log_all(wanted, root)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
