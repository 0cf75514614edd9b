"""A file of the store as an HTTP answer: opened once, looked at through that opening alone, streamed in small blocks.

A path that was looked at may be another file when it is opened. So the descriptor is opened first, without following a
link and without waiting (a pipe would wait for ever), and then must be the regular file that the path led to.
"""

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

from anyio import CancelScope, create_task_group, to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

BLOCK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?", re.ASCII)
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class StoredFile(Response):
    """Answers GET and HEAD, one Range (several: the whole file), If-Range, If-None-Match, If-Modified-Since.

    kept: names of headers that a 304 repeats. A file that is gone, or no regular file any more, is a 404.
    """

    def __init__(self, path: Path, headers: Mapping[str, str], media_type: str) -> None:
        self.path = path
        self.status_code = 200
        self.background = None
        self.media_type = media_type
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            descriptor = await to_thread.run_sync(_opened, self.path)
        except (OSError, ValueError):
            await Response(status_code=404)(scope, receive, send)
            return
        try:
            async with create_task_group() as both:
                both.start_soon(_end_when_gone, receive, both.cancel_scope)
                await self._answer(descriptor, scope, send)
                both.cancel_scope.cancel()
        finally:
            os.close(descriptor)

    async def _answer(self, descriptor: int, scope: Scope, send: Send) -> None:
        facts = os.fstat(descriptor)
        asked, size = Headers(scope=scope), facts.st_size
        self.headers["etag"] = (
            f'"{hashlib.sha256(f"{facts.st_ino}-{facts.st_mtime_ns}-{size}".encode()).hexdigest()[:32]}"'
        )
        self.headers["last-modified"] = formatdate(facts.st_mtime, usegmt=True)
        self.headers["accept-ranges"] = "bytes"
        first, last = 0, size
        if self._is_known(asked, facts.st_mtime):
            self.status_code, last = 304, 0
        elif part := self._part(asked, size):
            first, last = part
            self.status_code = 206 if first < last else 416
            self.headers["content-range"] = f"bytes {first}-{last - 1}/{size}" if first < last else f"bytes */{size}"
            last = max(first, last)
        if self.status_code != 304:
            self.headers["content-length"] = str(last - first)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            first = last
        os.lseek(descriptor, first, os.SEEK_SET)
        while first < last:
            block = await to_thread.run_sync(os.read, descriptor, min(BLOCK_BYTES, last - first))
            if not block:
                raise OSError(f"{self.path.name} was cut while it was sent")
            first += len(block)
            await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _is_known(self, asked: Headers, changed: float) -> bool:
        if "if-none-match" in asked:
            return is_known(asked["if-none-match"], self.headers["etag"])
        with contextlib.suppress(KeyError, ValueError, TypeError):
            return int(changed) <= parsedate_to_datetime(asked["if-modified-since"]).timestamp()
        return False

    def _part(self, asked: Headers, size: int) -> tuple[int, int] | None:
        """First byte and the one after the last; an empty part cannot be satisfied; None is the whole."""
        if asked.get("if-range", self.headers["etag"]) not in (self.headers["etag"], self.headers["last-modified"]):
            return None
        found = _RANGE.fullmatch(asked.get("range", "").strip())
        if found is None or not any(found.groups()):
            return None
        low, high = found.groups()
        if low is None:
            return max(0, size - int(high)), size if int(high) else 0
        if high is not None and int(high) < int(low):
            return None
        return min(int(low), size), size if high is None else min(int(high) + 1, size)


async def _end_when_gone(receive: Receive, scope: CancelScope) -> None:
    """A client that is gone is told nothing more."""
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


def is_known(said: str, tag: str) -> bool:
    """Whether the tags that a browser says it has (If-None-Match) hold this one."""
    known = [one.strip().removeprefix("W/") for one in said.split(",")]
    return tag in known or "*" in known


def _opened(path: Path) -> int:
    descriptor = os.open(path, _FLAGS)
    try:
        found, named = os.fstat(descriptor), path.lstat()
        is_same = (found.st_dev, found.st_ino) == (named.st_dev, named.st_ino) and path.resolve() == path
        if not is_same or not stat.S_ISREG(found.st_mode):
            raise ValueError(f"{path} is another file by now")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
