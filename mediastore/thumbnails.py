"""Pictures of media files, made once on first view and kept beside the index of their run, named by content."""

import contextlib
import hashlib
import mimetypes
import os
import shutil
import tempfile
import threading
import weakref
from functools import lru_cache
from pathlib import Path

from mediastore import files, sidecar
from mediastore.encode import thumbnail
from mediastore.encode.thumbnail import Picture
from mediastore.errors import MediaStoreValueError, MissingPackageError, StoreFormatError

DECODERS = max(2, (os.cpu_count() or 2) // 2)


class Thumbnails:
    """Makes and keeps the pictures of one store. Safe to call from many threads: each picture is made once."""

    def __init__(self) -> None:
        self._decoding = threading.BoundedSemaphore(DECODERS)
        self._making: dict[str, threading.Lock] = {}
        self._choosing = threading.Lock()
        self._elsewhere: Path | None = None

    def of(self, file: Path) -> Picture:
        """The picture of a media file of this store; where it has none, a card that says why."""
        facts = file.stat()
        digest = _digest(file, facts.st_size, facts.st_mtime_ns)
        with self._choosing:
            making = self._making.setdefault(digest, threading.Lock())
        try:
            with making:
                return self._kept(file, digest) or self._made(file, digest)
        finally:
            self._making.pop(digest, None)

    def _kept(self, file: Path, digest: str) -> Picture | None:
        for folder in self._folders(file):
            try:
                return Picture((folder / f"{digest}.webp").read_bytes(), digest, lasting=True)
            except OSError:
                continue
        return None

    def _made(self, file: Path, digest: str) -> Picture:
        kind, problem = _kind_and_problem(file)
        if kind not in ("image", "audio", "video"):
            return _card(kind, problem)
        try:
            with self._decoding:
                data = thumbnail.thumbnail(file, kind)
        except (MediaStoreValueError, MissingPackageError) as error:
            return _card(kind, problem or str(error))
        self._keep(file, digest, data)
        return Picture(data, digest, lasting=True)

    def _keep(self, file: Path, digest: str, data: bytes) -> None:
        beside = _beside_index(file)
        try:
            beside.mkdir(parents=True, exist_ok=True)
            files.write(beside / f"{digest}.webp", data)
        except OSError:
            with contextlib.suppress(OSError):
                files.write(self._temporary() / f"{digest}.webp", data)

    def _folders(self, file: Path) -> list[Path]:
        return [_beside_index(file), *([self._elsewhere] if self._elsewhere else [])]

    def _temporary(self) -> Path:
        with self._choosing:
            if self._elsewhere is None:
                self._elsewhere = Path(tempfile.mkdtemp(prefix="mediastore-thumbs-"))
                weakref.finalize(self, shutil.rmtree, self._elsewhere, ignore_errors=True)
        return self._elsewhere


def _beside_index(file: Path) -> Path:
    run = next((folder for folder in file.parents if (folder / "run.json").is_file()), file.parent)
    return run / "index" / "thumbs"


@lru_cache(maxsize=65536)
def _digest(file: Path, size: int, changed_ns: int) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:40]


def _kind_and_problem(file: Path) -> tuple[str, str]:
    try:
        record = sidecar.parse(files.read_record(file.with_suffix(".json")), file.name)
    except (OSError, StoreFormatError):
        record = {}
    guessed = (mimetypes.guess_type(file.name)[0] or "file").partition("/")[0]
    return str(record.get("kind") or guessed), str(record.get("problem") or "")


def _card(title: str, sentence: str) -> Picture:
    data = thumbnail.card(title, sentence)
    return Picture(data, hashlib.sha256(data).hexdigest()[:40], lasting=False)
