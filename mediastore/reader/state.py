"""What an index covers: `index/state.json` of a run, replaced atomically after the Parquet files it names."""

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from mediastore import files
from mediastore.reader.folders import Folder

VERSION = 3
FOLDER = "index"
FILE = "state.json"
LOGGED, LEVELS = ("items", "annotations", "metrics"), "levels"
TABLES = (*LOGGED, LEVELS)
GRACE_S = 600.0
NAMES_MAX = 1000
_MAGIC = b"PAR1"
_CHECKED_BYTES = 64


class Overtaken(Exception):
    """Another indexer replaced the state meanwhile; its work stands."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence about a file of a run; `position` is the byte where it stands."""

    file: str
    position: int | None
    sentence: str

    def __str__(self) -> str:
        return self.sentence if self.position is None else f"at byte {self.position}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows of some stretch of the journals, one Parquet file a table: by table their sizes and digests.

    metrics: the names of the metrics in it, None where they are too many to be told here.
    """

    name: str
    source_bytes: int
    files: Mapping[str, int]
    digests: Mapping[str, str]
    metrics: Sequence[str] | None = None

    def path(self, index: Path, table: str) -> Path:
        return segment_path(index, self.name, table)

    def paths(self, index: Path) -> list[Path]:
        """All of its files."""
        return [self.path(index, table) for table in self.files]


AnySegment = TypeVar("AnySegment", bound=Segment)


@dataclass(slots=True)
class State:
    """All that an index says of itself.

    lines: how many were read so far. journals: name → (end, digest of the bytes before it). strays: sidecars taken in
    that no journal has, name → (mtime_ns, size). retired: files that only slow readers may still use, since when.
    """

    folder: str
    identity: tuple[str, str]
    version: int = VERSION
    lines: int = 0
    journals: dict[str, tuple[int, str]] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    strays: dict[str, tuple[int, int]] = field(default_factory=dict)
    retired: dict[str, float] = field(default_factory=dict)

    @property
    def offsets(self) -> dict[str, int]:
        """How far each journal is indexed, in bytes."""
        return {name: end for name, (end, _) in self.journals.items()}

    def paths(self, index: Path, table: str) -> list[str]:
        """The Parquet files of a table."""
        return [str(segment.path(index, table)) for segment in self.segments if table in segment.files]

    def names(self) -> list[str] | None:
        """The names of its metrics; None where only the files tell them."""
        return names_of((), (segment for segment in self.segments if "metrics" in segment.files))

    def without_strays(self) -> "State":
        """What readers need of it."""
        return replace(self, strays={}, retired={})

    def save(self, index: Path) -> bytes:
        """Replace the state on disk; what stands there now."""
        content = json.dumps(asdict(self)).encode()
        files.write(index / FILE, content)
        return content

    @classmethod
    def parsed(cls, content: dict) -> "State":
        """A state from its JSON. Raises TypeError, ValueError, KeyError or AttributeError for anything else."""
        state = cls(**content)
        state.identity = tuple(state.identity)
        state.journals = {name: (int(end), str(digest)) for name, (end, digest) in state.journals.items()}
        state.segments = [plain(Segment(**segment)) for segment in state.segments]
        state.problems = [Problem(**problem) for problem in state.problems]
        state.strays = {name: tuple(signature) for name, signature in state.strays.items()}
        return state


def digests(index: Path, name: str, tables: Iterable[str]) -> dict[str, str]:
    """What tells the files of a segment, by table, from damaged ones."""
    return {table: digest(segment_path(index, name, table)) for table in tables}


def names_of(fresh: Iterable[str], merged: Iterable[Segment]) -> list[str] | None:
    """The names of metrics in a segment that is made from fresh ones and others; None where they are too many."""
    names = set(fresh)
    for segment in merged:
        if segment.metrics is None:
            return None
        names.update(segment.metrics)
    return sorted(names) if len(names) <= NAMES_MAX else None


def segment_path(index: Path, name: str, table: str) -> Path:
    """Where a segment keeps its rows of a table."""
    return index / f"{name}-{table}.parquet"


def load(folder: Folder, identity: tuple[str, str]) -> State | None:
    """The index of a run if it can be trusted: ours, of this folder, whole, and of these very journals."""
    index = folder.path / FOLDER
    try:
        state = State.parsed(json.loads(files.read_record(index / FILE)))
        usable = state.version == VERSION and state.folder == folder.name and state.identity == identity
        return state if usable and are_whole(state.segments, index) and _fits(state, folder) else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def content(index: Path) -> bytes:
    """The state on disk as it stands there, to see whether another indexer replaced it."""
    try:
        return files.read_record(index / FILE)
    except OSError:
        return b""


def are_whole(segments: Iterable[Segment], index: Path) -> bool:
    """Whether their files are there, have the size that they had, and end as Parquet does."""
    return all(
        _ends_well(segment.path(index, table), size) for segment in segments for table, size in segment.files.items()
    )


def to_merge(segments: Sequence[AnySegment], size: int, at_most: int) -> list[AnySegment]:
    """The newest segments that together are no larger than the next older one: few files, little rewriting."""
    merged: list[AnySegment] = []
    for segment in reversed(segments):
        if segment.source_bytes > 2 * size or segment.source_bytes + size > at_most:
            break
        merged.insert(0, segment)
        size += segment.source_bytes
    return merged


def clear(index: Path, kept: set[str], retired: Mapping[str, float]) -> None:
    """Remove files that no state names and that are too old for any reader to use them."""
    now = time.time()
    kept = kept | {FILE} | {name for name, since in retired.items() if now - since < GRACE_S}
    for path in index.glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.name not in kept and path.is_file() and now - path.stat().st_mtime > GRACE_S:
                files.remove(path)


def plain(segment: AnySegment) -> AnySegment:
    """A segment whose files lie in the index. Raises ValueError for a name that leads elsewhere, TypeError."""
    if not all(re.fullmatch(r"[a-z0-9-]+", str(part)) for part in (segment.name, *segment.files)):
        raise ValueError(segment.name)
    names = [] if segment.metrics is None else segment.metrics
    is_named = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not isinstance(segment.digests, Mapping) or not is_named:
        raise TypeError(segment.name)
    return segment


def check_is_ours(index: Path) -> None:
    """Raise OSError for a link: what it points to is not the store's to write or clear."""
    if index.is_symlink():
        raise OSError(f"a link to {index.readlink()}")


def digest(path: Path) -> str:
    """A digest of a whole file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).hexdigest()


def digest_before(path: Path, end: int) -> str:
    """A digest of the last bytes before `end`: tells a journal from another one under its name."""
    with path.open("rb") as file:
        start = max(0, end - _CHECKED_BYTES)
        file.seek(start)
        return hashlib.blake2b(file.read(end - start), digest_size=8).hexdigest()


def _ends_well(path: Path, size: int) -> bool:
    with path.open("rb") as file:
        return file.seek(0, 2) == size and file.seek(-len(_MAGIC), 1) >= 0 and file.read() == _MAGIC


def _fits(state: State, folder: Folder) -> bool:
    return all(digest_before(folder.path / name, end) == digest for name, (end, digest) in state.journals.items())
