"""What lies in a store: its runs and the sizes of their journals. One walk, no file opened, no link followed."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

from mediastore import naming

Signature = tuple[int, int]

MARKS = frozenset(("run.json", "items", "metrics", "media"))
JOURNALS = ("items", "metrics")
_WITHIN = ("", "/items", "/metrics", "/index", "/edits")


@dataclass(frozen=True, slots=True)
class Journal:
    """One journal file of a run; `name` is relative to the run's folder: `items/k3f9-0001.jsonl`."""

    name: str
    size: int
    changed: float


@dataclass(frozen=True, slots=True)
class Folder:
    """One run on disk; `name` is its folder relative to the root, with `/`.

    listed: when its folders' lists of files last changed, taken before they were read.
    """

    root: str
    name: str
    run_json: Signature | None
    index: Signature | None
    changed: float
    journals: tuple[Journal, ...]
    listed: tuple[int | None, ...] = field(default=(), compare=False)

    @property
    def path(self) -> Path:
        return Path(self.root, self.name)

    @property
    def identity(self) -> tuple[str, str]:
        """Project and run as the folder's names say them, for a run without run.json."""
        return _identity(self.name)


def scan(root: Path, settled: Mapping[str, Folder] | None = None) -> tuple[list[Folder], list[tuple[str, str]]]:
    """Every run below `root`, sorted; and what was left out, links and names that are no text, as (name, problem).

    settled: runs by name that are taken as they are unless a file of theirs came, went or was replaced since: they
    cost five calls of the system, and what is appended to a file or written into it is not seen.
    """
    folders, links = [], []
    for project in _subfolders(str(root), "", links):
        folders += _runs(str(root), project, links, settled or {})
    return folders, links


def index_signature(folder: Folder) -> Signature | None:
    """What tells the state of a run's index from a later one."""
    return signature(folder.path / "index" / "state.json")


def _runs(root: str, parent: str, links: list[tuple[str, str]], settled: Mapping[str, Folder]) -> Iterator[Folder]:
    for name in _subfolders(root, parent, links):
        known = settled.get(name)
        if known is not None and _is_as_listed(f"{root}/{name}", known.listed):
            yield known
            continue
        listed = _listed(f"{root}/{name}")
        entries = {entry.name: entry for entry in _entries(f"{root}/{name}")}
        if MARKS & entries.keys():
            yield _folder(root, name, entries, listed)
        elif _goes_on(name):
            yield from _runs(root, name, links, settled)


def _listed(run: str) -> tuple[int | None, ...]:
    return tuple(found[0] if (found := signature(run + within)) else None for within in _WITHIN)


def _is_as_listed(run: str, listed: tuple[int | None, ...]) -> bool:
    """Whether no folder's list of files changed since; one that was missing could not come without the run's own."""
    try:
        for within, before in zip(_WITHIN, listed, strict=True):
            if before is not None and os.lstat(run + within).st_mtime_ns != before:
                return False
    except OSError:
        return False
    return listed[0] is not None


@lru_cache(maxsize=2**16)
def _identity(name: str) -> tuple[str, str]:
    parts = name.replace("~/", "~\0").split("/")
    names = (naming.decode_part(part.replace("\0", "/")) for part in (parts[0], parts[-1]))
    return tuple(name.encode("utf-8", "replace").decode() for name in names)


def _subfolders(root: str, parent: str, links: list[tuple[str, str]]) -> Iterator[str]:
    for entry in _entries(f"{root}/{parent}"):
        name = f"{parent}/{entry.name}" if parent else entry.name
        if entry.name.startswith((".", "@")):
            continue
        if not _is_text(entry.name):
            links.append((ascii(name)[1:-1], "a folder's name must be text in UTF-8, got other bytes; rename it"))
        elif entry.is_symlink():
            links.append((name, f"{name} must be a folder of the store, got a link; copy what it points to here"))
        elif entry.is_dir():
            if not parent and _goes_on(name):
                yield from _subfolders(root, name, links)
            else:
                yield name


def _is_text(name: str) -> bool:
    """Whether a file system's name is UTF-8, as each that the writer gives."""
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def _goes_on(name: str) -> bool:
    """Whether a long name continues in a folder inside this one (`~~` alone is the empty name)."""
    return name.endswith("~") and not name.endswith("~~")


def _folder(root: str, name: str, entries: dict[str, os.DirEntry], listed: tuple[int | None, ...]) -> Folder:
    path = f"{root}/{name}"
    journals = [journal for kind in JOURNALS if kind in entries for journal in _journals(path, kind)]
    run_json = _record_signature(path, "edits" in entries) if "run.json" in entries else None
    index = signature(f"{path}/index/state.json") if "index" in entries else None
    changed = max([journal.changed for journal in journals] + ([run_json[0] / 1e9] if run_json else [0.0]))
    return Folder(root, name, run_json, index, changed, tuple(journals), listed)


def _journals(run: str, kind: str) -> list[Journal]:
    found = []
    for entry in _entries(f"{run}/{kind}"):
        if entry.name.endswith(".jsonl") and _is_text(entry.name) and entry.is_file(follow_symlinks=False):
            stat = entry.stat(follow_symlinks=False)
            found.append(Journal(f"{kind}/{entry.name}", stat.st_size, stat.st_mtime))
    return found


def _record_signature(run: str, is_edited: bool) -> Signature | None:
    """Of run.json, and of the edits beside it, which are never removed: their folder changes with each."""
    record = signature(f"{run}/run.json")
    edited = signature(f"{run}/edits") if is_edited else None
    return record if record is None or edited is None else (record[0], record[1] ^ edited[0])


def _entries(path: str) -> list[os.DirEntry]:
    try:
        with os.scandir(path) as entries:
            return sorted(entries, key=attrgetter("name"))
    except OSError:
        return []


def signature(path: Path | str) -> Signature | None:
    """What tells a file from a later one under its name: mtime_ns and size."""
    try:
        stat = os.lstat(path)
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
