"""The check of a project's artifacts: every version's files against its record, and the names that lead to it."""

import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mediastore import files, sidecar
from mediastore.audit.report import Check
from mediastore.errors import MediaStoreError, MediaStoreValueError
from mediastore.writer.artifact import check_path
from mediastore.writer.artifact_store import ALIASES, LATEST, MANIFEST

SETTLED_AFTER_S = 600.0
_VERSION = re.compile(r"v\d+")


class ArtifactsCheck:
    """The check of the artifacts of one project; `is_live`: a run of it is being written."""

    def __init__(self, check: Check, *, is_live: bool) -> None:
        self._check = check
        self._is_live = is_live

    def check(self, folder: Path) -> None:
        """Check every artifact below `<project>/@artifacts`."""
        for artifact in _artifacts(folder):
            versions = sorted(path for path in artifact.iterdir() if _VERSION.fullmatch(path.name) and path.is_dir())
            named: set[Path] = set()
            whole = [version.name for version in versions if self._check_version(artifact, version, named)]
            for version in versions:
                if version.name in whole:
                    self._check_orphans(version, named)
            self._check_aliases(artifact, whole)

    def _check_version(self, artifact: Path, version: Path, named: set[Path]) -> bool:
        """Whether the version stands; what its record names is added to `named`."""
        try:
            record = sidecar.parse((version / MANIFEST).read_bytes(), MANIFEST)
        except FileNotFoundError:
            if self._is_settled(version):
                sentence = f"it has no {MANIFEST}: its writer was ended before the version counted"
                self._check.found("unfinished artifact", version, sentence, is_repaired=self._check.removed(version))
            return False
        except (OSError, MediaStoreError) as error:
            self._check.found("bad artifact record", version / MANIFEST, str(error))
            return True
        self._check.report.artifacts += 1
        for entry in record.get("entries") or ():
            if isinstance(entry, dict) and entry.get("file") is not None:
                self._check_file(artifact, version / MANIFEST, entry, named)
        return True

    def _check_file(self, artifact: Path, manifest: Path, entry: dict[str, Any], named: set[Path]) -> None:
        name = str(entry["file"])
        try:
            check_path(name)
        except MediaStoreValueError as error:
            self._check.found("file outside the artifact", manifest, str(error))
            return
        path = artifact / name
        named.add(path)
        is_there = os.path.isfile(path)  # noqa: PTH113 - a name too long for the system is merely not there
        if not is_there or not path.resolve().is_relative_to(artifact.resolve()):
            self._check.found("missing file", manifest, f"its file {name!r} is not there")
        elif entry.get("bytes") not in (None, path.stat().st_size):
            sentence = f"its file {name!r} must have {entry['bytes']} bytes, got {path.stat().st_size}"
            self._check.found("wrong size", manifest, sentence)
        elif self._check.digests and "sha256" in entry:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                    self._check.found("wrong digest", manifest, f"its file {name!r} must have the sha256 that it names")

    def _check_orphans(self, version: Path, named: set[Path]) -> None:
        for path in sorted(version.rglob("*")):
            if not path.is_file() or path in named or path == version / MANIFEST or not self._is_settled(path):
                continue
            kind = "unfinished file" if path.name.startswith(files.TEMPORARY_PREFIX) else "orphan file"
            sentence = "no version of its artifact names it"
            self._check.found(kind, path, sentence, is_repaired=self._check.removed(path))

    def _check_aliases(self, artifact: Path, whole: list[str]) -> None:
        for path in sorted((artifact / ALIASES).rglob("*.json")):
            if path.name.startswith(files.TEMPORARY_PREFIX):
                continue
            try:
                alias = sidecar.parse(path.read_bytes(), "the alias")
            except (OSError, MediaStoreError) as error:
                self._check.found("bad alias", path, str(error), is_repaired=self._check.removed(path))
                continue
            if alias.get("version") not in whole:
                sentence = f"version {alias.get('version')!r} is not there"
                self._check.found("dangling alias", path, sentence, is_repaired=self._mended(path, alias, whole))

    def _mended(self, path: Path, alias: dict[str, Any], whole: list[str]) -> bool:
        is_removed = self._check.removed(path)
        if is_removed and alias.get("alias") == LATEST and whole:
            last = max(whole, key=lambda name: int(name[1:]))
            files.write(path, sidecar.to_line({"alias": LATEST, "version": last}))
        return is_removed

    def _is_settled(self, path: Path) -> bool:
        """Whether nobody can be in the middle of writing it; a large version takes minutes."""
        return not self._is_live or time.time() - _changed(path) > SETTLED_AFTER_S


def _changed(path: Path) -> float:
    return max(entry.lstat().st_mtime for entry in (path, *path.rglob("*")))


def _artifacts(folder: Path) -> Iterator[Path]:
    """The folders of artifacts; a name too long for one folder goes on inside it."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if path.name.endswith("~") and not path.name.endswith("~~"):
                yield from _artifacts(path)
            else:
                yield path
