"""Logging faults: a warning once a kind, a count for the record, an exception where the run is strict."""

import sys
import threading
import warnings
from collections import Counter, deque

from mediastore.errors import MediaStoreError, MediaStoreWarning

KEPT = 100


class Faults:
    """Collects faults from any thread and tells the user at the next call from the training loop."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.counts: Counter[str] = Counter()
        self._unsaid: deque[Exception] = deque()
        self._lock = threading.Lock()
        self.sentences: list[str] = []

    def add(self, about: str, fault: Exception | str, *, is_recorded: bool = False) -> None:
        """Note a fault. `about` is its kind ("audio"): only the first of a kind becomes a warning.

        is_recorded: an item says it already, so that the run need not.
        """
        error = fault if isinstance(fault, Exception) else MediaStoreError(fault)
        with self._lock:
            self.counts[about] += 1
            if not is_recorded and len(self.sentences) < KEPT:
                self.sentences.append(f"{about}: {error}")
            if self.strict or self.counts[about] == 1:
                self._unsaid.append(error)

    def tell(self) -> None:
        """Warn of what is new, or raise the first of it where the run is strict."""
        while self._unsaid:
            error = self._unsaid.popleft()
            if self.strict:
                self._unsaid.clear()
                raise error
            message = f"{error} (said once a kind; all are recorded)"
            warnings.warn(message, MediaStoreWarning, stacklevel=_frames_of_ours() + 1)


def _frames_of_ours() -> int:
    """How many frames of this package stand above the user's own line."""
    count, frame = 0, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("mediastore."):
        count, frame = count + 1, frame.f_back
    return count
