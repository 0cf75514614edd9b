"""From what was logged to a media file: one module a kind, one return shape."""

import io
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from mediastore.encode.encoded import Encoded
from mediastore.errors import MediaStoreError
from mediastore.payload import Payload

_ENCODERS = {
    "image": ("mediastore.encode.image", "encode_image"),
    "audio": ("mediastore.encode.audio", "encode_audio"),
    "video": ("mediastore.encode.video", "encode_video"),
    "label_map": ("mediastore.encode.image", "encode_label_map"),
}


def encode(kind: str, payload: Payload, options: dict[str, Any]) -> Encoded:
    """The media file of one item. What cannot be encoded is kept as a NumPy file with the reason; never raises for it.

    Codecs are imported at their first use.
    """
    module, name = _ENCODERS[kind]
    encoder: Callable[[Payload, dict[str, Any]], Encoded] = getattr(import_module(module), name)
    try:
        return encoder(payload, options)
    except MediaStoreError as error:
        if payload.array is None:
            raise
        buffer = io.BytesIO()
        np.save(buffer, payload.array, allow_pickle=False)
        problem = f"{error} (the array is kept as a NumPy file)"
        return Encoded("application/x-npy", "npy", buffer.getvalue(), problem=problem)
