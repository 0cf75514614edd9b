"""Whole records, read back from the journals by byte position."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mediastore import sidecar
from mediastore.reader.well_formed import well_formed

COLUMNS = 'folder, journal, "offset", length, path'
WIDTH = 5


def read(root: Path, rows: Sequence[tuple[str, str, int, int, str]]) -> list[dict[str, Any]]:
    """The record at each (folder, journal, offset, length, path), with its `path`."""
    found: list[dict[str, Any]] = [{}] * len(rows)
    by_place = sorted(range(len(rows)), key=lambda number: rows[number][:3])
    opened, file = None, None
    try:
        for number in by_place:
            folder, journal, offset, length, path = rows[number]
            if (folder, journal) != opened:
                if file is not None:
                    file.close()
                opened, file = (folder, journal), (root / folder / journal).open("rb")
            file.seek(offset)
            found[number] = well_formed({**sidecar.loads(file.read(length)), "path": path})
    finally:
        if file is not None:
            file.close()
    return found
