"""Pictures of media files, made once and kept beside the index of their run, named by content, within a bound.

A store keeps at most MEDIASTORE_THUMBNAILS_MB of them (2,048); beyond that those go that were not looked at for
longest. All of them may be deleted at any time.
"""

import contextlib
import hashlib
import mimetypes
import os
import shutil
import threading
import time
import weakref
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from mediastore import files, scratch, sidecar
from mediastore.decoders import DECODERS
from mediastore.encode import thumbnail
from mediastore.encode.thumbnail import Picture
from mediastore.errors import MediaStoreValueError, MissingPackageError, StoreFormatError

LIMIT_VARIABLE = "MEDIASTORE_THUMBNAILS_MB"
LIMIT_MB = 2048
ROOM_AFTER = 0.9
LOOK_AGAIN_BYTES = 64 * 10**6
USED_AGAIN_S = 86_400.0
WHOLE_BYTES, END_BYTES = 16 * 2**20, 2**20


class Thumbnails:
    """Makes and keeps the pictures of stores. Safe to call from many threads: each picture is made once."""

    def __init__(self, limit_bytes: int | None = None, draw: Callable[..., bytes] = DECODERS.thumbnail) -> None:
        self._draw = draw
        self._making: dict[str, threading.Lock] = {}
        self._choosing = threading.Lock()
        self._elsewhere: Path | None = None
        megabytes = float(os.environ.get(LIMIT_VARIABLE) or LIMIT_MB)
        self._limit_bytes = int(megabytes * 10**6) if limit_bytes is None else limit_bytes
        self._written: dict[Path, int] = {}

    def of(self, file: Path, way: str = "") -> Picture:
        """The picture of a media file, or a card that says why it has none. way: `log` or `mel` for a spectrogram."""
        facts = file.stat()
        name = _digest(file, facts.st_size, facts.st_mtime_ns) + (f"-{way}" if way else "")
        with self._choosing:
            making = self._making.setdefault(name, threading.Lock())
        try:
            with making:
                return self._kept(file, name) or self._made(file, name, way)
        finally:
            self._making.pop(name, None)

    def _kept(self, file: Path, name: str) -> Picture | None:
        for folder in self._folders(file):
            path = folder / f"{name}.webp"
            try:
                data = path.read_bytes()
                if time.time() - path.stat().st_mtime > USED_AGAIN_S:
                    files.touch(path)
                return Picture(data, name, lasting=True)
            except OSError:
                continue
        return None

    def _made(self, file: Path, name: str, way: str) -> Picture:
        kind, problem = _kind_and_problem(file)
        if kind not in thumbnail.KINDS:
            return _card(kind, problem)
        try:
            data = self._draw(file, kind, way)
        except (MediaStoreValueError, MissingPackageError) as error:
            return _card(kind, problem or str(error))
        self._keep(file, name, data)
        return Picture(data, name, lasting=True)

    def _keep(self, file: Path, name: str, data: bytes) -> None:
        beside = _beside_index(file)
        try:
            beside.mkdir(parents=True, exist_ok=True)
            files.write(beside / f"{name}.webp", data)
            self._make_room(beside, len(data))
        except OSError:
            with contextlib.suppress(OSError):
                files.write(self._temporary() / f"{name}.webp", data)

    def _make_room(self, beside: Path, size: int) -> None:
        """Look at what is kept when a store is first written to, then each time much more was."""
        root = next((folder for folder in beside.parents if (folder / "mediastore.json").is_file()), beside.parents[3])
        enough = min(LOOK_AGAIN_BYTES, self._limit_bytes // 8)
        with self._choosing:
            self._written[root] = self._written.get(root, enough) + size
            if self._written[root] < enough:
                return
            self._written[root] = 0
        forget_oldest(root, self._limit_bytes)

    def _folders(self, file: Path) -> list[Path]:
        return [_beside_index(file), *([self._elsewhere] if self._elsewhere else [])]

    def _temporary(self) -> Path:
        with self._choosing:
            if self._elsewhere is None:
                self._elsewhere = scratch.new_folder("thumbs")
                weakref.finalize(self, shutil.rmtree, self._elsewhere, ignore_errors=True)
        return self._elsewhere


def forget_oldest(root: Path, limit_bytes: int) -> int:
    """Remove the thumbnails that were not looked at for longest, until a tenth of the limit is free; how many went."""
    kept = []
    for path in root.glob("*/**/index/thumbs/*.webp"):
        with contextlib.suppress(OSError):
            facts = path.stat()
            kept.append((facts.st_mtime, facts.st_size, path))
    total, gone = sum(size for _, size, _ in kept), 0
    if total <= limit_bytes:
        return 0
    for _, size, path in sorted(kept):
        if total <= limit_bytes * ROOM_AFTER:
            break
        files.remove(path)
        total, gone = total - size, gone + 1
    return gone


def _beside_index(file: Path) -> Path:
    run = next((folder for folder in file.parents if (folder / "run.json").is_file()), file.parent)
    return run / "index" / "thumbs"


@lru_cache(maxsize=65536)
def _digest(file: Path, size: int, changed_ns: int) -> str:
    """Of the content; of a large file its ends, size and time stand for it, so that no film is read for its poster."""
    with file.open("rb") as content:
        if size <= WHOLE_BYTES:
            return hashlib.file_digest(content, "sha256").hexdigest()[:40]
        ends = content.read(END_BYTES)
        content.seek(-END_BYTES, os.SEEK_END)
        ends += content.read()
    return hashlib.sha256(b"%d %d " % (size, changed_ns) + ends).hexdigest()[:40]


def _kind_and_problem(file: Path) -> tuple[str, str]:
    try:
        record = sidecar.parse(files.read_record(file.with_suffix(".json")), file.name)
    except (OSError, StoreFormatError):
        record = {}
    guessed = _BY_ENDING.get(file.suffix) or (mimetypes.guess_type(file.name)[0] or "file").partition("/")[0]
    return str(record.get("kind") or guessed), str(record.get("problem") or "")


_BY_ENDING = {".jsonl": "table", ".plotly": "plotly", ".ply": "object3d", ".html": "html"}


def _card(title: str, sentence: str) -> Picture:
    data = thumbnail.card(title, sentence)
    return Picture(data, hashlib.sha256(data).hexdigest()[:40], lasting=False)
