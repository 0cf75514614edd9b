"""From what was logged to a media file: one module a kind, one return shape."""

import io
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediastore.encode.encoded import Encoded, kept_as_is
from mediastore.errors import MediaStoreError
from mediastore.payload import Payload

_ENCODERS = {
    "image": ("mediastore.encode.image", "encode_image"),
    "audio": ("mediastore.encode.audio", "encode_audio"),
    "video": ("mediastore.encode.video", "encode_video"),
    "table": ("mediastore.encode.document", "encode_table"),
    "html": ("mediastore.encode.document", "encode_html"),
    "plotly": ("mediastore.encode.document", "encode_plotly"),
    "text": ("mediastore.encode.document", "encode_text"),
    "histogram": ("mediastore.encode.document", "encode_histogram"),
    "object3d": ("mediastore.encode.points", "encode_object3d"),
    "label_map": ("mediastore.encode.image", "encode_label_map"),
}


def prepare(kinds: Iterable[str]) -> None:
    """Import the codecs of these kinds: in the thread that may fork, never in one that a fork would cut off."""
    for kind in kinds:
        if kind in _ENCODERS and _ENCODERS[kind][0] not in sys.modules:
            import_module(_ENCODERS[kind][0])


def encode(kind: str, payload: Payload, options: dict[str, Any]) -> Encoded:
    """The media file of one item; what cannot be encoded is kept with the reason: a file as it is, an array as NumPy's.

    Codecs are imported at their first use. Raises OSError when a file cannot be read, MediaStoreError when it is gone.
    """
    module, name = _ENCODERS[kind]
    encoder: Callable[[Payload, dict[str, Any]], Encoded] = getattr(import_module(module), name)
    try:
        return encoder(payload, options)
    except Exception as error:
        is_of_the_system = isinstance(error, OSError) and error.errno is not None  # Pillow's own have no number
        if is_of_the_system or (isinstance(error, MediaStoreError) and payload.array is None):
            raise
        return _kept(kind, payload, error)


def _kept(kind: str, payload: Payload, error: Exception) -> Encoded:
    """What was given, stored as it is: a codec's fault, whatever it is, must not lose it."""
    sentence = str(error) if isinstance(error, MediaStoreError) else f"{type(error).__name__}: {error}"
    if payload.array is None:
        return kept_as_is(payload, kind, sentence)
    buffer = io.BytesIO()
    np.save(buffer, payload.array, allow_pickle=False)
    problem = f"{sentence} (the array is kept as a NumPy file)"
    return Encoded("application/x-npy", "npy", buffer.getvalue(), problem=problem)


def decode_mask(payload: Payload) -> NDArray[Any]:
    """The integers of a mask or label map given as a picture file; see `mediastore.encode.image`."""
    return import_module("mediastore.encode.image").decode_mask(payload)


def make_playable(source: Path, target: Path) -> None:
    """A copy of a film that browsers play; see `mediastore.encode.playable`."""
    import_module("mediastore.encode.playable").make_playable(source, target)
