"""`init`, the run that is open in this process, and how it ends: by `finish`, at exit, by a signal or an exception."""

import atexit
import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from mediastore import naming
from mediastore.errors import MediaStoreError
from mediastore.writer.config import Config
from mediastore.writer.facts import quick_facts
from mediastore.writer.opening import ROOT, Settings, open_run
from mediastore.writer.run import QUEUE_BYTES, Run


class Session:
    """The open run of this process, and the exit code that it will end with."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self.exit_code = 0
        self._hooked = False

    def hook(self) -> None:
        """Finish the run however the process ends, short of kill -9."""
        if self._hooked:
            return
        self._hooked = True
        atexit.register(self._at_exit)
        before, leave = sys.excepthook, sys.exit

        def noting_excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self.exit_code = 1
            before(kind, error, trace)

        def noting_exit(code: Any = None) -> Any:
            self.exit_code = code if isinstance(code, int) else int(code is not None)
            leave(code)

        sys.excepthook, sys.exit = noting_excepthook, noting_exit
        with contextlib.suppress(ValueError):
            if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
                signal.signal(signal.SIGTERM, self._at_sigterm)

    def _at_sigterm(self, number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    def _at_exit(self) -> None:
        if self.run is not None:
            self.run.finish(exit_code=self.exit_code)


session = Session()


def root_folder(given: str | os.PathLike[str] | None = None) -> Path:
    """The store's folder: as given, else MEDIASTORE_DIR, else ./mediastore-runs."""
    return Path(given or os.environ.get("MEDIASTORE_DIR") or ROOT)


def init(
    project: str | None = None,
    config: Any = None,
    name: str | None = None,
    tags: Sequence[str] | str | None = None,
    notes: str | None = None,
    group: str | None = None,
    job_type: str | None = None,
    id: str | None = None,
    resume: bool | str | None = None,
    dir: str | os.PathLike[str] | None = None,
    mode: str | None = None,
    reinit: bool | str | None = None,
    save_code: bool | None = None,
    allow_code: bool = False,
    strict: bool | None = None,
    durable: bool = False,
    queue_bytes: int = QUEUE_BYTES,
    **more: Any,
) -> Run:
    """Begin a run, or go on with one, and make it the open run of this process; an open one is finished first.

    project: groups runs, "uncategorized" by default. config: a dictionary, namespace or dataclass. name: a readable
    name. id: the run's folder name, made when absent; one that exists is gone on with (resume="never" refuses that,
    resume="must" refuses a new one). dir: the store's folder, else MEDIASTORE_DIR, else ./mediastore-runs.
    mode: "disabled" logs nothing. strict: raise logging faults (default: MEDIASTORE_STRICT). durable: wait for the
    disk. queue_bytes: how much may wait to be encoded before `log` waits. allow_code: record that this run may carry
    renderers. Keywords that only a server could honour are accepted.
    """
    is_strict = os.environ.get("MEDIASTORE_STRICT", "") not in ("", "0") if strict is None else strict
    if session.run is not None:
        session.run.finish()
    fields = {
        "format": 1,
        "project": str(project or "uncategorized"),
        "run": str(id or naming.new_run_id()),
        "name": name,
        "created": round(time.time(), 3),
        "status": "running",
        "tags": [tags] if isinstance(tags, str) else [str(tag) for tag in tags or ()],
        "notes": notes or None,
        "group": group,
        "job_type": job_type,
        "pid": os.getpid(),
        "allow_code": allow_code or None,
        **quick_facts(),
    }
    if mode == "disabled":
        session.run = Run.disabled(fields, config=Config(config))
        return session.run
    settings = Settings(strict=is_strict, durable=durable, queue_bytes=queue_bytes)
    session.run = open_run(root_folder(dir), fields, config, resume, settings)
    session.exit_code = 0
    session.hook()
    return session.run


def log(data: Mapping[str, Any], step: int | None = None, commit: bool | None = None, sync: bool | None = None) -> None:
    """Log to the open run; see `Run.log`. Raises MediaStoreError when there is none."""
    current_run().log(data, step=step, commit=commit, sync=sync)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """Finish the open run; nothing happens when there is none."""
    if session.run is not None:
        session.run.finish(exit_code=exit_code, quiet=quiet)
        session.run = None


def current_run() -> Run:
    """The open run of this process. Raises MediaStoreError when there is none."""
    if session.run is None or session.run.is_finished:
        raise MediaStoreError("a run must be open to log, got none; call init(project=…) first")
    return session.run
