"""Where artifacts lie: `<project>/@artifacts/<name>/v0/artifact.json` names the files of a version.

Content that an earlier version has is not stored twice: `file` then names the earlier one. An alias is one small file,
replaced as a whole; a version counts once its artifact.json stands, so no lock is needed.
"""

import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mediastore import files, naming, sidecar
from mediastore.errors import MediaStoreValueError, NotFoundError
from mediastore.plain import plain
from mediastore.writer.artifact import Artifact, Entry, check_path

FOLDER = "@artifacts"
MANIFEST = "artifact.json"
ALIASES = "aliases"
LATEST = "latest"
_VERSION = re.compile(r"v\d+")
_FIELDS = ("path", "file", "reference", "bytes", "sha256", "kind", "columns")


def store(project: Path, artifact: Artifact, aliases: Sequence[str] | str | None, *, run: str) -> None:
    """Give the artifact its version: that of the same content, else the next one. Raises OSError."""
    folder = project / FOLDER / naming.encode_part(artifact.base_name)
    for entry in artifact.files():
        _settle(entry)
    digest = _digest(artifact)
    versions = {found["version"]: found for found in _versions(folder)}
    version = next((name for name, found in versions.items() if found["digest"] == digest), None)
    known = {
        entry["sha256"]: entry["file"] for found in versions.values() for entry in found["entries"] if "file" in entry
    }
    if version is None:
        version = _claimed(folder)
        for entry in artifact.files():
            _store_entry(folder, version, entry, known)
        files.write(folder / version / MANIFEST, sidecar.to_line(_manifest(artifact, version, digest, run)))
    given = [aliases] if isinstance(aliases, str) else [str(alias) for alias in aliases or ()]
    for alias in dict.fromkeys([*given, LATEST]):
        if _VERSION.fullmatch(alias):
            raise MediaStoreValueError(f"an alias must not look like a version, got {alias!r}; choose a word")
        line = sidecar.to_line({"alias": alias, "version": version})
        files.write(folder / ALIASES / f"{naming.encode_part(alias)}.json", line)
    _load(artifact, folder, version)


def find(project: Path, name: str, type: str | None = None) -> Artifact:
    """A stored artifact by "name", "name:v3", "name:alias", with "project/" before it for another project's.

    Raises NotFoundError, or MediaStoreValueError when it is of another type.
    """
    *owner, last = name.split("/")
    base, _, wanted = last.partition(":")
    project = project.parent / naming.encode_part(owner[-1]) if owner else project
    folder = project / FOLDER / naming.encode_part(base)
    version = wanted if _VERSION.fullmatch(wanted) else _aliases(folder).get(wanted or LATEST)
    if version is None or not (folder / version / MANIFEST).is_file():
        there = ", ".join([*_aliases(folder), *(found["version"] for found in _versions(folder))]) or "none"
        raise NotFoundError(f"artifact must be one that was logged, got {name!r}; of {base!r} there are: {there}")
    artifact = Artifact(base, "")
    _load(artifact, folder, version)
    if type is not None and artifact.type != type:
        raise MediaStoreValueError(f"artifact {name!r} must be of type {type!r}, got {artifact.type!r}; mend the type")
    return artifact


def _settle(entry: Entry) -> None:
    """Size and digest, from the content as it is now; a reference elsewhere has none."""
    if entry.content is not None:
        entry.bytes, entry.sha256 = len(entry.content), hashlib.sha256(entry.content).hexdigest()
    elif entry.source is not None:
        if not entry.source.is_file():
            raise NotFoundError(f"{entry.path} must still be there when its artifact is logged, got no {entry.source}")
        with entry.source.open("rb") as file:
            entry.bytes, entry.sha256 = entry.source.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _digest(artifact: Artifact) -> str:
    lines = [f"{entry.path}\0{entry.sha256 or entry.reference}\n" for entry in artifact.files()]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _claimed(folder: Path) -> str:
    """A version folder that no other process has; making it is the claim."""
    number = 1 + max((int(path.name[1:]) for path in folder.glob("v*") if _VERSION.fullmatch(path.name)), default=-1)
    while True:
        try:
            (folder / f"v{number}").mkdir(parents=True)
            return f"v{number}"
        except FileExistsError:
            number += 1


def _store_entry(folder: Path, version: str, entry: Entry, known: dict[str, str]) -> None:
    if entry.reference is not None:
        return
    assert entry.sha256 is not None
    entry.file = known.get(entry.sha256)
    if entry.file is None:
        entry.file = known[entry.sha256] = f"{version}/files/{naming.encode_key(entry.path)}"
        path = folder / entry.file
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry.content is not None:
            files.write(path, entry.content)
        else:
            files.make(path, lambda aside: files.copy(entry.source, aside))


def _manifest(artifact: Artifact, version: str, digest: str, run: str) -> dict[str, Any]:
    entries = [
        {name: getattr(entry, name) for name in _FIELDS if getattr(entry, name) is not None}
        for entry in artifact.files()
    ]
    return {
        "format": sidecar.FORMAT,
        "name": artifact.base_name,
        "type": artifact.type,
        "version": version,
        "digest": digest,
        "created": round(time.time(), 6),
        "run": run,
        "description": artifact.description,
        "metadata": plain(artifact.metadata),
        "entries": entries,
    }


def _versions(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"v*/{MANIFEST}"), key=lambda path: int(path.parent.name[1:])):
        yield sidecar.parse(path.read_bytes(), str(path))


def _aliases(folder: Path) -> dict[str, str]:
    whole = [path for path in folder.glob(f"{ALIASES}/*.json") if not path.name.startswith(files.TEMPORARY_PREFIX)]
    found = [sidecar.parse(path.read_bytes(), str(path)) for path in sorted(whole)]
    return {entry["alias"]: entry["version"] for entry in found if _VERSION.fullmatch(str(entry["version"]))}


def _load(artifact: Artifact, folder: Path, version: str) -> None:
    """Fill the artifact from its manifest, whose names are checked again: a store may come from a stranger."""
    record = sidecar.parse((folder / version / MANIFEST).read_bytes(), str(folder / version / MANIFEST))
    artifact.entries = {}
    for fields in record["entries"]:
        entry = Entry(**{name: fields[name] for name in _FIELDS if name in fields}, artifact=artifact)
        for name in (entry.path, entry.file):
            if name is not None:
                check_path(name)
        artifact.entries[entry.path] = entry
    artifact.type, artifact.description = record["type"], record.get("description")
    artifact.metadata, artifact.digest = record.get("metadata") or {}, record["digest"]
    artifact.version, artifact.folder = version, folder
    artifact.aliases = [alias for alias, at in _aliases(folder).items() if at == version]
