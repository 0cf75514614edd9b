"""The process that decodes strangers' media: handed one open file after another, it answers with pictures and numbers.

It is given a socket as its standard input. A question is a length and a JSON object, with the file's descriptor beside
it; an answer is a kind, a length and bytes. Where the kernel has a filter it can open nothing by itself.
"""

import contextlib
import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

from mediastore.bounds import bound_memory
from mediastore.encode import ahead, crop, label_pixels, measure, thumbnail
from mediastore.encode.given import Given
from mediastore.errors import MediaStoreError, MissingPackageError
from mediastore.sealed import can_seal
from mediastore.sealed.questions import BYTES, HEAD, MISSING, NUMBERS, QUESTION, QUESTION_BYTES, REFUSED
from mediastore.sealed.worker import seal


def main(memory_bytes: int) -> None:
    """Answer until the other side goes away."""
    line = socket.socket(fileno=0)
    ahead.import_everything()
    bound_memory(memory_bytes)
    if can_seal():
        with contextlib.suppress(OSError):  # a kernel without filters: what is left are the bounds
            seal(is_decoder=True)
    _answer(line, NUMBERS, b"null")
    while (question := _receive(line)) is not None:
        asked, file = question
        with file:
            _answer(line, *_answered(asked, file))


def _answered(asked: dict[str, Any], file: Given) -> tuple[bytes, bytes]:
    try:
        found = DONE[asked["what"]](file, *asked["how"])
    except MissingPackageError as error:
        return MISSING, str(error).encode()
    except MediaStoreError as error:
        return REFUSED, str(error).encode("utf-8", "replace")
    except MemoryError:
        os._exit(1)
    except Exception as error:  # codecs raise what they like
        return REFUSED, f"this file must be decodable, got bytes that cannot be: {error}".encode("utf-8", "replace")
    return (BYTES, found) if isinstance(found, bytes) else (NUMBERS, json.dumps(found).encode())


def _peaks(file: Given, columns: int) -> list[Any]:
    return [side.tolist() for side in thumbnail.channel_peaks(file, columns)]


DONE: dict[str, Callable[..., Any]] = {
    "thumbnail": thumbnail.thumbnail,
    "crop": crop.crop,
    "measure": measure.measure,
    "peaks": _peaks,
    "labels": label_pixels.label_pixels,
}


def _receive(line: socket.socket) -> tuple[dict[str, Any], Given] | None:
    content, descriptors, _, _ = socket.recv_fds(line, QUESTION_BYTES, 1)
    if not content:
        return None
    while len(content) < QUESTION.size or len(content) < QUESTION.size + QUESTION.unpack_from(content)[0]:
        content += line.recv(QUESTION_BYTES)
    asked = json.loads(content[QUESTION.size :])
    return asked, Given(descriptors[0], asked["name"])


def _answer(line: socket.socket, kind: bytes, content: bytes) -> None:
    whole = HEAD.pack(kind, len(content)) + content
    while whole:
        whole = whole[os.write(line.fileno(), whole) :]


if __name__ == "__main__":
    main(int(sys.argv[1]))
