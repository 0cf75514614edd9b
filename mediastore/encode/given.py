"""A media file as a descriptor that somebody else opened: what decoders ask of a path, without a path."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import NamedTuple


class Facts(NamedTuple):
    """What is known of the file, named as os.stat_result names it."""

    st_size: int


class Given(io.BufferedReader):
    """A file to read by a process that can open none. Owns the descriptor. name: what its path ended in."""

    def __init__(self, descriptor: int, name: str) -> None:
        super().__init__(io.FileIO(descriptor, "rb"))
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def suffix(self) -> str:
        """The ending of its name, `.png`."""
        return PurePath(self._name).suffix

    def __str__(self) -> str:
        return self._name

    def __repr__(self) -> str:
        return repr(self._name)

    @contextmanager
    def open(self, mode: str = "rb") -> Iterator["Given"]:
        """This file from its beginning; it stays open."""
        self.seek(0)
        yield self

    def stat(self) -> Facts:
        """How long it is, asked without a system call that takes a path."""
        return Facts(self.seek(0, os.SEEK_END))

    def read_bytes(self) -> bytes:
        """All of it."""
        with self.open() as opened:
            return opened.read()
