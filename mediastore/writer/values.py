"""What `log()` was given, sorted out: numbers and text, media, and what is neither."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mediastore import sidecar
from mediastore.errors import MediaStoreError, MediaStoreTypeError, shortened
from mediastore.media import Image, Media
from mediastore.payload import Payload, freeze
from mediastore.writer.items import Snapshot

CHANNELS = (1, 3, 4)


def flattened(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested dictionaries as one level, their names joined by dots."""
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def as_media(value: Any) -> list[Any] | None:
    """The media in a value: one, a list of them, a figure or a Pillow image; None where there are none."""
    if isinstance(value, Media):
        return [value]
    if isinstance(value, (list, tuple)) and any(isinstance(entry, Media) for entry in value):
        return list(value)
    if hasattr(value, "savefig") or hasattr(value, "getbands"):
        return [Image(value)]
    return None


def as_metric(value: Any) -> float | int | str | None:
    """A number or text for a metrics line. Raises MediaStoreTypeError for what cannot be one."""
    if isinstance(value, (bool, int, str)):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, float):
        return sidecar.number(value)
    if getattr(value, "size", None) == 1 or getattr(value, "ndim", None) == 0 or hasattr(value, "item"):
        return _from_array(value)
    if isinstance(value, Sequence):
        return json.dumps(sidecar.plain(value))
    raise MediaStoreTypeError(
        f"a logged value must be a number, a text or media, got {type(value).__name__} {shortened(value)}; drop it"
    )


def _from_array(value: Any) -> float | int | str:
    try:
        return as_metric(value.item())  # type: ignore[return-value]
    except (TypeError, ValueError, RuntimeError) as error:
        raise MediaStoreTypeError(
            f"a logged array must hold one number, got shape {tuple(getattr(value, 'shape', ()))}; "
            "log a Histogram or an Image of it"
        ) from error


def snapshots(key: str, step: int, time: float, entries: Sequence[Any]) -> Iterator[Snapshot]:
    """One snapshot an item, in order; an image of several pictures makes several."""
    index = 0
    for entry in entries:
        for snapshot in _snapshots_of(entry, key, step, time):
            yield replace(snapshot, index=index)
            index += 1


def _snapshots_of(entry: Any, key: str, step: int, time: float) -> Iterator[Snapshot]:
    if not isinstance(entry, Media):
        problem = f"a list of media must hold media alone, got {type(entry).__name__} {shortened(entry)}; log it apart"
        yield Snapshot(key, step, 0, "text", time, None, problem=problem)
        return
    snapshot = Snapshot(key, step, 0, entry.kind, time, None, annotations=entry.annotations)
    try:
        snapshot = replace(snapshot, **_described(entry))
        for payload in _payloads(entry, snapshot.reference):
            yield replace(snapshot, payload=payload)
    except MediaStoreError as error:
        yield replace(snapshot, problem=str(error))


def _described(entry: Media) -> dict[str, Any]:
    is_reference = entry.reference and isinstance(entry.data, (str, Path))
    return {
        "options": entry.options,
        "caption": None if entry.caption is None else str(entry.caption),
        "sample": None if entry.sample is None else str(entry.sample),
        "reference": Path(entry.data) if is_reference else None,
        "values": {str(name): as_metric(value) for name, value in entry.values.items()},
    }


def _payloads(entry: Media, reference: Path | None) -> Iterator[Payload]:
    if reference is not None:
        yield Payload(path=reference, name=reference.name)
        return
    payload = freeze(entry.data, entry.kind)
    if entry.kind == "image" and payload.array is not None and payload.array.ndim == 4:
        for picture in payload.array:
            yield Payload(array=picture, name=payload.name)
    else:
        yield payload
