"""The check of one run: its journals, sidecars, media files and edits."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mediastore import edits, files, naming, sidecar
from mediastore.audit.report import Check
from mediastore.errors import StoreFormatError
from mediastore.journal import Journal
from mediastore.writer import record as run_record

SETTLED_AFTER_S = 10.0


class RunCheck:
    """The check of one run."""

    def __init__(self, check: Check, folder: Path) -> None:
        self._check = check
        self._found = check.found
        self._folder = folder
        self._media = folder / "media"
        self._resolved_media = self._media.resolve()
        self.is_live = False
        self._journaled: set[str] = set()
        self._referenced: set[Path] = set()
        self._digest_of: dict[Path, str] = {}

    def check(self) -> None:
        self._check_record()
        for path in sorted(self._folder.glob("metrics/*.jsonl")):
            for _ in self._lines(path):
                pass
        lines = [line for path in sorted(self._folder.glob("items/*.jsonl")) for line in self._lines(path)]
        identities = [_identity(line) for line in lines]
        self._journaled = set(identities)
        standing = self._check_sidecars()
        for line, identity in zip(lines, identities, strict=True):
            if identity not in standing:
                self._check_lost_sidecar(line)
        self._check_orphans()

    def _check_record(self) -> None:
        try:
            found = run_record.read(self._folder)
            self.is_live = found is not None and (run_record.is_being_written(found))
        except StoreFormatError as error:
            self._found("run record", self._folder / run_record.RUN_FILE, str(error))
        for path in edits.unseen({}, self._folder):
            try:
                sidecar.parse(files.read_record(path), "the edit")
            except (OSError, StoreFormatError) as error:
                self._found("edit", path, str(error), is_repaired=self._check.removed(path))

    def _lines(self, path: Path) -> Iterator[dict[str, Any]]:
        content = path.read_bytes()
        position = 0
        for raw in content.splitlines(keepends=True):
            if not raw.endswith(b"\n"):
                self._torn(path, raw, position)
                return
            try:
                yield sidecar.parse(raw, "the line")
            except StoreFormatError as error:
                self._found("bad line", path, str(error), at=position)
            position += len(raw)

    def _torn(self, path: Path, raw: bytes, position: int) -> None:
        if self.is_live:
            return
        if self._check.repair:
            files.write(self._check.quarantined(path.with_name(f"{path.name}.{position}")), raw)
            files.truncate(path, position)
        sentence = f"the last line stops after {len(raw)} bytes: its writer was ended in the middle of it"
        self._found("torn line", path, sentence, is_repaired=self._check.repair, at=position)

    def _check_sidecars(self) -> set[str]:
        standing: set[str] = set()
        missing: list[bytes] = []
        for path in sorted(self._media.rglob("*.json")):
            if path.name.startswith(files.TEMPORARY_PREFIX):
                continue
            try:
                item = sidecar.parse(path.read_bytes(), "the sidecar")
            except (OSError, StoreFormatError) as error:
                if path not in self._referenced:
                    self._found("bad sidecar", path, str(error))
                continue
            self._check.report.items += 1
            identity = _identity(item)
            standing.add(identity)
            self._check_media(path, item)
            if identity not in self._journaled and self._is_settled(path):
                missing.append(sidecar.to_line(item))
                sentence = "no journal has this sidecar, so that no query sees it before the next index"
                self._found("sidecar not in journal", path, sentence, is_repaired=self._check.repair)
        if missing and self._check.repair:
            self._append(missing)
        return standing

    def _append(self, lines: list[bytes]) -> None:
        journal = Journal(self._folder / "items", naming.new_writer())
        for line in lines:
            journal.append(line)
        journal.close()

    def _check_media(self, path: Path, item: dict[str, Any]) -> None:
        for name in [
            item.get("file"),
            item.get("playable"),
            *(entry.get("mask_file") for entry in _annotations(item)),
        ]:
            if name is None:
                continue
            try:
                media = (path.parent / str(name)).resolve()
            except (OSError, ValueError) as error:
                self._found("missing file", path, f"its file {str(name)[:80]!r} cannot be: {error}")
                continue
            if not media.is_relative_to(self._resolved_media):
                self._found("file outside the run", path, f"its file {name!r} must lie in the run's media folder")
                continue
            self._referenced.add(media)
            if not os.path.isfile(media):  # noqa: PTH113 - a name too long for the system is merely not there
                self._found("missing file", path, f"its file {str(name)[:80]!r} is not there")
            elif name == item.get("file"):
                self._check_content(path, item, media)

    def _check_content(self, path: Path, item: dict[str, Any], media: Path) -> None:
        size = media.stat().st_size
        if item.get("bytes") not in (None, size):
            self._found("wrong size", path, f"its file must have {item['bytes']} bytes, got {size}")
            return
        if not self._check.digests or "sha256" not in item:
            return
        if media not in self._digest_of:
            with media.open("rb") as opened:
                self._digest_of[media] = hashlib.file_digest(opened, "sha256").hexdigest()
        if self._digest_of[media] != item["sha256"]:
            self._found("wrong digest", path, f"its file {item['file']!r} must have the sha256 that it names")

    def _check_lost_sidecar(self, item: dict[str, Any]) -> None:
        stem = naming.item_stem(int(item.get("step", 0)), int(item.get("index", 0)), str(item.get("writer", "")))
        path = self._media / naming.encode_key(str(item.get("key", ""))) / f"{stem}.json"
        if self._check.repair and not path.exists():
            files.write(path, sidecar.to_line(item))
            self._check_media(path, item)
            self._found("missing sidecar", path, "a journal has it; it is written again", is_repaired=True)
        else:
            self._found("missing sidecar", path, "a journal has it, the folder has not, or has another")

    def _check_orphans(self) -> None:
        for path in sorted(self._media.rglob("*")):
            is_temporary = path.name.startswith(files.TEMPORARY_PREFIX)
            if not path.is_file() or (path.suffix == ".json" and not is_temporary) or not self._is_settled(path):
                continue
            if is_temporary or path.resolve() not in self._referenced:
                kind = "unfinished file" if is_temporary else "orphan file"
                is_repaired = self._check.removed(path)
                self._found(kind, path, "no sidecar names it: it was never logged", is_repaired=is_repaired)

    def _is_settled(self, path: Path) -> bool:
        """Whether a live writer cannot be in the middle of this item any more."""
        return not self.is_live or time.time() - path.stat().st_mtime > SETTLED_AFTER_S


def _identity(item: dict[str, Any]) -> str:
    """The same for a sidecar and its journal line, however they are spaced."""
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()


def _annotations(item: dict[str, Any]) -> list[dict[str, Any]]:
    found = item.get("annotations")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
