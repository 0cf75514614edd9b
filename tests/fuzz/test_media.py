"""Damaged and lying media files: a picture or a sentence, in a second and 512 MB, and never the end of a process."""

import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import material
import numpy as np
import pytest

from mediastore.crops import Crops
from mediastore.encode import thumbnail
from mediastore.encode.encoded import Encoded
from mediastore.errors import MediaStoreError
from mediastore.payload import Payload

WHOLE = material.media()
DAMAGES = 12


def damaged(content: bytes, choice: random.Random) -> bytes:
    """The content cut, with bytes changed, a stretch doubled, zeroed or taken out: headers more often than the rest."""
    made = bytearray(content)
    for _ in range(choice.randint(1, 4)):
        at = choice.randrange(min(len(made), choice.choice((32, 256, len(made))) or 1) or 1)
        size = choice.choice((1, 2, 4, 8, 64))
        way = choice.randrange(5)
        if way == 0:
            made[at : at + size] = choice.randbytes(size)
        elif way == 1:
            made[at : at + 4] = choice.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"))
        elif way == 2:
            del made[at : at + size]
        elif way == 3:
            made[at:at] = made[at : at + size]
        else:
            del made[max(at, 1) :]
    return bytes(made)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of what it passes over
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # soundfile says so of impossible seeks
@pytest.mark.parametrize("name", WHOLE)
def test_a_damaged_file_is_drawn_or_said_to_be_wrong(tmp_path: Path, name: str) -> None:
    kind, whole = WHOLE[name]
    choice = random.Random(name)
    for number in range(DAMAGES):
        file = tmp_path / f"{number}.bin"
        file.write_bytes(damaged(whole, choice))
        draw(file, kind)
        encode(kind, file.read_bytes())


def draw(file: Path, kind: str) -> bytes | None:
    """What thumbnails and crops do with a file."""
    frame = 1 if kind == "video" else None
    if kind != "audio":
        assert Crops().of(file, (0, 0, 8, 8), frame).data
    try:
        return thumbnail.thumbnail(file, kind)
    except MediaStoreError as error:
        assert "\n" not in str(error)[:10]
        return None


def encode(kind: str, content: bytes) -> Encoded:
    """What the writer does with a file of the user's."""
    from mediastore import encode as encoders

    return encoders.encode(kind, Payload(content=content, name="given.bin"), {})


def png(width: int, height: int, row: int | None = None) -> bytes:
    """A PNG that claims so many pixels, and would decode to them: rows of zeros, compressed a thousandfold."""
    packer = zlib.compressobj(9)
    zeros = bytes((width if row is None else row) + 1)
    packed = b"".join(packer.compress(zeros) for _ in range(min(height, 2000))) + packer.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def wav_of_four_gigabytes() -> bytes:
    head = b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    return head + b"data" + struct.pack("<I", 0xFFFFFF00) + bytes(1000)


def gif_of_a_million_frames() -> bytes:
    """16 by 16, each frame of one pixel: 15 MB."""
    head = b"GIF89a" + struct.pack("<HHBBB", 16, 16, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + (b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00") * 10**6 + b";"


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a PNG of 50,000 × 50,000": ("image", lambda: png(50_000, 50_000)),
    "a PNG of 13,000 × 13,000": ("image", lambda: png(13_000, 13_000)),
    "a PNG of 2,000,000 × 1": ("image", lambda: png(2_000_000, 1)),
    "a PNG of 2,000,000,000 × 1": ("image", lambda: png(2_000_000_000, 1, row=2_000_000)),
    "a WAV that claims 4 GB": ("audio", wav_of_four_gigabytes),
    "a film of many tiny frames": ("video", lambda: material.film("avi", 5_000)),
    "a GIF of a million frames": ("video", gif_of_a_million_frames),
    "the same as a picture": ("image", gif_of_a_million_frames),
    "a playlist": ("video", lambda: b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n"),
    "a list of files": ("video", lambda: b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
    "PostScript": ("image", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/tmp/ps-was-here) (w) file\n"),
    "an empty file": ("image", bytes),
}
IN_BOUNDS = """
import re, sys, time
from pathlib import Path
from mediastore.encode import thumbnail
from mediastore.errors import MediaStoreError
import av, soundfile
began = time.process_time()
try:
    print(len(thumbnail.thumbnail(Path(sys.argv[1]), sys.argv[2])), "bytes drawn", end=" ")
except MediaStoreError as error:
    print(error, end=" ")
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())  # ru_maxrss knows the parent's too
print(f"| {time.process_time() - began:.3f} {int(peak[1]) // 1024}")
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_neither_a_second_nor_half_a_gigabyte(tmp_path: Path, name: str) -> None:
    kind, make = BOMBS[name]
    file = tmp_path / "bomb.bin"
    file.write_bytes(make())
    command = [sys.executable, "-c", IN_BOUNDS, str(file), kind]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    print(f"{name}: {said}", end="")
    seconds, megabytes = said.rpartition("|")[2].split()
    assert float(seconds) < 1, said
    assert int(megabytes) < 512, said
    assert not Path("/tmp/ps-was-here").exists()


@pytest.mark.slow
def test_a_sound_of_four_real_gigabytes_is_drawn_in_a_second(tmp_path: Path) -> None:
    file = tmp_path / "long.wav"
    with file.open("wb") as sparse:
        sparse.write(wav_of_four_gigabytes()[:44])
        sparse.truncate(0xFFFFFF00)
    command = [sys.executable, "-c", IN_BOUNDS, str(file), "audio"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "drawn" in said
    assert float(said.rpartition("|")[2].split()[0]) < 1, said


@pytest.mark.slow
def test_a_film_of_a_million_frames_is_drawn_in_a_second(tmp_path: Path) -> None:
    import av

    frame, file = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24"), tmp_path / "long.avi"
    with av.open(str(file), "w", format="avi") as container:
        stream = container.add_stream("mjpeg", rate=25, width=16, height=16, pix_fmt="yuvj420p")
        drawn = bytes([*stream.encode(frame), *stream.encode(None)][0])
        for number in range(10**6):
            packet = av.Packet(drawn)
            packet.stream, packet.pts, packet.dts, packet.is_keyframe = stream, number, number, True
            packet.time_base = stream.codec_context.time_base
            container.mux(packet)
    command = [sys.executable, "-c", IN_BOUNDS, str(file), "video"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "drawn" in said
    seconds, megabytes = said.rpartition("|")[2].split()
    assert float(seconds) < 1 and int(megabytes) < 512, said
