"""`init`, the run that is open in this process, and how it ends: by `finish`, at exit, by a signal or an exception."""

import atexit
import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from mediastore import naming
from mediastore.writer import kept_files
from mediastore.writer.config import Config, as_mapping
from mediastore.writer.environment import ROOT, from_environment
from mediastore.writer.facts import facts_at_begin
from mediastore.writer.once import warn_once
from mediastore.writer.opening import Settings, open_run
from mediastore.writer.run import QUEUE_BYTES, Run


@dataclass(frozen=True)
class Trial:
    """What a sweep lays down for the next run."""

    sweep: str
    project: str | None
    settings: dict[str, Any]


class Session:
    """The open run of this process, and the exit code that it will end with."""

    def __init__(self) -> None:
        self.trial: Trial | None = None
        self.exit_code = 0
        self._runs: list[Run] = []
        self._hooked = False

    @property
    def current(self) -> Run | None:
        """The run that was begun last and is not finished."""
        self._runs = [run for run in self._runs if not run.is_finished]
        return self._runs[-1] if self._runs else None

    def begin(self, run: Run) -> Run:
        """Make a run the open one."""
        self._runs.append(run)
        self.exit_code = 0
        self.hook()
        return run

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """Finish the open run; nothing happens when there is none."""
        run = self.current
        if run is not None:
            self._runs.remove(run)
            run.finish(exit_code=exit_code, quiet=quiet)

    def hook(self) -> None:
        """Finish the run however the process ends, short of kill -9."""
        if self._hooked:
            return
        self._hooked = True
        atexit.register(self._at_exit)
        before, leave = sys.excepthook, sys.exit

        def noting_excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self.exit_code = 0 if hasattr(sys, "ps1") else 1  # at a prompt, the session goes on after an error
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
        while self.current is not None:
            self.finish(exit_code=self.exit_code)


session = Session()


def root_folder(given: str | os.PathLike[str] | None = None) -> Path:
    """The store's folder: as given, else MEDIASTORE_DIR, else below WANDB_DIR, else ./mediastore-runs."""
    return Path(given or from_environment().get("dir") or ROOT)


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
    *,
    entity: str | None = None,
    config_include_keys: Sequence[str] | None = None,
    config_exclude_keys: Sequence[str] | None = None,
    allow_val_change: bool | None = None,
    anonymous: Any = None,
    force: bool | None = None,
    magic: Any = None,
    settings: Any = None,
    sync_tensorboard: bool | None = None,
    tensorboard: bool | None = None,
    monitor_gym: bool | None = None,
    fork_from: str | None = None,
    resume_from: str | None = None,
    allow_code: bool = False,
    strict: bool | None = None,
    durable: bool = False,
    queue_bytes: int = QUEUE_BYTES,
) -> Run:
    """Begin a run, or go on with one, and make it the open run of this process.

    project: groups runs, "uncategorized" by default. config: a dictionary, namespace or dataclass; of its keys
    config_include_keys alone, without config_exclude_keys. name: a readable name. id: the run's folder name, made when
    absent; one that exists is gone on with (resume="never" refuses that, resume="must" refuses a new one). dir: the
    store's folder, else MEDIASTORE_DIR, else ./mediastore-runs. mode: "disabled" logs nothing. reinit: an open run is
    finished first; "return_previous" or False returns it, "create_new" leaves it open. save_code: keep the script.
    strict: raise logging faults (default: MEDIASTORE_STRICT). durable: wait for the disk. queue_bytes: how much may
    wait to be encoded before `log` waits. allow_code: record that this run may carry renderers.

    Keywords that are None are looked up in the environment (MEDIASTORE_PROJECT, else WANDB_PROJECT …). Those that only
    a server could honour are accepted; where something is lost by it, a warning says so.
    """
    if session.current is not None and reinit in (False, "return_previous"):
        return session.current
    if reinit != "create_new":
        session.finish()
    _say_what_is_lost(sync_tensorboard or tensorboard, monitor_gym, fork_from or resume_from)
    said = from_environment()
    trial = session.trial or Trial("", None, {})
    fields = {
        "format": 1,
        "project": str(trial.project or project or said.get("project") or "uncategorized"),
        "run": str(id or said.get("id") or ""),
        "name": name or said.get("name"),
        "created": round(time.time(), 6),
        "status": "running",
        "tags": _words(tags or said.get("tags")),
        "notes": notes or said.get("notes"),
        "group": group or said.get("group") or trial.sweep or None,
        "job_type": job_type or said.get("job_type"),
        "entity": entity,
        "pid": os.getpid(),
        "allow_code": allow_code or None,
        **facts_at_begin(),
    }
    chosen = _chosen(as_mapping(config), config_include_keys, config_exclude_keys) | as_mapping(trial.settings)
    if (mode or getattr(settings, "mode", None) or said.get("mode")) == "disabled":
        fields["run"] = fields["run"] or naming.new_run_id()
        return session.begin(Run.disabled(fields, config=Config(chosen)))
    is_strict = os.environ.get("MEDIASTORE_STRICT", "") not in ("", "0") if strict is None else strict
    how = Settings(strict=is_strict, durable=durable, queue_bytes=queue_bytes)
    run = session.begin(open_run(root_folder(dir), fields, chosen, resume or said.get("resume"), how))
    run.config.lock(trial.settings)
    if save_code:
        with contextlib.suppress(OSError):
            kept_files.save_script(run.dir)
    return run


def _say_what_is_lost(tensorboard: Any, gym: Any, branch: Any) -> None:
    if tensorboard:
        warn_once("sync_tensorboard must be left out, got True; log to mediastore beside TensorBoard")
    if gym:
        warn_once("monitor_gym must be left out, got True; log the recorded films as Video")
    if branch:
        warn_once(f"fork_from and resume_from must be left out, got {branch!r}; a new run begins, resume one by its id")


def _words(given: Sequence[str] | str | None) -> list[str]:
    return [given] if isinstance(given, str) else [str(word) for word in given or ()]


def _chosen(config: dict[str, Any], included: Any, excluded: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in config.items()
        if (included is None or name in included) and name not in (excluded or ())
    }
