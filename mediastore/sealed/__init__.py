"""Code that came with a run, executed where it can do nothing but compute: the one place that runs a stranger's Python.

What holds it, in this order: an interpreter of its own with an empty environment and no file but two pipes; bounds on
memory and processor time; a filter in the kernel (seccomp) that answers every system call with "not permitted", save
some thirty that compute, read the input and write the answer; a clock outside that kills it. The filter allows no
open, socket, clone, exec, kill or ptrace, so there is no file system, no network, no process. It needs no rights and
no namespace. Where the kernel has no such filter nothing is run.
"""

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore.errors import MediaStoreError

SOURCE_BYTES_MAX = 2**20
INPUT_BYTES_MAX = 64 * 2**20
OUTPUT_BYTES_MAX = 8 * 2**20
MEMORY_BYTES = 2**30
LIMIT_S = 10.0
SIDE_MAX = 8192
PNG = b"\x89PNG\r\n\x1a\n"
_WORKER = Path(__file__).with_name("worker.py")
_HEAD = struct.Struct("!QQ")


@dataclass(frozen=True)
class Drawn:
    """What a renderer made: a picture as PNG bytes, or a text."""

    png: bytes = b""
    text: str = ""


def can_seal() -> bool:
    """Whether this system has the filter that a renderer is run behind."""
    from mediastore.sealed.worker import ARCHITECTURE, SYSTEM_CALLS

    return sys.platform == "linux" and ARCHITECTURE in SYSTEM_CALLS


def render(source: bytes, item: Mapping[str, Any], media: bytes, limit_s: float = LIMIT_S) -> Drawn:
    """What `render(item, media)` of the source returns: a Pillow image, an array (height, width[, 3]) of uint8, a text.

    item: the sidecar. media: the file's bytes. Raises MediaStoreError: in one sentence which bound was reached, or what
    the source raised.
    """
    if not can_seal():
        raise MediaStoreError("a renderer must be run on Linux (x86-64 or arm64), got another system; it was not run")
    for what, content, most in (("source", source, SOURCE_BYTES_MAX), ("media file", media, INPUT_BYTES_MAX)):
        if len(content) > most:
            raise MediaStoreError(f"the {what} of a renderer must be at most {most} bytes, got {len(content)}")
    asked = json.dumps({"source": source.decode("utf-8", "replace"), "item": dict(item)}).encode()
    answer = _answer(_HEAD.pack(len(asked), len(media)) + asked + media, limit_s)
    kind, content = answer[:1], answer[1:]
    if kind == b"p" and content.startswith(PNG) and max(struct.unpack(">II", content[16:24])) <= SIDE_MAX:
        return Drawn(png=content)
    said = content.decode("utf-8", "replace")
    if kind == b"t":
        return Drawn(text=said)
    raise MediaStoreError(f"the renderer failed: {said}" if kind == b"e" else "the renderer was ended: it said nothing")


def _answer(asked: bytes, limit_s: float) -> bytes:
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", str(_WORKER), str(MEMORY_BYTES), str(int(limit_s) + 1)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        close_fds=True,
        start_new_session=True,
    )
    is_late = threading.Event()
    timer = threading.Timer(limit_s, lambda: (is_late.set(), process.kill()))
    feeder = threading.Thread(target=_feed, args=[process.stdin, asked], daemon=True)
    timer.start()
    feeder.start()
    try:
        answer = process.stdout.read(OUTPUT_BYTES_MAX + 1)
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        feeder.join()
        process.stdout.close()
    if is_late.is_set():
        raise MediaStoreError(f"the renderer must end within {limit_s:g} s, got no end; it was killed")
    if len(answer) > OUTPUT_BYTES_MAX:
        raise MediaStoreError(f"a renderer must answer with at most {OUTPUT_BYTES_MAX} bytes, got more; it was killed")
    return answer


def _feed(pipe: Any, asked: bytes) -> None:
    try:
        with pipe:
            pipe.write(asked)
    except OSError:
        pass  # it ended before it read all
