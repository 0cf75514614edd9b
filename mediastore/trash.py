"""Runs that were removed: moved to `<root>/.trash/` whole, listed there, put back, or deleted for good.

`.trash/<token>/trash.json` says what lies beside it in `run/`; it is written first, then the run's folder is renamed.
Killed in between, the run is still where it was. An entry without `run/` counts as nothing.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from mediastore import files, sidecar
from mediastore.errors import MediaStoreError, NotFoundError, StoreFormatError
from mediastore.reader.named import NamedRun

FOLDER = ".trash"
NOTE = "trash.json"
RUN = "run"


@dataclass(frozen=True)
class Removed:
    """A run in the trash. place: its folder before, relative to the root. removed: seconds since 1970."""

    path: Path
    project: str
    run: str
    name: str
    place: str
    removed: float

    @property
    def ref(self) -> str:
        """`project/run`."""
        return f"{self.project}/{self.run}"


def remove(root: Path, run: NamedRun, *, force: bool = False) -> Removed:
    """Move a run to the trash. Raises MediaStoreError for a live one, unless `force`; its process goes on writing."""
    if not force:
        run.must_be_over("removed")
    now = time.time()
    path = root / FOLDER / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}-{os.urandom(3).hex()}"
    project, name = run.identity
    note = {"format": sidecar.FORMAT, "project": project, "run": name, "name": run.name}
    note |= {"place": run.folder.name, "removed": round(now, 3)}
    files.write(path / NOTE, sidecar.to_line(note))
    files.move(run.folder.path, path / RUN)
    forget_empty(root, run.folder.path.parent)
    return _read(path)


def listed(root: Path) -> list[Removed]:
    """What lies in the trash, the last removed first."""
    found = [_read(path) for path in (root / FOLDER).glob("*") if (path / RUN).is_dir() and (path / NOTE).is_file()]
    return sorted(found, key=lambda entry: (entry.removed, entry.path), reverse=True)


def removed_run(root: Path, text: str) -> Removed:
    """The run in the trash that `text` means: id, `project/id` or name; of several the last removed.

    Raises NotFoundError when there is none.
    """
    for entry in listed(root):
        if text in (entry.run, entry.ref, entry.name):
            return entry
    known = ", ".join(entry.ref for entry in listed(root)) or "nothing"
    raise NotFoundError(f"RUN must lie in the trash, got {text!r}; in it: {known}")


def restore(root: Path, entry: Removed) -> Path:
    """Put a run back where it was. Raises MediaStoreError when another one is there now."""
    place = (root / entry.place).resolve()
    if not place.is_relative_to(root.resolve()) or any(part.startswith(".") for part in Path(entry.place).parts):
        raise MediaStoreError(f"place must be a folder of the store, got {entry.place!r}; move {entry.path} by hand")
    if place.exists():
        raise MediaStoreError(
            f"{entry.place} must be free to restore {entry.ref}, got a run there; move that one first"
        )
    files.move(entry.path / RUN, place)
    files.remove_tree(entry.path)
    return place


def purge(root: Path, entry: Removed) -> None:
    """Delete a run in the trash for good."""
    files.remove_tree(entry.path / RUN)
    files.remove_tree(entry.path)
    forget_empty(root, root / FOLDER)


def forget_empty(root: Path, folder: Path) -> None:
    """Remove folders that hold nothing any more, from `folder` upwards, below the root."""
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _read(path: Path) -> Removed:
    try:
        note = sidecar.parse(files.read_record(path / NOTE), str(path / NOTE))
        fields = {name: str(note[name]) for name in ("project", "run", "name", "place")}
        return Removed(path, **fields, removed=float(note["removed"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise StoreFormatError(
            f"{path / NOTE} must name a run and its place, got {error}; move {path} by hand"
        ) from error
