"""What lies in a store: its runs and the sizes of their journals. One walk, no file opened, no link followed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mediastore import naming

Signature = tuple[int, int]

MARKS = frozenset(("run.json", "items", "metrics", "media"))
JOURNALS = ("items", "metrics")


@dataclass(frozen=True, slots=True)
class Journal:
    """One journal file of a run; `name` is relative to the run's folder: `items/k3f9-0001.jsonl`."""

    name: str
    size: int
    changed: float


@dataclass(frozen=True, slots=True)
class Folder:
    """One run on disk; `name` is its folder relative to the root, with `/`."""

    root: str
    name: str
    run_json: Signature | None
    index: Signature | None
    changed: float
    journals: tuple[Journal, ...]

    @property
    def path(self) -> Path:
        return Path(self.root, self.name)

    @property
    def identity(self) -> tuple[str, str]:
        """Project and run as the folder's names say them, for a run without run.json."""
        parts = self.name.replace("~/", "~\0").split("/")
        return tuple(naming.decode_part(part.replace("\0", "/")) for part in (parts[0], parts[-1]))


def scan(root: Path) -> tuple[list[Folder], list[tuple[str, str]]]:
    """Every run below `root`, sorted, and the links that were not followed as (name, problem)."""
    folders, links = [], []
    for project in _subfolders(str(root), "", links):
        for run, entries in _runs(str(root), project, links):
            folders.append(_folder(str(root), run, entries))
    return folders, links


def index_signature(folder: Folder) -> Signature | None:
    """What tells the state of a run's index from a later one."""
    return signature(folder.path / "index" / "state.json")


def _runs(root: str, parent: str, links: list[tuple[str, str]]) -> Iterator[tuple[str, dict[str, os.DirEntry]]]:
    for name in _subfolders(root, parent, links):
        entries = {entry.name: entry for entry in _entries(Path(root, name))}
        if MARKS & entries.keys():
            yield name, entries
        elif _goes_on(name):
            yield from _runs(root, name, links)


def _subfolders(root: str, parent: str, links: list[tuple[str, str]]) -> Iterator[str]:
    for entry in _entries(Path(root, parent)):
        name = f"{parent}/{entry.name}" if parent else entry.name
        if entry.name.startswith((".", "@")):
            continue
        if entry.is_symlink():
            links.append((name, f"{name} must be a folder of the store, got a link; copy what it points to here"))
        elif entry.is_dir():
            if not parent and _goes_on(name):
                yield from _subfolders(root, name, links)
            else:
                yield name


def _goes_on(name: str) -> bool:
    """Whether a long name continues in a folder inside this one (`~~` alone is the empty name)."""
    return name.endswith("~") and not name.endswith("~~")


def _folder(root: str, name: str, entries: dict[str, os.DirEntry]) -> Folder:
    journals = [journal for kind in JOURNALS if kind in entries for journal in _journals(root, name, kind)]
    run_json = _record_signature(Path(root, name), "edits" in entries) if "run.json" in entries else None
    index = signature(Path(root, name, "index", "state.json")) if "index" in entries else None
    changed = max([journal.changed for journal in journals] + ([run_json[0] / 1e9] if run_json else [0.0]))
    return Folder(root, name, run_json, index, changed, tuple(journals))


def _journals(root: str, run: str, kind: str) -> list[Journal]:
    found = []
    for entry in _entries(Path(root, run, kind)):
        if entry.name.endswith(".jsonl") and entry.is_file(follow_symlinks=False):
            stat = entry.stat(follow_symlinks=False)
            found.append(Journal(f"{kind}/{entry.name}", stat.st_size, stat.st_mtime))
    return found


def _record_signature(run: Path, is_edited: bool) -> Signature | None:
    """Of run.json, and of the edits beside it, which are never removed: their folder changes with each."""
    record = signature(run / "run.json")
    edited = signature(run / "edits") if is_edited else None
    return record if record is None or edited is None else (record[0], record[1] ^ edited[0])


def _entries(path: Path) -> list[os.DirEntry]:
    try:
        with os.scandir(path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def signature(path: Path) -> Signature | None:
    """What tells a file from a later one under its name: mtime_ns and size."""
    try:
        stat = path.lstat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
