"""What `log()` was given, sorted out: numbers and text, media, and what is neither."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mediastore.documents import Plotly, Text
from mediastore.errors import MediaStoreTypeError, shortened
from mediastore.media import Image, Media
from mediastore.plain import plain, with_tolist
from mediastore.tables import Histogram, Table
from mediastore.writer.snapshots import snapshots

__all__ = ["as_media", "as_metric", "flattened", "snapshots"]

TEXT_CHARACTERS_MAX = 2_000
LIST_MAX = 32
HISTOGRAM_BINS = 32
_SCALARS = frozenset((float, int, bool))


def flattened(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested dictionaries as one level, their names joined by dots; None is no value and left out."""
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", value


def as_media(value: Any) -> list[Any] | None:
    """The media in a value, or what is shown as one; None for a number, a text or a short list.

    A figure or Pillow image is an Image, a plotly figure Plotly, a data frame a Table, a text of over 2,000 characters
    a Text, an array or tensor of over 32 numbers a Histogram, as in wandb.
    """
    if type(value) in _SCALARS:
        return None
    if isinstance(value, (list, tuple)):
        media = [_medium(entry) for entry in value]
        is_media = any(entry is not None for entry in media)
        return [found or entry for found, entry in zip(media, value, strict=True)] if is_media else None
    medium = _medium(value)
    if medium is None and not isinstance(value, str) and _numbers_in(value) > LIST_MAX:
        medium = Histogram(value, num_bins=HISTOGRAM_BINS)
    return None if medium is None else [medium]


def as_metric(value: Any) -> float | int | str:
    """A number or text for a metrics line. Raises MediaStoreTypeError for what cannot be one."""
    if isinstance(value, (bool, int, str)):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, float):
        return float(value)
    value = with_tolist(value)
    if isinstance(value, bytes):
        return str(plain(value))
    if _numbers_in(value) == 1 and hasattr(value, "item"):
        return as_metric(value.item())
    if isinstance(value, (Sequence, set, frozenset)) or _numbers_in(value) >= 0:
        return _listed(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise MediaStoreTypeError(
            f"a logged value must be a number, a text or media, got {type(value).__name__} {shortened(value)}; drop it"
        ) from error


def _medium(value: Any) -> Media | None:
    if type(value) in _SCALARS:
        return None
    if isinstance(value, Media):
        return value
    if isinstance(value, str):
        return Text(value) if len(value) > TEXT_CHARACTERS_MAX else None
    if hasattr(value, "savefig") or hasattr(value, "getbands"):
        return Image(value)
    if hasattr(value, "to_plotly_json"):
        return Plotly(value)
    if hasattr(value, "itertuples") or (hasattr(value, "iter_rows") and hasattr(value, "columns")):
        return Table(dataframe=value)
    return None


def _numbers_in(value: Any) -> int:
    """How many entries an array or tensor has; -1 for anything else."""
    shape = getattr(value, "shape", None)
    try:
        return -1 if shape is None else math.prod(shape)
    except TypeError:
        return -1


def _listed(value: Any) -> str:
    try:
        return json.dumps(plain(value), ensure_ascii=False)
    except (RecursionError, TypeError, ValueError, RuntimeError) as error:
        raise MediaStoreTypeError(
            f"a logged list must hold numbers and texts, got {type(value).__name__}: {error}; log plain values"
        ) from error
