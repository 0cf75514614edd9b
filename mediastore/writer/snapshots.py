"""Media as `log()` sees them: one snapshot an item, each at its own place of key, step and index."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore import encode, sidecar
from mediastore.errors import MediaStoreError, shortened
from mediastore.media import Media
from mediastore.payload import Payload
from mediastore.plain import plain
from mediastore.tables import Table
from mediastore.writer.items import Snapshot


@dataclass(frozen=True)
class Place:
    """Where the items of one `log()` call belong."""

    key: str
    step: int
    time: float


class Places(Counter[str]):
    """How many items each key has so far."""

    def take(self, at: Place, kind: str = "text", payload: Payload | None = None, **fields: Any) -> Snapshot:
        """The snapshot at the next index of its key."""
        index = self[at.key]
        self[at.key] = index + 1
        return Snapshot(at.key, at.step, index, kind, at.time, payload, **fields)


def snapshots(key: str, step: int, time: float, entries: Sequence[Any]) -> Iterator[Snapshot]:
    """One snapshot an item, in order; a batch makes several, a table one more for each medium in its cells."""
    places = Places()
    for entry in entries:
        yield from _snapshots_of(entry, Place(key, step, time), places)


def _snapshots_of(entry: Any, at: Place, places: Places) -> Iterator[Snapshot]:
    if not isinstance(entry, Media):
        problem = f"a list of media must hold media alone, got {type(entry).__name__} {shortened(entry)}; log it apart"
        yield places.take(at, problem=problem)
        return
    described: dict[str, Any] = {"annotations": entry.annotations}
    try:
        described |= _described(entry)
        if isinstance(entry, Table):
            yield from _table(entry, at, described, places)
        else:
            for payload in _payloads(entry, described["reference"]):
                yield places.take(at, entry.kind, payload, **described)
        for name, companion in entry.companions.items():
            yield from _snapshots_of(companion, Place(f"{at.key}_{name}", at.step, at.time), places)
    except MediaStoreError as error:
        yield places.take(at, entry.kind, **described, problem=str(error))


def _described(entry: Media) -> dict[str, Any]:
    is_reference = entry.reference and isinstance(entry.data, (str, Path))
    return {
        "options": entry.options,
        "caption": None if entry.caption is None else str(entry.caption),
        "sample": None if entry.sample is None else str(entry.sample),
        "reference": Path(entry.data) if is_reference else None,
        "values": {str(name): plain(value) for name, value in entry.values.items()},
    }


def _payloads(entry: Media, reference: Path | None) -> list[Payload]:
    return entry.payloads() if reference is None else [Payload(path=reference, name=reference.name)]


def _table(table: Table, at: Place, described: dict[str, Any], places: Places) -> Iterator[Snapshot]:
    """The media of the cells as items `<key>/<column>`, then the table, whose cells name those items."""
    lines: list[bytes] = []
    for row in table.data:
        cells = dict(zip(table.columns, row, strict=True))
        for column, cell in cells.items():
            if isinstance(cell, Media):
                encode.prepare([cell.kind])
                found = list(_snapshots_of(cell, Place(f"{at.key}/{column}", at.step, at.time), places))
                yield from found
                named = [_named(snapshot) for snapshot in found]
                cells[column] = named[0] if len(named) == 1 else named
        lines.append(sidecar.to_line(cells))
    options = {"columns": list(table.columns), "rows": len(lines)} | (
        {"problem": table.problem} if table.problem else {}
    )
    yield places.take(at, table.kind, Payload(content=b"".join(lines)), **described | {"options": options})


def _named(snapshot: Snapshot) -> dict[str, Any]:
    place = {"kind": snapshot.kind, "key": snapshot.key, "step": snapshot.step, "index": snapshot.index}
    return {"item": place}
