"""Records as JSON, one object on one line, and the order of a sidecar's keys."""

import json
from collections.abc import Mapping
from typing import Any

from mediastore.errors import MediaStoreValueError, StoreFormatError
from mediastore.plain import number, plain

__all__ = ["FORMAT", "KEYS", "check_format", "number", "ordered", "parse", "plain", "to_line"]

FORMAT = 1

KEYS = (
    "format project run writer key step index kind file reference media_type bytes sha256 time caption sample values "
    "width height sample_rate channels fps frames duration_s codec playable playable_reason columns rows points edges "
    "counts not_finite scene problem problems annotations"
).split()
_RANK = {key: rank for rank, key in enumerate(KEYS)}


def to_line(record: Mapping[str, Any]) -> bytes:
    """A record as one line of UTF-8 with its line feed; NaN and infinities become strings, as JSON has none."""
    try:
        text = _ENCODER.encode(record)
    except (ValueError, TypeError):
        text = _ENCODER.encode(plain(record))
    except RecursionError:
        raise MediaStoreValueError("a record must not contain itself, got a circular value; log plain values") from None
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace") + b"\n"


def ordered(record: Mapping[str, Any]) -> dict[str, Any]:
    """A sidecar's fields in the order of the format, absent rather than null; unknown ones stay, at the end."""
    known = sorted(record, key=lambda key: _RANK.get(key, len(KEYS)))
    return {key: record[key] for key in known if record[key] is not None}


def parse(text: str | bytes, where: str) -> dict[str, Any]:
    """A record from one line; `where` names it in errors. Raises StoreFormatError."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StoreFormatError(f"{where} must be one JSON object a line, got {error}; mend or remove it") from error
    if not isinstance(record, dict):
        raise StoreFormatError(f"{where} must be a JSON object, got {type(record).__name__}; mend or remove it")
    check_format(record, where)
    return record


def check_format(record: Mapping[str, Any], where: str) -> None:
    """Raise StoreFormatError when a record was written by a later format than this version knows."""
    found = record.get("format", FORMAT)
    if found != FORMAT:
        raise StoreFormatError(
            f"{where} must have format {FORMAT}, got {found!r}; install a mediastore that reads format {found!r}"
        )


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False)
