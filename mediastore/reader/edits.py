"""Changing what a run says of itself: its name, notes, tags, config and summary."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mediastore import edits
from mediastore.errors import MediaStoreError, MediaStoreTypeError, NotFoundError
from mediastore.plain import plain
from mediastore.reader import folders, run_record


class StoredRun:
    """One run of a store. `record` is what it says of itself."""

    def __init__(self, folder: Path) -> None:
        self.dir = folder

    @property
    def record(self) -> dict[str, Any]:
        """A fresh reading of `run.json` with its edits. Raises MediaStoreError when it cannot be read."""
        found, problem = run_record.read(self.dir / run_record.FILE, run_record.FILE)
        if problem is not None:
            raise MediaStoreError(problem)
        return found

    def update(
        self,
        *,
        name: str | None = None,
        notes: str | None = None,
        tags: Sequence[str] | None = None,
        config: Mapping[str, Any] | None = None,
        summary: Mapping[str, Any] | None = None,
    ) -> None:
        """Replace the name, notes or tags, and merge into config and summary; all of it or nothing.

        The run may be over, crashed or still written: the change stands beside `run.json`, which stays its writer's.
        Raises OSError when the folder cannot be written.
        """
        if isinstance(tags, str):
            raise MediaStoreTypeError(f"tags must be a list of texts, got {tags!r}; pass [{tags!r}]")
        given = {
            "name": name,
            "notes": notes,
            "tags": None if tags is None else [str(tag) for tag in tags],
            "config": None if config is None else plain(config),
            "summary": None if summary is None else plain(summary),
        }
        if fields := {field: value for field, value in given.items() if value is not None}:
            edits.add(self.dir, fields)

    def __repr__(self) -> str:
        return f"StoredRun({str(self.dir)!r})"


def find_run(root: Path, name: str) -> StoredRun:
    """The run that `name` means: its id, or "project/run". Raises NotFoundError unless that is one run."""
    found = []
    for folder in folders.scan(root)[0]:
        record, _ = run_record.read(folder.path / run_record.FILE, run_record.FILE)
        project, run = run_record.identity(record, folder)
        if name in (run, f"{project}/{run}"):
            found.append(folder.path)
    if len(found) != 1:
        raise NotFoundError(f"run must be the id of one run of {root}, got {name!r}, which fits {len(found)}")
    return StoredRun(found[0])
