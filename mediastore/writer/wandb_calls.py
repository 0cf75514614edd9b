"""What scripts call on a run beside `log`, `config`, `summary` and `finish`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore.errors import MediaStoreError
from mediastore.writer import artifact_store, kept_files, watching
from mediastore.writer.artifact import Artifact
from mediastore.writer.faults import Faults
from mediastore.writer.record import RunRecord
from mediastore.writer.summary import Summary, rules_from


@dataclass(frozen=True)
class Metric:
    """What `define_metric` laid down."""

    name: str
    step_metric: str | None = None
    summary: str | None = None
    goal: str | None = None
    hidden: bool | None = None


class WandbCalls:
    """The further calls and properties of wandb's Run; `Run` inherits them."""

    dir: Path
    id: str
    project: str
    summary: Summary
    log: Callable[..., None]
    _fields: dict[str, Any]
    _record: RunRecord
    _faults: Faults
    _disabled: bool
    _at_finish: tuple[Callable[[], Any], ...] = ()

    @property
    def name(self) -> str:
        """The readable name; the id where none was given."""
        return str(self._fields.get("name") or self.id)

    @name.setter
    def name(self, value: str) -> None:
        self._record.update(name=str(value))

    @property
    def notes(self) -> str | None:
        """Free text on the run."""
        return self._fields.get("notes")

    @notes.setter
    def notes(self, value: str | None) -> None:
        self._record.update(notes=value)

    @property
    def tags(self) -> tuple[str, ...]:
        """Words to find the run by."""
        return tuple(self._fields.get("tags") or ())

    @tags.setter
    def tags(self, value: Sequence[str]) -> None:
        self._record.update(tags=[str(tag) for tag in value])

    @property
    def group(self) -> str:
        """The group of runs that it belongs to."""
        return str(self._fields.get("group") or "")

    @property
    def job_type(self) -> str:
        """What the run does: "train", "evaluate"."""
        return str(self._fields.get("job_type") or "")

    @property
    def entity(self) -> str:
        """Whose run it is, as the script said."""
        return str(self._fields.get("entity") or "")

    @property
    def path(self) -> str:
        """`project/run`."""
        return f"{self.project}/{self.id}"

    @property
    def url(self) -> str:
        """The run's folder as a file URL: there is no server."""
        return "" if self._disabled else self.dir.resolve().as_uri()

    @property
    def start_time(self) -> float:
        """Seconds since 1970 when the run was made."""
        return float(self._fields.get("created") or 0)

    @property
    def resumed(self) -> bool:
        """Whether the run was there before this process."""
        return bool(self._fields.get("resumed"))

    @property
    def disabled(self) -> bool:
        """Whether nothing is written."""
        return self._disabled

    @property
    def offline(self) -> bool:
        """Always true: nothing leaves this machine."""
        return True

    def get_url(self) -> str:
        """`url`, by wandb's older name."""
        return self.url

    def project_name(self) -> str:
        """`project`, by wandb's older name."""
        return self.project

    def define_metric(
        self,
        name: str | Metric,
        step_metric: str | Metric | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,
    ) -> Metric:
        """Say what is kept of a metric (`*` stands for any text) in the summary, and what it is drawn over.

        summary: any of min, max, mean, first, last, best (with goal "minimize" or "maximize"), copy, none, joined by
        commas. step_metric: the metric on its horizontal axis; the last value logged before counts. hidden: not drawn.
        """
        names = [entry.name if isinstance(entry, Metric) else entry for entry in (name, step_metric)]
        metric = Metric(str(names[0]), names[1], summary, goal, hidden)
        if self._disabled:
            return metric
        try:
            if summary is not None:
                self.summary.define(metric.name, rules_from(summary, goal))
        except MediaStoreError as error:
            self._faults.add("define_metric", error)
            self._faults.tell()
        known = [entry for entry in self._fields.get("defined_metrics") or () if entry["name"] != metric.name]
        given = {field: value for field, value in vars(metric).items() if value is not None}
        self._record.update(defined_metrics=[*known, given])
        return metric

    def alert(self, title: str, text: str = "", level: Any = None, wait_duration: Any = None) -> None:
        """Record an alert with the run, and print it."""
        if self._disabled:
            return
        word = str(getattr(level, "value", level) or "INFO").upper()
        entry = {"time": round(time.time(), 3), "level": word, "title": str(title), "text": str(text)}
        self._record.update(alerts=[*(self._fields.get("alerts") or ()), entry])
        print(f"mediastore: {word}: {title}: {text}")

    def save(self, glob_str: Any = None, base_path: Any = None, policy: str = "live") -> list[str]:
        """Copy files into the run's folder `files/`, now and, unless policy is "now", once more at the end."""
        if self._disabled or glob_str is None:
            return []
        found = kept_files.save(self.dir, glob_str, base_path)
        if policy != "now":
            self._at_finish += (lambda: kept_files.save(self.dir, glob_str, base_path),)
        return found

    def restore(self, name: str, run_path: str | None = None, replace: bool = False, root: Any = None) -> Any:
        """A file that this run, or the one at `project/run`, saved: copied below `root`, and opened for reading."""
        return kept_files.restore(self.dir, name, run_path, root, replace=replace)

    def log_code(
        self,
        root: Any = ".",
        name: str | None = None,
        include_fn: Callable[..., bool] | None = None,
        exclude_fn: Callable[..., bool] | None = None,
    ) -> list[str]:
        """Copy the Python files below `root` into the run's folder `code/`; `include_fn(path)` chooses others."""
        return [] if self._disabled else kept_files.save_code(self.dir, Path(root), include_fn, exclude_fn)

    def log_artifact(
        self,
        artifact_or_path: Any,
        name: str | None = None,
        type: str | None = None,
        aliases: Sequence[str] | str | None = None,
        tags: Any = None,
    ) -> Artifact:
        """Store an artifact, or the file or folder at a path, as the next version of its name."""
        artifact = artifact_or_path
        if not isinstance(artifact, Artifact):
            artifact = Artifact.from_path(artifact_or_path, name or f"run-{self.id}", type or "unspecified")
        if not self._disabled:
            artifact_store.store(self.dir.parent, artifact, aliases, run=self.id)
            self._note_artifact("logged_artifacts", artifact)
        return artifact

    def use_artifact(
        self, artifact_or_name: Any, type: str | None = None, aliases: Any = None, use_as: Any = None
    ) -> Any:
        """The artifact of a name: "cats:v3", "cats:best", "cats" (the latest), "project/cats:v3"."""
        artifact = artifact_or_name
        if not isinstance(artifact, Artifact):
            artifact = artifact_store.find(self.dir.parent, str(artifact_or_name), type)
        elif not self._disabled and not artifact.is_stored:
            self.log_artifact(artifact, aliases=aliases)
        if not self._disabled:
            self._note_artifact("used_artifacts", artifact)
        return artifact

    upsert_artifact = log_artifact

    def log_model(self, path: Any, name: str | None = None, aliases: Any = None) -> Artifact:
        """Store the file or folder of a model as an artifact of type "model"."""
        return self.log_artifact(path, name or f"run-{self.id}-model", "model", aliases)

    def use_model(self, name: str) -> str:
        """The path of a stored model: of its file where it is one, else of its folder."""
        artifact = self.use_artifact(name, type="model")
        folder = artifact.download()
        return str(Path(folder) / artifact.paths[0]) if len(artifact.paths) == 1 else folder

    def watch(
        self, models: Any, criterion: Any = None, log: str | None = "gradients", log_freq: int = 1000, **more: Any
    ) -> None:
        """Log histograms of a torch module's "gradients", "parameters" or "all", every `log_freq` passes."""
        if not self._disabled:
            stops = watching.watch(self.log, models, log, log_freq)
            self._watched = (*self._watched, *stops)
            self._at_finish += (self.unwatch,)

    def unwatch(self, models: Any = None) -> None:
        """Take away what `watch` hung on modules."""
        for stop in self._watched:
            stop()
        self._watched = ()

    _watched: tuple[Callable[[], None], ...] = ()

    def mark_preempting(self) -> None:
        """Record that the machine will stop soon."""
        self._record.update(preempting=True)

    def status(self) -> str:
        """What the run's record says of it."""
        return str(self._fields.get("status"))

    def join(self, exit_code: int | None = None) -> None:
        """`finish`, by wandb's older name."""
        self.finish(exit_code=exit_code)  # type: ignore[attr-defined]

    def _note_artifact(self, field: str, artifact: Artifact) -> None:
        known = [name for name in self._fields.get(field) or () if name != artifact.name]
        self._record.update(**{field: [*known, artifact.name]})

    def _end_calls(self) -> None:
        """What `save` and `watch` left for the end."""
        actions, self._at_finish = self._at_finish, ()
        for action in actions:
            try:
                action()
            except (MediaStoreError, OSError) as error:
                self._faults.add("finish", error)
