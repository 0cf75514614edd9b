"""The module's own functions: they go to the run that is open, or have no run to go to."""

import sys
from collections.abc import Mapping
from enum import Enum
from types import SimpleNamespace
from typing import Any

from mediastore import naming
from mediastore.errors import MediaStoreError
from mediastore.writer.artifact import Artifact
from mediastore.writer.once import note_once
from mediastore.writer.run import Run
from mediastore.writer.session import session
from mediastore.writer.wandb_calls import Metric


def current_run() -> Run:
    """The open run of this process. Raises MediaStoreError when there is none."""
    run = session.current
    if run is None:
        raise MediaStoreError("a run must be open for this, got none; call init(project=…) first")
    return run


class OfOpenRun:
    """`config` or `summary` of whichever run is open when it is used."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def _now(self) -> Any:
        return getattr(current_run(), self._name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._now(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._now(), name, value)

    def __getitem__(self, name: str) -> Any:
        return self._now()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._now()[name] = value


class AlertLevel(Enum):
    """How urgent an alert is."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class Settings(SimpleNamespace):
    """wandb's settings: any keyword is accepted; `mode` is heeded."""


class util:
    """The one function of wandb.util that scripts call."""

    @staticmethod
    def generate_id(length: int = 8) -> str:
        """A new id for a run."""
        return "".join(naming.new_writer() for _ in range(-(-length // 6)))[:length]


def log(data: Mapping[str, Any], step: int | None = None, commit: bool | None = None, sync: bool | None = None) -> None:
    """Log to the open run; see `Run.log`. Raises MediaStoreError when there is none."""
    current_run().log(data, step=step, commit=commit, sync=sync)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """Finish the open run; nothing happens when there is none."""
    session.finish(exit_code=exit_code, quiet=quiet)


def define_metric(name: Any, *arguments: Any, **keywords: Any) -> Metric:
    """See `Run.define_metric`."""
    return current_run().define_metric(name, *arguments, **keywords)


def alert(title: str, text: str = "", level: Any = None, wait_duration: Any = None) -> None:
    """See `Run.alert`."""
    current_run().alert(title, text, level, wait_duration)


def save(glob_str: Any = None, base_path: Any = None, policy: str = "live") -> list[str]:
    """See `Run.save`."""
    return current_run().save(glob_str, base_path, policy)


def restore(name: str, run_path: str | None = None, replace: bool = False, root: Any = None) -> Any:
    """See `Run.restore`."""
    return current_run().restore(name, run_path, replace, root)


def watch(models: Any, criterion: Any = None, log: str | None = "gradients", log_freq: int = 1000, **more: Any) -> None:
    """See `Run.watch`."""
    current_run().watch(models, criterion, log, log_freq, **more)


def unwatch(models: Any = None) -> None:
    """See `Run.unwatch`."""
    current_run().unwatch(models)


def log_artifact(artifact_or_path: Any, *arguments: Any, **keywords: Any) -> Artifact:
    """See `Run.log_artifact`."""
    return current_run().log_artifact(artifact_or_path, *arguments, **keywords)


def use_artifact(artifact_or_name: Any, *arguments: Any, **keywords: Any) -> Artifact:
    """See `Run.use_artifact`."""
    return current_run().use_artifact(artifact_or_name, *arguments, **keywords)


def log_model(path: Any, name: str | None = None, aliases: Any = None) -> Artifact:
    """See `Run.log_model`."""
    return current_run().log_model(path, name, aliases)


def use_model(name: str) -> str:
    """See `Run.use_model`."""
    return current_run().use_model(name)


def login(*arguments: Any, **keywords: Any) -> bool:
    """True: there is no account to log in to."""
    return True


def setup(*arguments: Any, **keywords: Any) -> None:
    """Nothing has to be set up."""


def teardown(exit_code: int | None = None) -> None:
    """Finish whatever is open."""
    while session.current is not None:
        session.finish(exit_code=exit_code)


def termlog(string: str = "", newline: bool = True, repeat: bool = True) -> None:
    """Print a line; repeat=False: once."""
    _say(string, newline, repeat)


def termwarn(string: str, newline: bool = True, repeat: bool = True) -> None:
    """Print a warning; repeat=False: once."""
    _say(f"warning: {string}", newline, repeat)


def termerror(string: str, newline: bool = True, repeat: bool = True) -> None:
    """Print an error; repeat=False: once."""
    _say(f"error: {string}", newline, repeat)


def _say(text: str, newline: bool, repeat: bool) -> None:
    if repeat:
        print(f"mediastore: {text}", end="\n" if newline else "", file=sys.stderr)
    else:
        note_once(text)
