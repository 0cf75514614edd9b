"""What every encoder returns."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from mediastore.payload import Payload


@dataclass(frozen=True)
class Encoded:
    """A media file ready to be stored: `content`, or the `path` it is copied from.

    facts: the sidecar's fields of this kind (width, duration_s …). problem: why it cannot be shown, in one sentence.
    unplayable: why browsers do not play it, so that a copy that they play is wanted beside it.
    """

    media_type: str
    extension: str
    content: bytes | None = None
    path: Path | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None
    unplayable: str | None = None


def opened(payload: Payload) -> BinaryIO:
    """The payload's file, to be read from its beginning."""
    return payload.path.open("rb") if payload.path is not None else io.BytesIO(payload.content or b"")


def beginning(payload: Payload, count: int = 12) -> bytes:
    """The first bytes of the payload's file."""
    with opened(payload) as file:
        return file.read(count)


def kept_as_is(payload: Payload, what: str, why: str) -> Encoded:
    """A file that cannot be shown: it is stored all the same, under its own ending, with the reason."""
    suffix = Path(payload.name).suffix.lower().lstrip(".")
    is_plain = suffix.isalnum() and len(suffix) <= 8 and suffix != "json"  # a sidecar's own ending
    extension = suffix if is_plain else "bin"
    problem = f"the {what} cannot be shown: {why}; the file is kept as it was given"
    return Encoded("application/octet-stream", extension, payload.content, payload.path, problem=problem)
