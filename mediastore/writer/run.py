"""A run: what a training script holds. `log` takes a snapshot and returns; a few threads do the rest."""

import contextlib
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from multiprocessing.util import Finalize
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mediastore import encode, files, naming, sidecar
from mediastore.errors import MediaStoreError, MediaStoreTypeError, MediaStoreValueError
from mediastore.journal import Journal
from mediastore.media import Media
from mediastore.writer import aftermath
from mediastore.writer import values as logged
from mediastore.writer.config import Config, changes
from mediastore.writer.facts import facts_of_git, package_versions
from mediastore.writer.faults import Faults
from mediastore.writer.items import ItemWriter, Snapshot
from mediastore.writer.pipeline import Pipeline
from mediastore.writer.record import RunRecord
from mediastore.writer.summary import Summary
from mediastore.writer.wandb_calls import WandbCalls

QUEUE_BYTES = 256 * 2**20
HEARTBEAT_S = 2.0
SILENT_BEATS = 7
THREADS = max(2, min(4, os.cpu_count() or 2))
TOGETHER = 16  # items that need no encoding: to wake a thread for each costs more than the item


class Run(WandbCalls):
    """A run that is being written. Made by `mediastore.init`.

    config, summary: dictionaries with attribute access. step: the step that the next `log` without one gets.
    """

    def __init__(
        self,
        folder: Path,
        fields: dict[str, Any],
        *,
        config: Config,
        summary: Summary,
        first_step: int = 0,
        owns_record: bool = True,
        strict: bool = False,
        durable: bool = False,
        queue_bytes: int = QUEUE_BYTES,
    ) -> None:
        self.dir = folder
        self.id: str = fields["run"]
        self.project: str = fields["project"]
        self.config = config
        self.summary = summary
        self.step = first_step
        self._fields = fields
        self._disabled = False
        self._settings = {"strict": strict, "durable": durable, "queue_bytes": queue_bytes}
        self._owns_record = owns_record
        self._record = RunRecord(folder, fields, durable=durable)
        self._last_time = 0.0
        self._finished = True

    @classmethod
    def disabled(cls, fields: dict[str, Any], *, config: Config) -> Self:
        """A run that takes every call and writes nothing."""
        run = cls(Path(), fields, config=config, summary=Summary(), owns_record=False)
        run._disabled = True
        return run

    def begin(self, *, is_new: bool = False) -> None:
        """Put the run on disk and start its threads.

        Raises OSError when the folder cannot be written, FileExistsError when a new run is there already.
        """
        if self._owns_record:
            self._record.update(config=self.config.as_dict(), summary=self.summary.as_dict())
            self._record.create() if is_new else self._record.save()
        self._finished = False
        self._begin_writing()

    def _begin_writing(self) -> None:
        """Take a writer id, journals and threads of this process's own."""
        self._pid = os.getpid()
        self.writer = naming.new_writer()
        self._lock = threading.RLock()
        self._faults = Faults(self._settings["strict"])
        identity = {"format": sidecar.FORMAT, "project": self.project, "run": self.id, "writer": self.writer}
        durable = self._settings["durable"]
        self._metrics = Journal(self.dir / "metrics", self.writer)
        self._items = ItemWriter(self.dir, identity, self._faults, durable=durable)
        self._pipeline: Pipeline[Snapshot] = Pipeline(
            self._items.write, threads=THREADS, bytes_max=self._settings["queue_bytes"], on_full=self._say_full
        )
        self._stop_beating = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="mediastore-heart", daemon=True)
        self._heart.start()

    def _begin_in_child(self) -> None:
        """A forked process writes with an id and journals of its own; its parent keeps the record."""
        self._owns_record = False
        self._begin_writing()
        Finalize(None, self.finish, exitpriority=100)

    @property
    def is_finished(self) -> bool:
        """Whether `finish` was called."""
        return self._finished and not self._disabled

    def log(
        self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None, sync: bool | None = None
    ) -> None:
        """Log metrics and media at a step.

        data: numbers, texts, media and lists of media by key; nested dictionaries are joined by dots. step: an integer
        >= 0, in any order; without one, the step after the last. commit=False stays on the step for the next `log`.
        Faults become one warning a kind and a `problem` in the record; a run that is strict raises them.
        """
        if self._disabled:
            return None
        if os.getpid() != self._pid:
            self._begin_in_child()
        if self._finished:
            self._faults.add("finished", MediaStoreError(f"run {self.id} must not be finished to log; call init again"))
            return self._faults.tell()
        with self._lock:
            try:
                at = self._take_step(step, commit)
                self._log(data, at)
            except (MediaStoreError, OSError) as error:
                self._faults.add("log", error)
        if self._faults.strict:
            self._pipeline.drain()
        return self._faults.tell()

    def _take_step(self, step: int | None, commit: bool | None) -> int:
        if step is None:
            at = self.step
            self.step += commit is not False
            return at
        try:
            at = int(step)
        except (TypeError, ValueError):
            at = -1
        if at < 0 or at != step:
            raise MediaStoreValueError(f"step must be an integer >= 0, got {step!r}; nothing of this call was logged")
        self.step = max(self.step, at + (commit is not False))
        return at

    def _log(self, data: Mapping[str, Any], step: int) -> None:
        if not isinstance(data, Mapping):
            raise MediaStoreTypeError(
                f"log must be given a dictionary, got {type(data).__name__}; pass {{name: value}}"
            )
        now = self._now()
        metrics: dict[str, Any] = {}
        for key, value in logged.flattened(data):
            try:
                entries = logged.as_media(value)
                if entries is None:
                    metrics[key] = logged.as_metric(value)
                else:
                    self._log_media(key, step, now, entries)
            except (MediaStoreError, OSError) as error:
                self._faults.add("value", MediaStoreError(f"{key} at step {step} is not logged: {error}"))
        for name, value in metrics.items():
            self.summary.note(name, value)
        if metrics:
            self._metrics.append(sidecar.to_line({"step": step, "time": now, "values": metrics}))

    def _log_media(self, key: str, step: int, now: float, entries: list[Any]) -> None:
        naming.encode_key(key)
        encode.prepare(entry.kind for entry in entries if isinstance(entry, Media))
        waiting: list[tuple[Snapshot, int]] = []
        try:
            for snapshot in logged.snapshots(key, step, now, entries):
                held = self._items.hold(self._staged(snapshot))
                waiting.append((held, held.nbytes))
                if held.stored is None or len(waiting) == TOGETHER:
                    ready, waiting = waiting, []
                    self._pipeline.submit(*ready)
        finally:
            if waiting:
                self._pipeline.submit(*waiting)

    def _staged(self, snapshot: Snapshot) -> Snapshot:
        """A file too large for memory, copied now, since its owner may change it."""
        payload = snapshot.payload
        if payload is None or payload.path is None or snapshot.reference is not None:
            return snapshot
        stem = naming.item_stem(snapshot.step, snapshot.index, self.writer)
        folder = self.dir / "media" / naming.encode_key(snapshot.key)
        staged = folder / f"{files.TEMPORARY_PREFIX}{time.monotonic_ns():x}-{stem}"
        files.copy(payload.path, staged)
        return replace(snapshot, payload=replace(payload, path=staged))

    def _now(self) -> float:
        """Seconds since 1970, later than any before, so that what is logged again comes after."""
        self._last_time = max(round(time.time(), 6), round(self._last_time + 1e-6, 6))
        return self._last_time

    def _say_full(self) -> None:
        bound = self._settings["queue_bytes"] // 2**20
        print(f"mediastore: {bound} MB of media wait to be encoded, so log() waits for room; nothing is dropped.")

    def _beat(self) -> None:
        """Keep `run.json` fresh, so that others see the summary and that the run lives."""
        if self._owns_record:
            self._record.update(**facts_of_git())
        version, silent = -1, SILENT_BEATS
        while not self._stop_beating.wait(HEARTBEAT_S):
            silent += 1
            changed = changes(self.summary) + changes(self.config)
            if changed != version or silent >= SILENT_BEATS:
                version, silent = changed, 0
                self._save_quietly()

    def _save_quietly(self, **fields: Any) -> None:
        if not self.dir.is_dir():
            self._faults.add("folder", MediaStoreError(f"{self.dir} must stay while it is written; it is made anew"))
        try:
            if self._owns_record:
                contents = {"config": self.config.as_dict(), "summary": self.summary.as_dict()}
                self._record.save(**contents, packages=package_versions(), **fields)
            self._metrics.flush()
            self._items.flush()
        except OSError as error:
            self._faults.add("run.json", MediaStoreError(f"{self.dir} must be writable: {error}; free or restore it"))

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until all that was logged is on disk; False when `timeout_s` seconds were not enough.

        What could not be written is told before it returns, or raised where the run is strict.
        """
        is_done = self._disabled or self._pipeline.drain(timeout_s)
        self._faults.tell()
        return is_done

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """Write what is queued and close the run; `exit_code` other than 0 marks it failed."""
        if self._disabled or self._finished or os.getpid() != self._pid:
            return
        self._end_calls()
        self._finished = True
        if self._pipeline.unfinished > 20 and not quiet:
            print(f"mediastore: writing the last {self._pipeline.unfinished} items …")
        self._pipeline.drain()
        self._pipeline.close()
        self._stop_beating.set()
        self._heart.join()
        problems = [{"problem": sentence} for sentence in self._faults.sentences]
        status = "failed" if exit_code else "finished"
        self._save_quietly(status=status, problems=problems or None, faults=dict(self._faults.counts) or None)
        self._metrics.close()
        self._items.close()
        aftermath.index_later(self.dir)
        self._faults.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(MediaStoreError) if error else contextlib.nullcontext():
            self.finish(exit_code=0 if error is None else 1)

    def __repr__(self) -> str:
        return f"<mediastore run {self.project}/{self.id}>"
