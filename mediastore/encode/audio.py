"""Sounds: arrays to WAV at their own depth and rate, files as they are."""

import io
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from mediastore.encode.encoded import Encoded, beginning, kept_as_is, opened
from mediastore.errors import MediaStoreValueError
from mediastore.payload import Payload

CHANNELS_MAX = 64

_FORMATS = {
    "WAV": ("audio/wav", "wav"),
    "WAVEX": ("audio/wav", "wav"),
    "FLAC": ("audio/flac", "flac"),
    "OGG": ("audio/ogg", "ogg"),
    "MP3": ("audio/mpeg", "mp3"),
    "MPEG": ("audio/mpeg", "mp3"),
    "AIFF": ("audio/aiff", "aiff"),
    "AU": ("audio/basic", "au"),
}
_DEPTHS = {"int16": "PCM_16", "int32": "PCM_32", "uint8": "PCM_U8", "float32": "FLOAT", "float64": "FLOAT"}


def encode_audio(payload: Payload, options: dict[str, Any]) -> Encoded:
    """A sound as a file. Raises MediaStoreValueError where an array has no clear meaning."""
    if payload.array is None:
        return _audio_file(payload)
    rate = options.get("sample_rate")
    if rate is None or not 0 < float(rate) < 2**31:
        raise MediaStoreValueError(f"sample_rate must be samples a second, got {rate!r}; pass it with the array")
    samples = _as_samples(payload.array)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, round(float(rate)), format="WAV", subtype=_DEPTHS[str(samples.dtype)])
    return Encoded("audio/wav", "wav", buffer.getvalue(), facts=_facts(round(float(rate)), *samples.shape[::-1]))


def _as_samples(array: NDArray[Any]) -> NDArray[Any]:
    """Samples of shape (samples, channels); a shorter first axis is taken for the channels."""
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim == 2 and array.shape[0] < array.shape[1]:
        array = array.T
    if array.ndim != 2 or array.shape[1] > CHANNELS_MAX:
        raise MediaStoreValueError(
            f"audio must have shape (samples,), (samples, channels) or (channels, samples), got {array.shape}"
        )
    if array.dtype.name in _DEPTHS:
        return np.ascontiguousarray(array, dtype=np.float32 if array.dtype == np.float64 else array.dtype)
    if array.dtype == np.float16:
        return array.astype(np.float32)
    raise MediaStoreValueError(f"audio must be int16, int32 or float, got {array.dtype}; convert it")


def _audio_file(payload: Payload) -> Encoded:
    try:
        with opened(payload) as file, soundfile.SoundFile(file) as sound:
            found, facts = sound.format, _facts(sound.samplerate, sound.channels, sound.frames)
    except (soundfile.SoundFileError, OSError, ValueError, TypeError):
        head = beginning(payload)
        if head[4:8] == b"ftyp":
            return Encoded("audio/mp4", "m4a", payload.content, payload.path)
        return kept_as_is(payload, "audio", f"it is no sound file (it begins with {head!r})")
    if facts["duration_s"] == 0:
        return kept_as_is(payload, "audio", "it holds no samples")
    media_type, extension = _FORMATS.get(found, ("application/octet-stream", found.lower()))
    return Encoded(media_type, extension, payload.content, payload.path, facts)


def _facts(rate: int, channels: int, samples: int) -> dict[str, Any]:
    return {"sample_rate": rate, "channels": channels, "duration_s": round(samples / rate, 6)}
