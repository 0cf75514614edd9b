"""Artifacts: named sets of files with versions, as scripts build and read them."""

import contextlib
import io
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self
from urllib.parse import unquote, urlparse

from mediastore import encode, files, sidecar
from mediastore.errors import MediaStoreError, MediaStoreValueError, NotFoundError
from mediastore.media import Image, Media
from mediastore.tables import Table
from mediastore.writer.once import warn_once


@dataclass
class Entry:
    """One file of an artifact: `source` on disk or `content` before it is stored, `reference` where it stays elsewhere.

    file: where it lies below the artifact's folder once it is stored. kind, columns: of a medium that was added.
    """

    path: str
    source: Path | None = None
    content: bytes | None = None
    reference: str | None = None
    file: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    kind: str | None = None
    columns: list[str] | None = None
    artifact: Any = field(default=None, repr=False)

    def download(self, root: Any = None) -> str:
        """A copy of this file alone; returns its path."""
        return str(Path(self.artifact.download(root, only=self.path)) / self.path)

    @property
    def ref(self) -> str | None:
        """The reference, by wandb's name."""
        return self.reference


class Artifact:
    """A named set of files. Files are read when the artifact is logged.

    type: "dataset", "model", any word. metadata: a dictionary to be found with it. After `log_artifact` it has a
    version (v0, v1 …; the same content keeps its version), a digest and aliases.
    """

    def __init__(
        self,
        name: str,
        type: str,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        incremental: bool | None = None,
        use_as: str | None = None,
    ) -> None:
        if not name or "/" in name or ":" in name:
            raise MediaStoreValueError(f"name of an artifact must be without '/' and ':', got {name!r}; rename it")
        self.base_name = str(name)
        self.type = str(type)
        self.description = description
        self.metadata: dict[str, Any] = dict(metadata or {})
        self.entries: dict[str, Entry] = {}
        self.version: str | None = None
        self.digest: str | None = None
        self.aliases: list[str] = []
        self.folder: Path | None = None

    @classmethod
    def from_path(cls, path: Any, name: str, type: str) -> Self:
        """An artifact of one file or of one folder."""
        artifact = cls(name, type)
        artifact.add_dir(path) if Path(path).is_dir() else artifact.add_file(path)
        return artifact

    @property
    def name(self) -> str:
        """The name, with the version once there is one: `cats:v3`."""
        return self.base_name if self.version is None else f"{self.base_name}:{self.version}"

    @property
    def is_stored(self) -> bool:
        """Whether it has a version in the store."""
        return self.version is not None

    @property
    def paths(self) -> list[str]:
        """The names of its files, sorted."""
        return sorted(self.entries)

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(entry.bytes or 0 for entry in self.entries.values())

    @property
    def manifest(self) -> Self:
        """The artifact itself: `artifact.manifest.entries`, as wandb has it."""
        return self

    def add_file(self, local_path: Any, name: str | None = None, *more: Any, **further: Any) -> Entry:
        """Add one file, under its own name by default. Raises NotFoundError."""
        source = Path(local_path)
        if not source.is_file():
            raise NotFoundError(f"artifact must be given a file that exists, got {str(local_path)!r}; check the path")
        return self._add(Entry(name or source.name, source=source.resolve()))

    def add_dir(self, local_path: Any, name: str | None = None, *more: Any, **further: Any) -> None:
        """Add all files below a folder, by their place in it. Raises NotFoundError."""
        root = Path(local_path)
        if not root.is_dir():
            raise NotFoundError(f"artifact must be given a folder that exists, got {str(local_path)!r}; check the path")
        for path in sorted(root.rglob("*")):
            if path.is_file():
                place = path.relative_to(root).as_posix()
                self._add(Entry(f"{name}/{place}" if name else place, source=path.resolve()))

    @contextlib.contextmanager
    def new_file(self, name: str, mode: str = "w", encoding: str | None = None) -> Iterator[IO[Any]]:
        """An open file that is part of the artifact when it is closed."""
        with tempfile.SpooledTemporaryFile() as raw:
            text = io.TextIOWrapper(raw, encoding=encoding or "utf-8") if "b" not in mode else None
            yield text or raw
            if text is not None:
                text.flush()
            raw.seek(0)
            self._add(Entry(name, content=raw.read()))
            if text is not None:
                text.detach()

    def add_reference(self, uri: Any, name: str | None = None, *more: Any, **further: Any) -> list[Entry]:
        """Name what stays where it is: a URI; of `file://` with its size and digest, a folder's files one by one."""
        if isinstance(uri, Entry):
            uri, name = uri.reference or "", name or uri.path
        parsed = urlparse(str(uri))
        place = Path(unquote(parsed.path))
        if parsed.scheme == "file" and place.is_dir():
            found = [path for path in sorted(place.rglob("*")) if path.is_file()]
            prefix = f"{name}/" if name else ""
            return [
                self._add(Entry(prefix + path.relative_to(place).as_posix(), path, reference=path.resolve().as_uri()))
                for path in found
            ]
        source = place if parsed.scheme == "file" and place.is_file() else None
        return [self._add(Entry(name or place.name or parsed.netloc, source, reference=str(uri)))]

    def add(self, obj: Media, name: str, overwrite: bool = False) -> Entry:
        """Add a Table, an Image or another medium; `get(name)` gives it back."""
        if isinstance(obj, Table):
            lines = [self._line(dict(zip(obj.columns, row, strict=True))) for row in obj.data]
            content = b"".join(lines)
            return self._add(Entry(f"{name}.table.jsonl", content=content, kind="table", columns=obj.columns))
        return self._add_medium(obj, name)

    def get(self, name: str) -> Media | None:
        """What was added under a name: a Table or an Image of the stored file; None where there is none."""
        entry = next((self.entries[path] for path in self.paths if path in (name, f"{name}.table.jsonl")), None)
        entry = entry or next((self.entries[path] for path in self.paths if path.startswith(f"{name}.")), None)
        if entry is None or self.folder is None or entry.file is None:
            return None
        source = self.folder / entry.file
        if entry.kind != "table":
            return Image(source) if entry.kind == "image" else None
        rows = [sidecar.parse(line, entry.path) for line in source.read_bytes().splitlines()]
        return Table(entry.columns, [[self._cell(row[column]) for column in entry.columns or ()] for row in rows])

    def get_entry(self, name: str) -> Entry:
        """One file of the artifact. Raises NotFoundError."""
        if name not in self.entries:
            raise NotFoundError(f"file must be one of {self.name}'s, got {name!r}; see its `paths`")
        return self.entries[name]

    get_path = get_entry

    def files(self) -> list[Entry]:
        """All entries."""
        return [self.entries[path] for path in self.paths]

    def remove(self, item: Any) -> None:
        """Take a file out again, before the artifact is logged."""
        self.entries.pop(item.path if isinstance(item, Entry) else str(item), None)

    def wait(self, timeout: float | None = None) -> Self:
        """The artifact: it is stored already when `log_artifact` returns."""
        return self

    def download(self, root: Any = None, *more: Any, only: str | None = None, **further: Any) -> str:
        """Copy the files into `root`, else `./artifacts/<name>-<version>`; returns that folder.

        References to local files are copied, others are named in a warning. Raises MediaStoreError before the artifact
        is stored.
        """
        if self.folder is None:
            raise MediaStoreError(f"artifact {self.name} must be logged before it is downloaded; log_artifact first")
        target = Path(root or Path("artifacts") / f"{self.base_name}-{self.version}")
        target.mkdir(parents=True, exist_ok=True)
        for entry in self.files() if only is None else [self.get_entry(only)]:
            source = self.folder / entry.file if entry.file else _local(entry.reference)
            if source is None or not source.is_file():
                warn_once(f"{entry.path} of artifact {self.name} stays at {entry.reference}; fetch it from there")
                continue
            path = target / entry.path
            path.parent.mkdir(parents=True, exist_ok=True)
            files.make(path, lambda aside, source=source: files.copy(source, aside))
        return str(target)

    checkout = download

    def file(self, root: Any = None) -> str:
        """The path of a copy of its only file."""
        return self.get_entry(self.paths[0]).download(root)

    def _add(self, entry: Entry) -> Entry:
        check_path(entry.path)
        entry.artifact = self
        self.entries[entry.path] = entry
        return entry

    def _add_medium(self, obj: Media, name: str) -> Entry:
        encoded = encode.encode(obj.kind, obj.payloads()[0], obj.options)
        place = name if name.endswith(f".{encoded.extension}") else f"{name}.{encoded.extension}"
        return self._add(Entry(place, source=encoded.path, content=encoded.content, kind=obj.kind))

    def _line(self, cells: dict[str, Any]) -> bytes:
        for column, cell in cells.items():
            if isinstance(cell, Media):
                entry = self._add_medium(cell, f"media/{cell.kind}/{len(self.entries):06d}")
                cells[column] = {"item": {"kind": cell.kind, "file": entry.path}}
        return sidecar.to_line(cells)

    def _cell(self, cell: Any) -> Any:
        place = cell.get("item", {}).get("file") if isinstance(cell, dict) else None
        if place not in self.entries or self.folder is None:
            return cell
        stored = self.folder / str(self.entries[place].file)
        return Image(stored) if self.entries[place].kind == "image" else str(stored)


def check_path(path: str) -> None:
    """Raise MediaStoreValueError for a name that leads out of its folder."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or ":" in parts[0] or "\0" in path:
        raise MediaStoreValueError(f"a file of an artifact must be named below its folder, got {path!r}; rename it")


def _local(reference: str | None) -> Path | None:
    parsed = urlparse(reference or "")
    return Path(unquote(parsed.path)) if parsed.scheme == "file" else None
