"""All runs of a store, to be indexed one by one: functions of a folder alone, so that they can be spread out."""

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from mediastore.errors import MediaStoreError
from mediastore.reader import folders, index, parse, rollup, run_record, state
from mediastore.reader.folders import Folder
from mediastore.reader.state import State

AT_ONCE = 2


class IndexedRun:
    """A run and its index. Many may be updated at once, each in a thread of its own."""

    def __init__(self, folder: Folder, connection: duckdb.DuckDBPyConnection) -> None:
        self.folder = folder
        self.connection = connection
        record, _ = run_record.read(folder.path / run_record.FILE, run_record.FILE)
        self.identity = run_record.identity(record, folder)

    def unread_bytes(self) -> int:
        """How much of the journals the index does not have yet."""
        known = self.known()
        return sum(journal.size for journal in self.folder.journals) - sum(known.offsets.values() if known else ())

    def lines(self) -> int:
        """How many lines of journals the index has."""
        known = self.known()
        return known.lines if known else 0

    def update(self, progress: Callable[[int], None] = lambda _: None, *, with_strays: bool = True) -> None:
        """Bring the index up to the journals, and to sidecars that no journal has, which costs a walk over all files.

        Raises MediaStoreError when it cannot be written.
        """
        _update([self], progress, with_strays)

    def known(self) -> State | None:
        """What the index says of itself, where there is a good one."""
        return state.load(self.folder, self.identity)


class RolledUp:
    """The roll-up of a store over the indexes that its runs have now."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._connection = index.connect()
        self._indexes = _indexes(root)

    def unread_bytes(self) -> int:
        """How many bytes of journals stand behind what it would take in; 0 while the runs are few."""
        return rollup.pending(self._root, self._indexes)

    def update(self, progress: Callable[[int], None] = lambda _: None, *, with_look: bool = False) -> None:
        """Take in what is new, once that is much. Raises MediaStoreError when it cannot be written.

        with_look: also let go of parts that are damaged, which costs reading all of them.
        """
        try:
            if with_look:
                rollup.let_go_of_damaged(self._root)
            try:
                self._update(progress)
            except (duckdb.Error, OSError):
                if not self._let_go_of_damaged():
                    raise
                self._update(progress)
        except OSError as error:
            raise _not_writable(self._root / rollup.FOLDER, error) from error

    def _let_go_of_damaged(self) -> bool:
        """Make anew what is not as it was written; whether there was any. Costs reading all indexes and the roll-up."""
        found = [run for run in reindex(self._root) if index.damaged(run.folder, run.identity)]
        for run in found:
            index.let_go(run.folder, run.identity)
            run.update(with_strays=False)
        self._indexes = _indexes(self._root)
        return rollup.let_go_of_damaged(self._root) or bool(found)

    def _update(self, progress: Callable[[int], None]) -> None:
        rollup.update(self._root, self._indexes, self._connection, progress=progress)


def _indexes(root: Path) -> list[tuple[Folder, State]]:
    return [(run.folder, known) for run in reindex(root) if (known := run.known())]


def reindex(root: Path) -> Iterator[IndexedRun]:
    """Every run below `root`."""
    connection = index.connect()
    for folder in folders.scan(root)[0]:
        yield IndexedRun(folder, connection)


def damaged(root: Path) -> list[Path]:
    """Every file of an index or of the roll-up that is not what was written, which costs reading all of them."""
    return [path for run in reindex(root) for path in index.damaged(run.folder, run.identity)] + rollup.damaged(root)


def update_all(
    runs: Sequence[IndexedRun], progress: Callable[[int], None] = lambda _: None, *, with_strays: bool = True
) -> None:
    """Bring the indexes of these runs up, two at a time, or two lots of small ones, so that no processor is idle.

    progress: called as by `IndexedRun.update`, by one thread at a time; what it raises stops the work.
    Raises MediaStoreError when one cannot be written.
    """
    lock = threading.Lock()

    def advance(size: int) -> None:
        with lock:
            progress(size)

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for done in [pool.submit(_update, lot, advance, with_strays) for lot in _lots(runs)]:
            done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _lots(runs: Iterable[IndexedRun]) -> Iterator[list[IndexedRun]]:
    lot, size = [], 0
    for run in runs:
        lot.append(run)
        size += sum(journal.size for journal in run.folder.journals)
        if size >= parse.STRETCH_BYTES:
            yield lot
            lot, size = [], 0
    if lot:
        yield lot


def _update(lot: Sequence[IndexedRun], progress: Callable[[int], None], with_strays: bool) -> None:
    with lot[0].connection.cursor() as own:
        try:
            runs = [(run.folder, run.identity) for run in lot]
            index.update(runs, connection=own, with_strays=with_strays, progress=progress)
        except index.NotWritable as error:
            raise _not_writable(error.folder.path / state.FOLDER, error) from error


def forget(root: Path) -> None:
    """Remove what was derived, so that all is made anew: every index and the roll-up."""
    for folder in folders.scan(root)[0]:
        shutil.rmtree(folder.path / state.FOLDER, ignore_errors=True)
    shutil.rmtree(root / rollup.FOLDER, ignore_errors=True)


def _not_writable(path: Path, error: OSError) -> MediaStoreError:
    return MediaStoreError(f"{path} must be writable, got {error}; a store that is not is read without")
