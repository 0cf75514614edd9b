"""What takes the space of a store: by project, run, kind or key, what items hold and what the disk has of it."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediastore.reader.named import all_runs

if TYPE_CHECKING:
    from mediastore.reader.store import Store

WAYS = ("run", "project", "kind", "key")
BLOCK_BYTES = 512
PARTS = {"media": "media", "index": "index", "items": "records", "metrics": "records", "run.json": "records"}
_ITEMS = """
select project, run, kind, key, path, count(*), coalesce(sum(bytes), 0)::bigint
from items
group by all
order by all
"""


@dataclass
class Usage:
    """The space of one row.

    items: how many. logical: bytes of their media as if none shared a file. The others are bytes on disk, a file with
    several names counted once: media; records (sidecars, journals, run.json); index, which may be deleted; all else.
    """

    items: int = 0
    logical: int = 0
    media: int = 0
    records: int = 0
    index: int = 0
    other: int = 0

    @property
    def on_disk(self) -> int:
        """All of it."""
        return self.media + self.records + self.index + self.other


@dataclass
class _Counting:
    rows: dict[tuple[str, ...], Usage] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def row(self, *name: str) -> Usage:
        return self.rows.setdefault(name, Usage())

    def add(self, usage: Usage, part: str, stat: os.stat_result) -> None:
        """Count a file once, under the first row that has it."""
        if (stat.st_dev, stat.st_ino) not in self.seen:
            self.seen.add((stat.st_dev, stat.st_ino))
            setattr(usage, part, getattr(usage, part) + _on_disk(stat))


def usage(store: "Store", by: str = "run", project: str | None = None) -> list[dict[str, Any]]:
    """One row each `by` run, project, kind or key, the largest on disk first; in bytes.

    By kind and key only media are told, which stand under the first of those that share them; what no item names stands
    under `(superseded)`. Artifacts, trash and what else lies in the root have rows of their own.
    """
    counting = _Counting()
    asked = [row for row in store.sql(_ITEMS).itertuples(index=False, name=None) if project in (None, row[0])]
    if by in ("kind", "key"):
        _count_by_item(store.root, asked, by, project, counting)
    else:
        _count_by_run(store.root, asked, by, project, counting)
    rows = sorted(counting.rows.items(), key=lambda row: (-row[1].on_disk, row[0]))
    names = columns(by)
    return [
        {name: getattr(used, name, None) for name in names} | dict(zip(names, row, strict=False)) for row, used in rows
    ]


def columns(by: str) -> tuple[str, ...]:
    """The names of what `usage` tells."""
    if by in ("kind", "key"):
        return ("project", by, "items", "logical", "on_disk")
    names = ("project", "run") if by == "run" else ("project",)
    return (*names, "items", "logical", "media", "records", "index", "other", "on_disk")


def of_folder(folder: Path) -> int:
    """The bytes on disk of a folder, a file with several names counted once."""
    return sum({(stat.st_dev, stat.st_ino): _on_disk(stat) for _, stat in _files_of(folder)}.values())


def _count_by_run(root: Path, asked: list[tuple], by: str, project: str | None, counting: _Counting) -> None:
    for owner, run, _, _, _, items, logical in asked:
        used = counting.row(owner, run) if by == "run" else counting.row(owner)
        used.items += items
        used.logical += logical
    places = set()
    for run in all_runs(root):
        places.add(run.folder.name)
        if project in (None, run.identity[0]):
            used = counting.row(*run.identity) if by == "run" else counting.row(run.identity[0])
            for part, stat in _files_of(run.folder.path):
                counting.add(used, part, stat)
    if project is None:
        for name, stat in _files_beside(root, places):
            counting.add(counting.row(name, "") if by == "run" else counting.row(name), "other", stat)


def _count_by_item(root: Path, asked: list[tuple], by: str, project: str | None, counting: _Counting) -> None:
    for owner, _, kind, key, path, items, logical in asked:
        used = counting.row(owner, kind if by == "kind" else key)
        used.items += items
        used.logical += logical
        file = root / path
        if path and file.is_file():
            counting.add(used, "media", file.stat())
    for run in all_runs(root):
        if project in (None, run.identity[0]):
            for part, stat in _files_of(run.folder.path):
                if part == "media" and (stat.st_dev, stat.st_ino) not in counting.seen:
                    counting.add(counting.row(run.identity[0], "(superseded)"), part, stat)


def _files_of(run: Path) -> Iterator[tuple[str, os.stat_result]]:
    for entry, place in _walk(run, ()):
        part = PARTS.get(place[0], "other")
        is_sidecar = part == "media" and entry.name.endswith(".json")
        yield "records" if is_sidecar else part, entry.stat(follow_symlinks=False)


def _files_beside(root: Path, runs: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    """What lies in a store beside its runs, by the names of the folders at the root or in a project."""
    known = set(runs)
    for entry, place in _walk(root, known):
        is_artifact = len(place) > 2 and place[1].startswith("@")
        yield "/".join(place[:2]) if is_artifact else place[0], entry.stat(follow_symlinks=False)


def _walk(top: Path, without: Iterable[str]) -> Iterator[tuple[os.DirEntry[str], tuple[str, ...]]]:
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        place = waiting.pop()
        for entry in _entries(top.joinpath(*place)):
            below = (*place, entry.name)
            if not entry.is_dir(follow_symlinks=False):
                yield entry, below
            elif "/".join(below) not in without:
                waiting.append(below)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []


def _on_disk(stat: os.stat_result) -> int:
    blocks = getattr(stat, "st_blocks", None)
    return stat.st_size if blocks is None else blocks * BLOCK_BYTES
