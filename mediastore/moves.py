"""Moving runs to another project. Every record names its project, so a moved run is a rewritten run.

The new folder is made aside, in `<root>/.moving/<token>/run`: records rewritten, media given a second name (a hard
link), nothing of the old folder touched. Then the new folder is renamed to its place, then the old one away. Killed at
any moment, the run stands whole in its old place, or in both; `finish` then ends what was begun, or forgets it.
"""

import os
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mediastore import files, sidecar
from mediastore.errors import MediaStoreError, StoreFormatError
from mediastore.reader import folders, run_record
from mediastore.reader.folders import Folder
from mediastore.reader.named import NamedRun
from mediastore.trash import forget_empty
from mediastore.writer.record import run_folder

FOLDER = ".moving"
NOTE = "move.json"
RUN, OLD = "run", "old"
ARTIFACTS = "@artifacts"
ABANDONED_AFTER_S = 86_400.0
Progress = Callable[[int], None]


def move(root: Path, run: NamedRun, project: str, progress: Progress = lambda _: None) -> Path:
    """Move a run to another project; its new folder. progress: called with the number of files done since.

    Raises MediaStoreError for a live run or where that project has one with its id, MediaStoreValueError for a name
    that no project can have.
    """
    target = place(root, run, project)
    aside = root / FOLDER / f"{time.time_ns():x}-{os.urandom(3).hex()}"
    note = {"pid": os.getpid(), "host": socket.gethostname(), "begun": time.time(), "was": _signature(run.folder)}
    note |= {"from": run.folder.name, "to": target.relative_to(root).as_posix()}
    try:
        files.write(aside / NOTE, sidecar.to_line(note))
        _rewrite(run.folder.path, aside / RUN, project, progress)
        if _signature_now(root, run.folder.name) != note["was"]:
            raise MediaStoreError(f"run {run.ref} must be over to be moved, got new lines meanwhile; move it later")
        files.move(aside / RUN, target)
    except BaseException:
        files.remove_tree(aside)
        raise
    _put_away(root, run.folder.path, aside)
    return target


def place(root: Path, run: NamedRun, project: str) -> Path:
    """Where the run would be in another project. Raises what `move` raises, before anything is done."""
    run.must_be_over("moved")
    target = run_folder(root, project, run.identity[1])
    if target.exists():
        raise MediaStoreError(
            f"project {project!r} must not hold a run {run.identity[1]} yet, got one; remove it first"
        )
    return target


def move_artifacts(root: Path, project: str, to: str) -> None:
    """Move the artifacts of a project, which name none. Raises MediaStoreError where the other has some."""
    source, target = (run_folder(root, name, "x").parent / ARTIFACTS for name in (project, to))
    if not source.exists():
        return
    if target.exists():
        raise MediaStoreError(f"project {to!r} must have no artifacts yet, got some; move {source} by hand")
    files.move(source, target)
    forget_empty(root, source.parent)


def has_unfinished(root: Path) -> bool:
    """Whether a move was begun that has not ended."""
    return (root / FOLDER).is_dir()


def finish(root: Path) -> list[str]:
    """End or forget the moves that a killed process left; the folders that stand in two places and why, if any."""
    told = []
    for aside in sorted((root / FOLDER).glob("*")):
        note = _note(aside)
        if _lives(note):
            continue
        if note and not (aside / RUN).exists() and not (aside / OLD).exists() and (root / note["to"]).is_dir():
            now = _signature_now(root, note["from"])
            if now == note["was"]:
                files.move(root / note["from"], aside / OLD)
                forget_empty(root, (root / note["from"]).parent)
            elif now is not None:
                told.append(f"{note['from']} was written to after it had been moved to {note['to']}: both are kept")
        _forget(aside)
    forget_empty(root, root / FOLDER)
    return told


def _put_away(root: Path, old: Path, aside: Path) -> None:
    files.move(old, aside / OLD)
    _forget(aside)
    forget_empty(root, aside.parent)
    forget_empty(root, old.parent)


def _forget(aside: Path) -> None:
    """The note goes first: without it nothing here is taken for the rest of a move."""
    files.remove(aside / NOTE)
    files.remove_tree(aside)


def _rewrite(old: Path, new: Path, project: str, progress: Progress) -> None:
    for parent, names, found in os.walk(old):
        place = Path(parent).relative_to(old)
        if place == Path():
            names[:] = [name for name in names if name != "index"]  # derived, and of the old name
        links = [name for name in names if Path(parent, name).is_symlink()]
        for name in sorted([*found, *links]):
            _bring(Path(parent, name), new / place / name, place.parts[:1], project)
            progress(1)


def _bring(source: Path, target: Path, part: tuple[str, ...], project: str) -> None:
    is_whole = not source.name.startswith(files.TEMPORARY_PREFIX) and stat.S_ISREG(source.lstat().st_mode)
    is_short = is_whole and source.lstat().st_size <= files.RECORD_BYTES_MAX
    if is_short and ((part, source.suffix) == (("media",), ".json") or (part == () and source.name == run_record.FILE)):
        files.write(target, _renamed(files.read_record(source), project))
    elif is_whole and (part, source.suffix) == (("items",), ".jsonl"):
        _copy_lines(source, target, project)
    else:
        files.link(source, target)


def _copy_lines(source: Path, target: Path, project: str) -> None:
    """Rewrite a journal line by line; half a line and one too long to be ours stay as they are."""
    descriptor = files.open_new(target)
    try:
        with source.open("rb") as lines:
            is_begun = False
            while line := lines.readline(files.RECORD_BYTES_MAX):
                is_whole = line.endswith(b"\n")
                files.append(descriptor, _renamed(line, project) if is_whole and not is_begun else line)
                is_begun = not is_whole
    finally:
        os.close(descriptor)


def _renamed(line: bytes, project: str) -> bytes:
    """The record with another project; what is no record of ours stays as it is."""
    try:
        record = sidecar.parse(line, "the record")
    except StoreFormatError:
        return line
    return sidecar.to_line(record | {"project": project}) if "project" in record else line


def _signature_now(root: Path, name: str) -> list[Any] | None:
    return next((_signature(folder) for folder in folders.scan(root)[0] if folder.name == name), None)


def _signature(folder: Folder) -> list[Any]:
    """What changes when a run is written to, as it comes back from JSON."""
    return [list(folder.run_json or ()), {journal.name: journal.size for journal in folder.journals}]


def _note(aside: Path) -> dict[str, Any] | None:
    try:
        note = sidecar.parse((aside / NOTE).read_bytes(), NOTE)
    except (OSError, StoreFormatError):
        return None
    return note if {"pid", "host", "begun", "from", "to", "was"} <= note.keys() else None


def _lives(note: dict[str, Any] | None) -> bool:
    """Whether the process that moves may still be at it."""
    if note is None or time.time() - float(note["begun"]) > ABANDONED_AFTER_S:
        return False
    return note["host"] != socket.gethostname() or run_record.lives(int(note["pid"]))
