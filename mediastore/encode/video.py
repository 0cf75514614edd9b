"""Films: arrays to MP4 (h264), files as they are with what their headers say."""

import io
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from mediastore.encode import strange
from mediastore.encode.encoded import Encoded, beginning, kept_as_is, opened
from mediastore.encode.image import as_pixels
from mediastore.encode.mp4 import read_mp4
from mediastore.encode.playable import unplayable
from mediastore.errors import MediaStoreValueError, MissingPackageError
from mediastore.payload import Payload

FPS = 4.0
_FILES = {"mp4": ("video/mp4", "mp4"), "webm": ("video/webm", "webm"), "gif": ("image/gif", "gif")}
_EBML = b"\x1a\x45\xdf\xa3"


def encode_video(payload: Payload, options: dict[str, Any]) -> Encoded:
    """A film as a file; odd sizes gain one row or column, repeated, where the codec takes even ones alone.

    Raises MediaStoreError children where an array has no clear meaning or PyAV is missing.
    """
    if payload.array is None:
        return _video_file(payload, options.get("playable_copy", True))
    frames = _as_thwc(payload.array)
    fps = float(options.get("fps") or FPS)
    form = str(options.get("format") or "mp4").lower()
    if form != "gif":
        odd = [(0, side % 2) for side in frames.shape[1:3]]
        frames = np.pad(frames, ((0, 0), *odd, (0, 0)), mode="edge")
    facts = {
        "width": frames.shape[2],
        "height": frames.shape[1],
        "fps": fps,
        "frames": len(frames),
        "duration_s": round(len(frames) / fps, 6),
    }
    if form == "gif":
        return Encoded("image/gif", "gif", _gif(frames, fps), facts=facts | {"codec": "gif"})
    if form not in ("mp4", "webm"):
        raise MediaStoreValueError(f"format of a video must be 'mp4', 'webm' or 'gif', got {form!r}")
    codec = "libx264" if form == "mp4" else "libvpx-vp9"
    content = _muxed(frames, fps, form, codec)
    return Encoded(f"video/{form}", form, content, facts=facts | {"codec": "h264" if form == "mp4" else "vp9"})


def _as_thwc(array: NDArray[Any]) -> NDArray[np.uint8]:
    if array.ndim != 4:
        raise MediaStoreValueError(
            f"video must have shape (time, height, width, channels) or (time, channels, height, width), "
            f"got {array.shape}; stack its frames along a first axis"
        )
    if array.shape[3] not in (1, 3, 4) and array.shape[1] in (1, 3, 4):
        array = array.transpose(0, 2, 3, 1)
    if array.shape[3] not in (1, 3, 4):
        raise MediaStoreValueError(f"video must have 1, 3 or 4 channels, got shape {array.shape}; choose channels")
    frames = as_pixels(array.reshape(-1, *array.shape[2:])).reshape(*array.shape[:3], -1)
    frames = frames if frames.dtype == np.uint8 else (frames >> 8).astype(np.uint8)
    return np.repeat(frames, 3, axis=3) if frames.shape[3] == 1 else frames[..., :3]


def _muxed(frames: NDArray[np.uint8], fps: float, form: str, codec: str) -> bytes:
    try:
        import av
    except ImportError as error:
        raise MissingPackageError(
            "a video given as an array needs PyAV, which is not installed; pip install 'mediastore[video]'"
        ) from error
    options = {"movflags": "faststart"} if form == "mp4" else {}
    with tempfile.TemporaryDirectory(prefix="mediastore-") as folder:
        path = Path(folder) / f"video.{form}"  # faststart opens the file a second time, by its name
        with av.open(str(path), "w", format=form, options=options) as container:
            stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(65535))
            stream.height, stream.width = frames.shape[1:3]
            stream.pix_fmt = "yuv420p"
            stream.options = {"crf": "18", "preset": "veryfast"} if form == "mp4" else {"crf": "24", "b:v": "0"}
            for frame in frames:
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))
        return path.read_bytes()


def _gif(frames: NDArray[np.uint8], fps: float) -> bytes:
    first, *rest = (Pillow.fromarray(np.ascontiguousarray(frame)) for frame in frames)
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=rest, duration=1000 / fps, loop=0)
    return buffer.getvalue()


def _video_file(payload: Payload, wants_copy: bool) -> Encoded:
    head = beginning(payload, 64)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"):
        try:
            with opened(payload) as file:
                facts = read_mp4(file)
        except MediaStoreValueError as error:
            return kept_as_is(payload, "video", str(error))
        return _film(payload, "mp4", facts, _av_facts(payload).get("pixels"), wants_copy)
    if head[:4] == b"GIF8":
        return _film(payload, "gif", _gif_facts(payload), None, wants_copy)
    facts = _av_facts(payload)
    container = "webm" if b"webm" in head and head[:4] == _EBML else facts.pop("container", "")
    pixels = facts.pop("pixels", None)
    if facts or container == "webm":
        return _film(payload, container, facts, pixels, wants_copy)
    return kept_as_is(payload, "video", f"it is no video file (it begins with {head[:12]!r})")


def _film(payload: Payload, container: str, facts: dict[str, Any], pixels: str | None, wants_copy: bool) -> Encoded:
    reason = unplayable(container, facts.get("codec"), pixels)
    media_type, extension = _FILES.get(container, ("", ""))
    if not extension:
        kept = kept_as_is(payload, "video", "")
        media_type, extension = f"video/x-{container}", kept.extension
    encoded = Encoded(media_type, extension, payload.content, payload.path, facts)
    if reason is None:
        return encoded
    return replace(encoded, unplayable=reason) if wants_copy else replace(encoded, problem=reason)


def _gif_facts(payload: Payload) -> dict[str, Any]:
    with opened(payload) as file, Pillow.open(file) as picture:
        frames = getattr(picture, "n_frames", 1)
        seconds = frames * picture.info.get("duration", 100) / 1000
        width, height = picture.size
    fps = round(frames / seconds, 4) if seconds else None
    return {"width": width, "height": height, "fps": fps, "frames": frames, "duration_s": seconds, "codec": "gif"}


def _av_facts(payload: Payload) -> dict[str, Any]:
    """What PyAV says of a file; nothing where it is not installed or finds no picture track."""
    try:
        import av
    except ImportError:
        return {}
    try:
        with opened(payload) as file, strange.open_film(file) as container:
            stream = container.streams.video[0]
            seconds = float(container.duration or 0) / 1e6
            fps = float(stream.average_rate or 0)
            return {
                "width": stream.width,
                "height": stream.height,
                "fps": round(fps, 4) or None,
                "frames": stream.frames or round(seconds * fps) or None,
                "duration_s": seconds or None,
                "codec": stream.codec_context.name,
                "container": container.format.name.split(",")[0],
                "pixels": stream.codec_context.pix_fmt,
            }
    except (av.FFmpegError, OSError, IndexError, ValueError):
        return {}
