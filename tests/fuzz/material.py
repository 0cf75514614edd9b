"""Small whole files of every kind, to be damaged."""

import io
import json
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

PICTURES = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "ICO", "TGA", "JPEG2000")
SOUNDS = ("WAV", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF", "W64", "RF64", "VOC")
FILMS = ("mp4", "webm", "avi", "mpegts", "flv", "gif", "matroska", "mov")


def picture(form: str) -> bytes:
    out = io.BytesIO()
    pixels = np.arange(24 * 32 * 3, dtype=np.uint8).reshape(24, 32, 3)
    Image.fromarray(pixels).save(out, form)
    return out.getvalue()


def sound(form: str) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.sin(np.arange(4000) / 9).astype(np.float32), 8000, format=form)
    return out.getvalue()


def film(form: str, frames: int = 4) -> bytes:
    import av

    codec = {"webm": "libvpx", "gif": "gif", "flv": "flv", "avi": "mpeg4", "mpegts": "mpeg2video"}.get(form, "libx264")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        with av.open(str(path), "w", format=form) as container:
            stream = container.add_stream(codec, rate=25)
            stream.width, stream.height = 32, 32
            stream.pix_fmt = "rgb8" if form == "gif" else "yuv420p"
            for number in range(frames):
                pixels = np.full((32, 32, 3), number % 256, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            container.mux(stream.encode(None))
        return path.read_bytes()


def media() -> dict[str, tuple[str, bytes]]:
    """Name → kind and content of every format that this machine can write."""
    found = {}
    for kind, forms, make in (("image", PICTURES, picture), ("audio", SOUNDS, sound), ("video", FILMS, film)):
        for form in forms:
            found[f"{kind} {form}"] = (kind, make(form))
    return found


def sidecar(step: int = 0) -> dict:
    """A record of the format with every kind of annotation."""
    return {
        "format": 1,
        "project": "p",
        "run": "r",
        "writer": "aa",
        "key": "val/x",
        "step": step,
        "index": 0,
        "kind": "image",
        "file": "000000000-00-aa.png",
        "bytes": 1,
        "sha256": "00",
        "time": 1.0,
        "caption": "é",
        "width": 4,
        "height": 4,
        "values": {"loss": 0.5},
        "sample": "s",
        "annotations": [
            {"layer": "predictions", "type": "box", "label": "cat", "score": 0.9, "box": [0.0, 0.0, 1.0, 1.0]},
            {"layer": "predictions", "type": "mask", "label": "cat", "rle": {"size": [4, 4], "counts": "04L"}},
            {"layer": "truth", "type": "keypoints", "points": [[1, 2, 0.5], [3, 4, None]], "skeleton": [[0, 1]]},
        ],
    }


def line(record: dict) -> bytes:
    return json.dumps(record).encode() + b"\n"
