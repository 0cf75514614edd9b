"""Parts of pictures around single objects, cut when they are first looked at and kept in memory, within a bound."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from mediastore.decoders import DECODERS
from mediastore.encode import thumbnail
from mediastore.encode.crop import Window
from mediastore.encode.thumbnail import Picture
from mediastore.errors import MediaStoreValueError, MissingPackageError

KEPT_BYTES = 48 * 1024**2

Cut = tuple[Path, int, int, Window, int | None]


class Crops:
    """Cuts and keeps parts of the pictures of one store, the latest `kept_bytes` of them. Safe to call from threads."""

    def __init__(self, kept_bytes: int = KEPT_BYTES, cut: Callable[..., bytes] = DECODERS.crop) -> None:
        self._kept: OrderedDict[Cut, Picture] = OrderedDict()
        self._kept_bytes, self._room, self._cut = 0, kept_bytes, cut
        self._choosing = threading.Lock()

    def of(self, file: Path, window: Window, frame: int | None = None) -> Picture:
        """The pixels x0, y0, x1, y1 of a picture, or of a frame of a film; else a card that says why."""
        facts = file.stat()
        wanted = (file, facts.st_size, facts.st_mtime_ns, window, frame)
        with self._choosing:
            if wanted in self._kept:
                self._kept.move_to_end(wanted)
                return self._kept[wanted]
        try:
            data = self._cut(file, window, frame)
        except (MediaStoreValueError, MissingPackageError) as error:
            return _pictured(thumbnail.card("no picture", str(error)), lasting=False)
        found = _pictured(data, lasting=True)
        self._keep(wanted, found)
        return found

    def _keep(self, wanted: Cut, picture: Picture) -> None:
        with self._choosing:
            if wanted not in self._kept:
                self._kept_bytes += len(picture.data)
            self._kept[wanted] = picture
            while self._kept_bytes > self._room:
                self._kept_bytes -= len(self._kept.popitem(last=False)[1].data)


def _pictured(data: bytes, *, lasting: bool) -> Picture:
    return Picture(data, hashlib.sha256(data).hexdigest()[:40], lasting)
