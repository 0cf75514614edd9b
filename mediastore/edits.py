"""What people change of a run afterwards, or while it is written: each change a file of its own below `<run>/edits/`.

So `run.json` keeps one writer, nothing written later is lost, and a change is there as a whole or not at all. Readers
merge the edits over the record in the order of their names, which is that of time.
"""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mediastore import files, sidecar
from mediastore.errors import StoreFormatError
from mediastore.naming import new_writer

FOLDER = "edits"
TAKEN_IN = "edits"
REPLACED = ("name", "notes", "tags")
MERGED = ("config", "summary")


def add(run: Path, fields: Mapping[str, Any]) -> Path:
    """Leave one edit: REPLACED fields as they shall be, MERGED ones with the entries that change. Raises OSError."""
    folder = run / FOLDER
    while True:
        name = f"{_next_time(folder):017d}-{new_writer()}.json"
        edit = {"format": sidecar.FORMAT, "time": round(time.time(), 6)} | dict(fields)
        try:
            files.write_new(folder / name, sidecar.to_line(edit))
            return folder / name
        except FileExistsError:
            continue


def merged(record: dict[str, Any], run: Path) -> tuple[dict[str, Any], str | None]:
    """A run's record with its edits, and a sentence about the first edit that cannot be read."""
    problem = None
    for path in unseen(record, run):
        try:
            edit = sidecar.parse(files.read_record(path), f"{FOLDER}/{path.name}")
        except FileNotFoundError:
            continue
        except (OSError, StoreFormatError) as error:
            problem = problem or str(error)
            continue
        record = record | {field: edit[field] for field in REPLACED if field in edit}
        for field in MERGED:
            if isinstance(edit.get(field), dict):
                before = record.get(field)
                record[field] = (before if isinstance(before, dict) else {}) | edit[field]
    return record, problem


def taken_in(record: dict[str, Any], run: Path) -> dict[str, Any]:
    """The record of a run that is gone on with: from here on what its script sets comes after the edits."""
    names = [path.name for path in unseen(record, run)]
    if not names:
        return record
    return merged(record, run)[0] | {TAKEN_IN: [*_taken_in(record), *names]}


def unseen(record: Mapping[str, Any], run: Path) -> Iterator[Path]:
    """The edits that the record does not hold yet, the oldest first."""
    known = set(_taken_in(record))
    return (run / FOLDER / name for name in _names(run / FOLDER) if name not in known)


def _taken_in(record: Mapping[str, Any]) -> list[str]:
    names = record.get(TAKEN_IN)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _next_time(folder: Path) -> int:
    """Microseconds since 1970, later than the last edit even where the clock went back."""
    last = next((int(name[:17]) for name in reversed(_names(folder)) if name[:17].isdigit()), 0)
    return max(time.time_ns() // 1000, last + 1)


def _names(folder: Path) -> list[str]:
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return []
    return sorted(name for name in names if name.endswith(".json") and not name.startswith("."))
