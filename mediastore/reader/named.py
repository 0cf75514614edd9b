"""Which run is meant: found by its folder and `run.json` alone, without a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore.errors import MediaStoreError, NotFoundError
from mediastore.reader import folders, run_record
from mediastore.reader.folders import Folder


@dataclass(frozen=True)
class NamedRun:
    """A run on disk and what its record says of it."""

    folder: Folder
    record: dict[str, Any]

    @property
    def identity(self) -> tuple[str, str]:
        """Project and run."""
        return run_record.identity(self.record, self.folder)

    @property
    def ref(self) -> str:
        """`project/run`."""
        return "/".join(self.identity)

    @property
    def name(self) -> str:
        """The name that people gave it, else its id."""
        return str(self.record.get("name") or self.identity[1])

    @property
    def status(self) -> str:
        """What the record says, with `crashed` for a run that is dead or silent."""
        return run_record.status(self.record, self.folder.changed)

    def must_be_over(self, wish: str) -> None:
        """Raise MediaStoreError while a process writes the run."""
        if self.status == "running":
            raise MediaStoreError(f"run {self.ref} must be over to be {wish}, got a live one; stop its process first")


def all_runs(root: Path) -> Iterator[NamedRun]:
    """Every run below `root`, by folder. Raises MediaStoreError when it is no folder."""
    if not root.is_dir():
        raise MediaStoreError(f"a store must be a folder, got {str(root)!r}; check the path or MEDIASTORE_DIR")
    for folder in folders.scan(root)[0]:
        record, _ = run_record.read(folder.path / run_record.FILE, run_record.FILE)
        yield NamedRun(folder, record)


def named_run(root: Path, text: str) -> NamedRun:
    """The one run that `text` means: its id, `project/id`, its name, or the beginning of its id.

    The first of these four that fits any run decides. Raises NotFoundError unless it fits exactly one.
    """
    found = list(all_runs(root))
    fits = [run for run in found if text in (run.identity[1], run.ref)]
    fits = fits or [run for run in found if text == run.name]
    fits = fits or [run for run in found if text and run.identity[1].startswith(text)]
    if len(fits) != 1:
        refs = ", ".join(run.ref for run in fits) or "none"
        raise NotFoundError(f"RUN must mean one run of the store, got {text!r} which fits {refs}; see `mediastore ls`")
    return fits[0]


def runs_of(root: Path, project: str) -> list[NamedRun]:
    """Every run of a project. Raises NotFoundError when there is none."""
    found = [run for run in all_runs(root) if run.identity[0] == project]
    if not found:
        known = ", ".join(sorted({run.identity[0] for run in all_runs(root)})) or "none"
        raise NotFoundError(f"PROJECT must be one of the store, got {project!r}; there are: {known}")
    return found
