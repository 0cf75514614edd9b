"""Parquet files of an index that are not what was written. An index is derived: journals are read in its place.

To compare a digest costs as much as reading the whole file. So it is done once a question failed, and by those who
were told to look: no file is looked at twice before it changes.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from mediastore.reader import folders, state
from mediastore.reader.folders import Signature
from mediastore.reader.state import Segment

SENTENCE = (
    "an index must be as it was written, got a damaged file; journals are read in its place, "
    "and `mediastore index` makes it anew"
)
Files = Iterable[tuple[Path, str]]


class Damage:
    """What is known of files that were looked at. Not thread-safe."""

    def __init__(self) -> None:
        self._damaged: dict[Path, Signature | None] = {}
        self._sound: dict[Path, Signature | None] = {}

    def find(self, files: Files) -> bool:
        """Look at all files that are in use, but for those that were before; whether one was found to be damaged."""
        given = [(path, digest, folders.signature(path)) for path, digest in files]
        fresh = [one for one in given if self._sound.get(one[0], False) != one[2]]
        damaged = {path: signature for path, digest, signature in fresh if is_damaged(path, digest)}
        self._sound = {path: signature for path, _, signature in given if path not in damaged}
        self._damaged |= damaged
        return bool(damaged)

    def among(self, files: Files) -> list[Path]:
        """Those of these files that were found to be damaged and have not changed since."""
        known = [path for path, _ in files if path in self._damaged] if self._damaged else []
        return [path for path in known if self._damaged[path] == folders.signature(path)]


def files_of(segments: Iterable[Segment], index: Path) -> Iterator[tuple[Path, str]]:
    """The files of segments, and the digest that each must have."""
    for segment in segments:
        for table in segment.files:
            yield segment.path(index, table), segment.digests.get(table, "")


def damaged(files: Files) -> list[Path]:
    """Those of these files that are not what was written."""
    return [path for path, digest in files if is_damaged(path, digest)]


def is_damaged(path: Path, digest: str) -> bool:
    """Whether a file is not what was written. One that is not there is not damaged: an indexer may have replaced it."""
    try:
        return state.digest(path) != digest
    except FileNotFoundError:
        return False
    except OSError:
        return True
