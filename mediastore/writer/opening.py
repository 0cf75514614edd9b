"""How a run begins: a new folder, an old one gone on with, or one that other processes are writing too."""

import contextlib
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore import edits, naming
from mediastore.errors import MediaStoreError, MediaStoreValueError, MediaStoreWarning
from mediastore.writer import record
from mediastore.writer.config import Config
from mediastore.writer.environment import ROOT
from mediastore.writer.run import QUEUE_BYTES, Run
from mediastore.writer.summary import Summary


@dataclass(frozen=True)
class Settings:
    """How a run is written. strict: raise faults. durable: wait for the disk. queue_bytes: what may wait in memory."""

    strict: bool = False
    durable: bool = False
    queue_bytes: int = QUEUE_BYTES


def open_run(root: Path, fields: dict[str, Any], config: Any, resume: bool | str | None, settings: Settings) -> Run:
    """A run in `root`, or, where that cannot be written and the run is not strict, in a folder that can.

    A run whose `fields` name no id has one that no other run has, not even one that begins at the same moment.
    Raises MediaStoreValueError for names and ids that cannot be, and in strict runs what `root` raises.
    """
    try:
        return _open_in(root, fields, config, resume, settings)
    except (OSError, MediaStoreError) as error:
        if settings.strict or isinstance(error, MediaStoreValueError):
            raise
        spare = Path(tempfile.gettempdir()) / ROOT
        warnings.warn(
            f"{root} must be a folder that can be written, got: {error}; this run is written to {spare}: "
            "move it later, or set MEDIASTORE_DIR",
            MediaStoreWarning,
            stacklevel=3,
        )
        return _open_in(spare, fields, config, resume, settings)


def _open_in(root: Path, fields: dict[str, Any], config: Any, resume: bool | str | None, settings: Settings) -> Run:
    root = root.absolute()
    record.mark_store(root)
    if not fields["run"]:
        if resume == "must":
            raise MediaStoreValueError("resume='must' must come with an id, got none; give the id of the run")
        return _new(root, fields, config, settings)
    folder = record.run_folder(root, fields["project"], fields["run"])
    known = record.read(folder)
    if known is None and resume == "must":
        raise MediaStoreValueError(f"run {fields['run']!r} must exist to be resumed, got none in {root}; check its id")
    if known is not None and resume == "never":
        raise MediaStoreValueError(f"run {fields['run']!r} must be new, got one in {root}; choose another id")
    if known is None:
        run = Run(folder, dict(fields), config=Config(config), summary=Summary(), **vars(settings))
        try:
            run.begin(is_new=True)
            return run
        except FileExistsError:
            known = record.read(folder) or {}
    return _joined(folder, known, fields, config, settings)


def _new(root: Path, fields: dict[str, Any], config: Any, settings: Settings) -> Run:
    while True:
        fields = fields | {"run": naming.new_run_id()}
        folder = record.run_folder(root, fields["project"], fields["run"])
        if not folder.exists():
            run = Run(folder, fields, config=Config(config), summary=Summary(), **vars(settings))
            with contextlib.suppress(FileExistsError):
                run.begin(is_new=True)
                return run


def _joined(folder: Path, known: dict[str, Any], fields: Mapping[str, Any], config: Any, settings: Settings) -> Run:
    """The run that stands in the folder; its record is ours to write unless another process lives that writes it."""
    known = edits.taken_in(known, folder)
    given = {name: value for name, value in fields.items() if value not in (None, [])}
    settled = known | given | {"created": known.get("created", fields["created"]), "resumed": True}
    last_step = record.last_step(folder)
    run = Run(
        folder,
        settled,
        config=Config(dict(Config(settled.pop("config", None))) | dict(Config(config))),
        summary=Summary(settled.pop("summary", None)),
        first_step=0 if last_step is None else last_step + 1,
        owns_record=not record.is_being_written(known),
        **vars(settings),
    )
    run.begin()
    return run
