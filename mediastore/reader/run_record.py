"""`run.json` as a row of `runs`, and whether the run still lives."""

import contextlib
import json
import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mediastore import edits, files, sidecar
from mediastore.errors import StoreFormatError
from mediastore.reader.folders import Folder

FILE = "run.json"
SILENT_AFTER_S = 90.0


def read(path: Path, where: str) -> tuple[dict[str, Any], str | None]:
    """The record with its edits, and a sentence about what is wrong with it."""
    try:
        return edits.merged(sidecar.parse(files.read_record(path), where), path.parent)
    except FileNotFoundError:
        return {}, f"{where} must be there, got none; the run is named after its folder"
    except OSError as error:
        return {}, f"{where} must be readable, got {error.strerror}; restore it"
    except StoreFormatError as error:
        return {}, str(error)


def identity(record: Mapping[str, Any], folder: Folder) -> tuple[str, str]:
    """Project and run as the record says, else as the names of the folders do."""
    project, run = folder.identity
    return str(record.get("project") or project), str(record.get("run") or run)


def row(folder: str, identity: tuple[str, str], record: Mapping[str, Any], status: str) -> list[Any]:
    """The columns of `runs`, after the run's folder."""
    name = record.get("name")
    return [
        folder,
        *identity,
        identity[1] if name is None else str(name),
        status,
        _seconds(record.get("created")),
        _seconds(record.get("updated")),
        json.dumps(record.get("config", {})),
        json.dumps(record.get("summary", {})),
        _tags(record.get("tags")),
        *(None if record.get(key) is None else str(record[key]) for key in ("notes", "group", "job_type")),
    ]


def status(record: Mapping[str, Any], changed: float) -> str:
    """What the record says; a run that says `running` but is dead or silent has crashed."""
    said = str(record.get("status", "running"))
    if said != "running":
        return said
    if record.get("host") == platform.node() and isinstance(record.get("pid"), int) and not lives(record["pid"]):
        return "crashed"
    return "crashed" if time.time() - changed > SILENT_AFTER_S else "running"


def lives(pid: int) -> bool:
    """Whether a process of this machine has that number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError, ValueError):
        return False
    except OSError:
        return True
    return True


def _seconds(value: Any) -> float | None:
    with contextlib.suppress(TypeError, ValueError):
        return float(value)
    return None


def _tags(value: Any) -> list[str]:
    return [str(tag) for tag in value] if isinstance(value, list) else []
