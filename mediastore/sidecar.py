"""Records as JSON, one object on one line, and the order of a sidecar's keys."""

import json
import re
from collections.abc import Mapping
from typing import Any

from mediastore.errors import MediaStoreValueError, StoreFormatError
from mediastore.plain import number, plain

__all__ = ["FORMAT", "KEYS", "check_format", "loads", "number", "ordered", "parse", "plain", "to_line"]

FORMAT = 1

KEYS = (
    "format project run writer key step index kind file reference media_type bytes sha256 time caption sample values "
    "width height sample_rate channels fps frames duration_s codec playable playable_reason columns rows points edges "
    "counts not_finite scene problem problems annotations"
).split()
_HALVES = re.compile("[\ud800-\udfff]")
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
        record = loads(text)
    except (ValueError, RecursionError) as error:
        raise StoreFormatError(f"{where} must be one JSON object a line, got {error}; mend or remove it") from error
    if not isinstance(record, dict):
        raise StoreFormatError(f"{where} must be a JSON object, got {type(record).__name__}; mend or remove it")
    check_format(record, where)
    return record


def loads(text: str | bytes) -> Any:
    """JSON as Python values; half a surrogate pair, which no UTF-8 can hold, becomes U+FFFD. Raises ValueError."""
    escape = "\\u" if isinstance(text, str) else b"\\u"
    return _whole(json.loads(text)) if escape in text else json.loads(text)


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if _HALVES.search(value) else value
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value


def check_format(record: Mapping[str, Any], where: str) -> None:
    """Raise StoreFormatError when a record was written by a later format than this version knows."""
    found = record.get("format", FORMAT)
    if found != FORMAT:
        raise StoreFormatError(
            f"{where} must have format {FORMAT}, got {found!r}; install a mediastore that reads format {found!r}"
        )


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False)
