"""Sidecars that no journal has: of a writer killed in between, or dropped in by another tool."""

import mimetypes
import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediastore import naming, sidecar
from mediastore.errors import MediaStoreError
from mediastore.reader.folders import Folder
from mediastore.reader.state import Problem

MEDIA = "media"
KINDS = ("image", "audio", "video", "table", "html", "plotly", "histogram", "object3d", "text")
PLAYED = ("image", "audio", "video")
SIDECAR_BYTES_MAX = 32 * 2**20
Signature = tuple[int, int]


@dataclass(slots=True)
class Strays:
    """Records as journal lines, the sidecars they come from, and what is wrong with some."""

    lines: list[bytes] = field(default_factory=list)
    sidecars: dict[str, Signature] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def have_changed(folder: Folder, taken_in: Mapping[str, Signature]) -> bool:
    """Whether a sidecar that was taken in before is another one now, or gone."""
    return any(_signature(folder.path / name) != signature for name, signature in taken_in.items())


def sidecars(folder: Folder) -> Iterator[str]:
    """The names of a run's sidecars, relative to its folder."""
    for parent, folders, names in os.walk(folder.path / MEDIA):
        folders[:] = [name for name in folders if not name.startswith(".")]
        prefix = Path(parent).relative_to(folder.path).as_posix()
        yield from (f"{prefix}/{name}" for name in names if name.endswith(".json") and not name.startswith("."))


def read(folder: Folder, identity: tuple[str, str], names: Iterable[str]) -> Strays:
    """These sidecars of a run, by their names relative to its folder."""
    found = Strays()
    for name in sorted(names):
        if (signature := _signature(folder.path / name)) is None:
            continue
        found.sidecars[name] = signature
        _take_in(found, folder, identity, name)
    return found


def _take_in(found: Strays, folder: Folder, identity: tuple[str, str], name: str) -> None:
    where = f"{folder.name}/{name}"
    try:
        record = _record(folder.path / name, where)
        if "kind" not in record:
            return
        project, run = identity
        placed = {"project": project, "run": run} | record
        _check_kind(record, where)
        if isinstance(record.get("file"), str):
            _check_media(folder, name, record, where)
            placed["file"] = _from_key_folder(name, placed)
        found.lines.append(sidecar.to_line(placed))
    except MediaStoreError as error:
        found.problems.append(Problem(where, None, str(error)))
    except OSError as error:
        sentence = f"{where} and its file must be readable, got {error.strerror}; mend or remove the sidecar"
        found.problems.append(Problem(where, None, sentence))


def _record(path: Path, where: str) -> dict:
    size = path.stat().st_size
    if size > SIDECAR_BYTES_MAX:
        raise MediaStoreError(f"{where} must be at most {SIDECAR_BYTES_MAX} bytes, got {size}; it was left out")
    return sidecar.parse(path.read_bytes(), where)


def _from_key_folder(name: str, record: Mapping) -> str:
    """`file` as it would stand in a sidecar in the folder of the record's key, which is where readers look from."""
    home = posixpath.join(MEDIA, naming.encode_key(str(record.get("key", ""))))
    return posixpath.relpath(posixpath.join(posixpath.dirname(name), record["file"]), home)


def _check_kind(record: Mapping[str, Any], where: str) -> None:
    kind = record["kind"]
    if kind not in KINDS:
        raise MediaStoreError(f"{where} must have a kind of {', '.join(KINDS)}, got {kind!r}; mend or remove it")
    guessed, _ = mimetypes.guess_type(str(record.get("file", "")))
    family = (guessed or "").partition("/")[0]
    if "problem" not in record and family != kind and {family, kind} <= set(PLAYED):
        raise MediaStoreError(
            f"{where} must have the kind of its file, got {kind} with {record['file']!r}; mend or remove the sidecar"
        )


def _check_media(folder: Folder, name: str, record: Mapping[str, Any], where: str) -> None:
    file = record["file"]
    path = (folder.path / name).parent / file
    media = (folder.path / MEDIA).resolve()
    if "\0" in file or not path.is_file() or media not in path.resolve().parents:
        raise MediaStoreError(
            f"{where} must name a file of the run that is there, got {file!r}; restore it or remove the sidecar"
        )
    size = path.stat().st_size
    if record.get("bytes", size) != size:
        raise MediaStoreError(
            f"{where} must name a file of {record['bytes']} bytes, as it says, got {size}; restore the file or mend it"
        )


def _signature(path: Path) -> Signature | None:
    if path.is_symlink() or not path.is_file():
        return None
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size
