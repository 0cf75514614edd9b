"""The lines of a journal as Arrow batches, with the byte position of each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

BLOCK_BYTES = 4 * 2**20
LINE_BYTES_MAX = 32 * 2**20
SCHEMA = pa.schema([("journal", pa.string()), ("line", pa.string()), ("offset", pa.int64()), ("length", pa.int32())])
_LINE_FEED = 10


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of one journal; `end` is the byte after them, `problems` are (byte position, sentence)."""

    journal: str
    lines: pa.Table
    start: int
    end: int
    problems: list[tuple[int, str]]


def read(run: Path, journal: str, start: int) -> Iterator[Block]:
    """Blocks of whole lines from byte `start` to the end of the file. A torn last line is left for the next time."""
    with (run / journal).open("rb") as file:
        file.seek(start)
        rest = b""
        while True:
            read_now = file.read(BLOCK_BYTES)
            content = rest + read_now
            whole = content.rfind(b"\n") + 1
            if not read_now:
                whole = len(content) if _is_record(content) else whole
            if whole:
                yield _block(journal, content[:whole], start)
                start, rest = start + whole, content[whole:]
            else:
                rest = content
            if not read_now:
                return
            if len(rest) > LINE_BYTES_MAX:
                length = len(rest) + _skip_line(file)
                yield Block(journal, SCHEMA.empty_table(), start, start + length, [(start, _too_long())])
                start, rest = start + length, b""


def _is_record(content: bytes) -> bool:
    """Whether a last line without its line feed is whole all the same: no beginning of a JSON object is one."""
    if not content.rstrip().endswith(b"}"):
        return False
    try:
        return isinstance(json.loads(content), dict)
    except ValueError:
        return False


def _skip_line(file: BinaryIO) -> int:
    skipped = 0
    while block := file.read(BLOCK_BYTES):
        found = block.find(b"\n")
        if found >= 0:
            file.seek(found + 1 - len(block), 1)
            return skipped + found + 1
        skipped += len(block)
    return skipped


def _too_long() -> str:
    return f"a line must be at most {LINE_BYTES_MAX // 2**20} MB long, got more; it was left out"


def _block(journal: str, content: bytes, start: int) -> Block:
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == _LINE_FEED).astype(np.int32) + 1
    if not len(ends) or ends[-1] != len(content):
        ends = np.append(ends, np.int32(len(content)))
    starts = np.concatenate([np.zeros(1, np.int32), ends[:-1]])
    problems = []
    try:
        content.isascii() or content.decode()
        text = pa.StringArray.from_buffers(
            len(ends), pa.py_buffer(np.append(starts, ends[-1]).astype(np.int32)), pa.py_buffer(content)
        )
    except UnicodeDecodeError:
        text, problems = _decoded(content, starts, ends, start)
    columns = [pa.repeat(journal, len(ends)), text, arrow(starts.astype(np.int64) + start), arrow(ends - starts)]
    table = pa.table(columns, schema=SCHEMA)
    return Block(journal, table, start, start + len(content), problems)


def arrow(numbers: np.ndarray) -> pa.Array:
    """Whole numbers as Arrow holds them, without a copy; `pa.array` would import pandas."""
    return pa.Array.from_buffers(pa.from_numpy_dtype(numbers.dtype), len(numbers), [None, pa.py_buffer(numbers)])


def _decoded(content: bytes, starts: np.ndarray, ends: np.ndarray, start: int) -> tuple[pa.Array, list]:
    lines, problems = [], []
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        try:
            lines.append(content[first:last].decode())
        except UnicodeDecodeError as error:
            lines.append("")
            problems.append((start + first, f"a line must be UTF-8, got {error.reason} at its byte {error.start}"))
    return pa.array(lines, pa.string()), problems
