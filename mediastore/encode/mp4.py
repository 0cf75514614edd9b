"""Size, rate, length and codec of the picture track of an MP4 or QuickTime file, read from its boxes alone.

Source: ISO/IEC 14496-12, boxes moov, trak, mdia, mdhd, hdlr, stsd, stts.
"""

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from mediastore.errors import MediaStoreValueError

_MOOV_BYTES_MAX = 64 * 2**20
_CODECS = {b"avc1": "h264", b"avc3": "h264", b"hvc1": "hevc", b"hev1": "hevc", b"av01": "av1", b"vp09": "vp9"}


def read_mp4(file: BinaryIO) -> dict[str, Any]:
    """The facts of a video file. Raises MediaStoreValueError when it has no whole picture track."""
    try:
        moov = _moov(file)
        for track in _children(moov, b"trak"):
            facts = _track(track)
            if facts:
                return facts
    except (struct.error, IndexError, StopIteration) as error:
        raise MediaStoreValueError("its index is cut off or damaged") from error
    raise MediaStoreValueError("it has no picture track")


def _moov(file: BinaryIO) -> bytes:
    end = file.seek(0, 2)
    position = 0
    while position + 8 <= end:
        file.seek(position)
        size, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", file.read(8))[0], 16
        size = size or end - position
        if kind == b"moov" and size <= _MOOV_BYTES_MAX:
            if position + size > end:
                raise MediaStoreValueError("it is cut off in the middle of its index")
            return file.read(size - header)
        if size < header:
            break
        position += size
    raise MediaStoreValueError("it has no index (moov box): the writing program did not finish it")


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, position)
        if size < 8:
            return
        yield kind, content[position + 8 : position + size]
        position += size


def _children(content: bytes, wanted: bytes) -> list[bytes]:
    return [inner for kind, inner in _boxes(content) if kind == wanted]


def _inside(content: bytes, *path: bytes) -> bytes:
    for kind in path:
        content = next(iter(_children(content, kind)))
    return content


def _track(track: bytes) -> dict[str, Any] | None:
    media = _inside(track, b"mdia")
    if _inside(media, b"hdlr")[8:12] != b"vide":
        return None
    timescale, duration = _times(_inside(media, b"mdhd"))
    samples = _inside(media, b"minf", b"stbl")
    entry = _inside(samples, b"stsd")[8:]
    width, height = struct.unpack_from(">HH", entry, 32)
    frames = _frames(_inside(samples, b"stts"))
    seconds = duration / timescale
    codec = _CODECS.get(entry[4:8], entry[4:8].decode("latin-1").strip())
    return {
        "width": width,
        "height": height,
        "fps": round(frames / seconds, 4) if seconds else None,
        "frames": frames,
        "duration_s": round(seconds, 6),
        "codec": codec,
    }


def _times(header: bytes) -> tuple[int, int]:
    if header[0] == 1:
        return struct.unpack_from(">IQ", header, 20)
    return struct.unpack_from(">II", header, 12)


def _frames(table: bytes) -> int:
    count = struct.unpack_from(">I", table, 4)[0]
    runs = struct.unpack_from(f">{2 * count}I", table, 8)
    return sum(runs[0::2])
