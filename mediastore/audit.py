"""Does a store hold what it says? Every difference between journals, sidecars and files, and the mending of it.

Nothing is deleted: what has to go is moved to `<root>/.quarantine/`, under the path it had.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediastore import files, naming, sidecar
from mediastore.errors import MediaStoreError, StoreFormatError
from mediastore.journal import Journal
from mediastore.reader import folders
from mediastore.writer import record as run_record

QUARANTINE = ".quarantine"
SETTLED_AFTER_S = 10.0


@dataclass(frozen=True)
class Finding:
    """One difference. path: relative to the store, with the byte position where a line is meant."""

    kind: str
    path: str
    sentence: str
    is_repaired: bool = False


@dataclass
class Report:
    """What `check` found: `clean` when that is nothing, else `lines` to read."""

    runs: int = 0
    items: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong, or is any more."""
        return all(finding.is_repaired for finding in self.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each kind."""
        return dict(Counter(finding.kind for finding in self.findings))

    @property
    def lines(self) -> list[str]:
        """One line a finding, then the counts."""
        said = [
            f"{finding.kind}: {finding.path}: {finding.sentence}{' (repaired)' if finding.is_repaired else ''}"
            for finding in self.findings
        ]
        counts = ", ".join(f"{count} × {kind}" for kind, count in sorted(self.counts.items())) or "nothing is wrong"
        return [*said, f"{self.runs} runs, {self.items} items: {counts}"]


def check(root: Path | str, repair: bool = False, *, digests: bool = True) -> Report:
    """Compare every journal, sidecar and media file of a store.

    repair: mend what can be mended without deleting. digests: read every media file to compare its sha256.
    Never raises for what it finds; raises MediaStoreError when `root` is no folder.
    """
    root = Path(root)
    if not root.is_dir():
        raise MediaStoreError(f"a store must be a folder, got {str(root)!r}; check the path or MEDIASTORE_DIR")
    report = Report()
    if any(root.iterdir()):
        _check_mark(root, report)
    for folder in folders.scan(root)[0]:
        report.runs += 1
        _RunCheck(root, folder.path, report, repair, digests).check()
    return report


def _check_mark(root: Path, report: Report) -> None:
    mark = root / run_record.STORE_MARK
    try:
        sidecar.parse(mark.read_bytes(), run_record.STORE_MARK)
    except (OSError, StoreFormatError) as error:
        report.findings.append(Finding("store mark", run_record.STORE_MARK, str(error)))


class _RunCheck:
    """The check of one run."""

    def __init__(self, root: Path, folder: Path, report: Report, repair: bool, digests: bool) -> None:
        self._root = root
        self._folder = folder
        self._media = folder / "media"
        self._report = report
        self._repair = repair
        self._digests = digests
        self._is_live = False
        self._journaled: set[str] = set()
        self._referenced: set[Path] = set()
        self._digest_of: dict[Path, str] = {}

    def check(self) -> None:
        self._check_record()
        for path in sorted(self._folder.glob("metrics/*.jsonl")):
            for _ in self._lines(path):
                pass
        lines = [line for path in sorted(self._folder.glob("items/*.jsonl")) for line in self._lines(path)]
        self._journaled = {_identity(line) for line in lines}
        standing = self._check_sidecars()
        for line in lines:
            if _identity(line) not in standing:
                self._check_lost_sidecar(line)
        self._check_orphans()

    def _found(self, kind: str, path: Path, sentence: str, *, is_repaired: bool = False, at: int | None = None) -> None:
        place = path.relative_to(self._root).as_posix() + ("" if at is None else f", byte {at}")
        self._report.findings.append(Finding(kind, place, sentence, is_repaired))

    def _check_record(self) -> None:
        try:
            found = run_record.read(self._folder)
            self._is_live = found is not None and (run_record.is_being_written(found))
        except StoreFormatError as error:
            self._found("run record", self._folder / run_record.RUN_FILE, str(error))

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
        if self._is_live:
            return
        if self._repair:
            files.write(self._quarantined(path.with_name(f"{path.name}.{position}")), raw)
            files.truncate(path, position)
        sentence = f"the last line stops after {len(raw)} bytes: its writer was ended in the middle of it"
        self._found("torn line", path, sentence, is_repaired=self._repair, at=position)

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
            self._report.items += 1
            identity = _identity(item)
            standing.add(identity)
            self._check_media(path, item)
            if identity not in self._journaled and self._is_settled(path):
                missing.append(sidecar.to_line(item))
                sentence = "no journal has this sidecar, so that no query sees it before the next index"
                self._found("sidecar not in journal", path, sentence, is_repaired=self._repair)
        if missing and self._repair:
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
            *(entry.get("mask_file") for entry in item.get("annotations") or ()),
        ]:
            if name is None:
                continue
            media = (path.parent / str(name)).resolve()
            if not media.is_relative_to(self._media.resolve()):
                self._found("file outside the run", path, f"its file {name!r} must lie in the run's media folder")
                continue
            self._referenced.add(media)
            if not media.is_file():
                self._found("missing file", path, f"its file {name!r} is not there")
            elif name == item.get("file"):
                self._check_content(path, item, media)

    def _check_content(self, path: Path, item: dict[str, Any], media: Path) -> None:
        size = media.stat().st_size
        if item.get("bytes") not in (None, size):
            self._found("wrong size", path, f"its file must have {item['bytes']} bytes, got {size}")
            return
        if not self._digests or "sha256" not in item:
            return
        if media not in self._digest_of:
            with media.open("rb") as opened:
                self._digest_of[media] = hashlib.file_digest(opened, "sha256").hexdigest()
        if self._digest_of[media] != item["sha256"]:
            self._found("wrong digest", path, f"its file {item['file']!r} must have the sha256 that it names")

    def _check_lost_sidecar(self, item: dict[str, Any]) -> None:
        stem = naming.item_stem(int(item.get("step", 0)), int(item.get("index", 0)), str(item.get("writer", "")))
        path = self._media / naming.encode_key(str(item.get("key", ""))) / f"{stem}.json"
        if self._repair and not path.exists():
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
                if self._repair:
                    files.move(path, self._quarantined(path))
                kind = "unfinished file" if is_temporary else "orphan file"
                self._found(kind, path, "no sidecar names it: it was never logged", is_repaired=self._repair)

    def _is_settled(self, path: Path) -> bool:
        """Whether a live writer cannot be in the middle of this item any more."""
        return not self._is_live or time.time() - path.stat().st_mtime > SETTLED_AFTER_S

    def _quarantined(self, path: Path) -> Path:
        return self._root / QUARANTINE / path.relative_to(self._root)


def _identity(item: dict[str, Any]) -> str:
    """The same for a sidecar and its journal line, however they are spaced."""
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
