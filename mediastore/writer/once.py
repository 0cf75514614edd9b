"""What is said once a process, however often its cause comes again."""

import sys
import warnings
from functools import cache

from mediastore.errors import MediaStoreWarning


@cache
def warn_once(sentence: str) -> None:
    """A warning, shown at the line of the script that caused it."""
    warnings.warn(sentence, MediaStoreWarning, stacklevel=_frames_of_ours())


@cache
def note_once(sentence: str) -> None:
    """A line on the terminal."""
    print(f"mediastore: {sentence}", file=sys.stderr)


def _frames_of_ours() -> int:
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("mediastore."):
        level, frame = level + 1, frame.f_back
    return level
