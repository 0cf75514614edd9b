"""All runs of a store, to be indexed one by one: functions of a folder alone, so that they can be spread out."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from mediastore.errors import MediaStoreError
from mediastore.reader import folders, index, run_record, state
from mediastore.reader.folders import Folder


class IndexedRun:
    """A run and its index."""

    def __init__(self, folder: Folder, connection: duckdb.DuckDBPyConnection) -> None:
        self.folder = folder
        self._connection = connection
        record, _ = run_record.read(folder.path / run_record.FILE, run_record.FILE)
        self._identity = run_record.identity(record, folder)

    def unread_bytes(self) -> int:
        """How much of the journals the index does not have yet."""
        known = state.load(self.folder, self._identity)
        return sum(journal.size for journal in self.folder.journals) - sum(known.offsets.values() if known else ())

    def lines(self) -> int:
        """How many lines of journals the index has."""
        known = state.load(self.folder, self._identity)
        return known.lines if known else 0

    def update(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Bring the index up to the journals and the sidecars. Raises MediaStoreError when it cannot be written."""
        try:
            index.update(self.folder, self._identity, connection=self._connection, with_strays=True, progress=progress)
        except OSError as error:
            raise MediaStoreError(
                f"{self.folder.path / state.FOLDER} must be writable, got {error}; a store that is not is read without"
            ) from error


def reindex(root: Path) -> Iterator[IndexedRun]:
    """Every run below `root`."""
    connection = index.connect()
    for folder in folders.scan(root)[0]:
        yield IndexedRun(folder, connection)
