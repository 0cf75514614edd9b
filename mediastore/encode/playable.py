"""Which films browsers play, and a copy that they do of one that they do not.

Codecs and containers: https://developer.mozilla.org/en-US/docs/Web/Media/Guides/Formats/Containers.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

from mediastore.encode import strange
from mediastore.errors import MediaStoreError, MediaStoreValueError, MissingPackageError

_CODECS = {"mp4": ("h264", "av1", "vp9"), "webm": ("vp8", "vp9", "av1"), "gif": ("gif",)}
_PIXELS = (None, "yuv420p", "yuvj420p")
_RATE = 25


def unplayable(container: str, codec: str | None, pixels: str | None = None) -> str | None:
    """Why browsers do not play such a film, in a few words; None where they do."""
    if container not in _CODECS:
        return f"browsers do not play its container {container}"
    if codec is not None and codec not in _CODECS[container]:
        return f"browsers do not play its codec {codec}"
    if codec == "h264" and pixels not in _PIXELS:
        return f"browsers do not play h264 with pixels as {pixels}"
    return None


def make_playable(source: Path, target: Path) -> None:
    """Write the film as MP4 (h264, AAC): the same frames by number, each shown equally long.

    Raises MissingPackageError without PyAV, MediaStoreValueError where the film cannot be decoded.
    """
    try:
        import av
    except ImportError as error:
        raise MissingPackageError("a playable copy needs PyAV, which is not installed; pip install av") from error
    try:
        with (
            strange.open_film(source) as reading,
            av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as writing,
        ):
            _copy(reading, writing)
    except MediaStoreError:
        raise
    except Exception as error:  # codecs raise what they like
        if isinstance(error, OSError) and not isinstance(error, av.FFmpegError):
            raise
        raise MediaStoreValueError(f"no playable copy could be made: {error}") from error


def _copy(reading: Any, writing: Any) -> None:
    pictures = reading.streams.video[0]
    sounds = next(iter(reading.streams.audio), None)
    rate = pictures.average_rate or pictures.guessed_rate or Fraction(_RATE)
    stream = writing.add_stream("libx264", rate=rate)
    stream.width, stream.height = pictures.width + pictures.width % 2, pictures.height + pictures.height % 2
    stream.pix_fmt, stream.options = "yuv420p", {"crf": "20", "preset": "veryfast"}
    stream.codec_context.thread_count = 1
    outputs: Mapping[str, Any] = {"video": stream}
    if sounds is not None:
        outputs = {"video": stream, "audio": writing.add_stream("aac", rate=sounds.rate)}
    numbers = count()
    for packet in reading.demux([pictures] + ([] if sounds is None else [sounds])):
        for frame in packet.decode():
            if packet.stream is pictures:
                frame = frame.reformat(width=stream.width, height=stream.height, format="yuv420p")
                frame.pts, frame.time_base = next(numbers), 1 / rate
            else:
                frame.pts = None
            writing.mux(outputs[packet.stream.type].encode(frame))
    for output in outputs.values():
        writing.mux(output.encode(None))
