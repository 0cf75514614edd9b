"""Which media files a run has, by what was given: the same content is stored once, whoever logs it and how often."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REMEMBERED_FILES = 65_536


@dataclass(frozen=True)
class Stored:
    """A media file of this run: its place below `media/` and what its sidecars say of it."""

    path: str
    fields: dict[str, Any]


class StoredFiles:
    """The files that one writing process stored, the latest of them. Thread-safe."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, Stored] = OrderedDict()
        self._being_stored: dict[str, threading.Event] = {}
        self._repeating: set[str] = set()
        self._lock = threading.Lock()

    def repeats(self, key: str) -> bool:
        """Whether the last content of this key was stored already when it came."""
        return key in self._repeating

    def get(self, identity: str) -> Stored | None:
        """The file of this content, if it is known."""
        with self._lock:
            if identity in self._files:
                self._files.move_to_end(identity)
            return self._files.get(identity)

    def once(self, identity: str, key: str, store: Callable[[], Stored]) -> Stored:
        """The file of this content: an earlier one, one that another thread is storing now, or what `store` makes."""
        while True:
            with self._lock:
                if identity in self._files:
                    self._files.move_to_end(identity)
                    self._repeating.add(key)
                    return self._files[identity]
                self._repeating.discard(key)
                event = self._being_stored.get(identity)
                if event is None:
                    self._being_stored[identity] = threading.Event()
                    break
            event.wait()
        try:
            stored = store()
            with self._lock:
                self._files[identity] = stored
                if len(self._files) > REMEMBERED_FILES:
                    self._files.popitem(last=False)
            return stored
        finally:
            with self._lock:
                self._being_stored.pop(identity).set()
