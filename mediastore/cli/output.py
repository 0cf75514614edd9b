"""Frames as text: a table on a terminal, plain lines in a pipe, JSON, CSV, Parquet."""

import io
import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from mediastore import files

SEPARATOR = "\t"


def show(frame: pd.DataFrame, form: str) -> None:
    """Print a frame as `table`, `json` or `csv`."""
    if form == "json":
        rows = frame.itertuples(index=False, name=None)
        show_json([dict(zip(frame.columns, row, strict=True)) for row in rows])
    elif form == "csv":
        frame.to_csv(sys.stdout, index=False)
    elif sys.stdout.isatty() and (table := _rich_table(frame)) is not None:
        table()
    else:
        _print_lines(frame)


def show_titled(title: str, frame: pd.DataFrame) -> None:
    """Print a frame under a title, or nothing when it has no rows."""
    if not frame.empty:
        print(f"\n{title}")
        show(frame, "table")


def show_json(content: Any) -> None:
    """Print JSON: what is missing or not a number is null, infinities are the strings of the format."""
    print(json.dumps(_plain(content), ensure_ascii=False, allow_nan=False, indent=1))


def to_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as a Parquet file, whole or not at all."""
    content = io.BytesIO()
    frame.to_parquet(content, index=False)
    files.write(path, content.getvalue())
    print(f"{len(frame)} rows in {path}", file=sys.stderr)


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal that has rich; elsewhere nothing. Yields what is called with each step forward."""
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ModuleNotFoundError:
        yield lambda _: None
        return
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=total)
        yield lambda step: bar.advance(task, step)


def _rich_table(frame: pd.DataFrame) -> Callable[[], None] | None:
    try:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ModuleNotFoundError:
        return None
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in frame.columns:
        is_number = pd.api.types.is_numeric_dtype(frame[name].dtype)
        table.add_column(Text(str(name)), justify="right" if is_number else "left", overflow="fold")
    for row in frame.itertuples(index=False, name=None):
        table.add_row(*(Text(_text(value)) for value in row))
    return lambda: Console(file=sys.stdout).print(table)


def _print_lines(frame: pd.DataFrame) -> None:
    print(SEPARATOR.join(str(name) for name in frame.columns))
    for row in frame.itertuples(index=False, name=None):
        print(SEPARATOR.join(_text(value) for value in row))


def _text(value: Any) -> str:
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, str):
        return "".join(character if character.isprintable() else repr(character)[1:-1] for character in value)
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value if isinstance(value, str | int | float | bool) else str(value)
