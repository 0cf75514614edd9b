"""Rows as text: a table on a terminal, plain lines in a pipe, JSON, CSV, Parquet."""

import csv
import io
import json
import math
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediastore import files
from mediastore.cli import words

if TYPE_CHECKING:
    import pandas as pd

Row = Sequence[Any]
_UNPRINTABLE_IN_JSON = re.compile(r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def show(frame: "pd.DataFrame", form: str, sizes: Collection[str] = ()) -> None:
    """Print a frame as `table`, `json` or `csv`; the columns `sizes` are bytes, which a table on a terminal scales."""
    _show([str(name) for name in frame.columns], list(frame.itertuples(index=False, name=None)), form, sizes)


def show_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], as_json: bool, sizes: Collection[str] = ()
) -> None:
    """The same for rows by name."""
    _show(columns, [[row[name] for name in columns] for row in rows], "json" if as_json else "table", sizes)


def show_titled(title: str, frame: "pd.DataFrame") -> None:
    """Print a frame under a title, or nothing when it has no rows."""
    if not frame.empty:
        print(f"\n{title}")
        show(frame, "table")


def show_json(content: Any) -> None:
    """Print JSON: what is missing or not a number is null, infinities are the strings of the format."""
    text = json.dumps(_plain(content), ensure_ascii=False, allow_nan=False, indent=1)
    print(_UNPRINTABLE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def to_parquet(frame: "pd.DataFrame", path: Path) -> None:
    """Write a frame as a Parquet file, whole or not at all."""
    content = io.BytesIO()
    frame.to_parquet(content, index=False)
    files.write(path, content.getvalue())
    words.say(f"{len(frame)} rows in {path}")


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal that has rich; elsewhere nothing. Yields what is called with each step forward."""
    try:
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import Progress
    except ModuleNotFoundError:
        yield lambda _: None
        return
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(escape(words.printable(title)), total=total)
        yield lambda step: bar.advance(task, step)


def _show(columns: Sequence[str], rows: Sequence[Row], form: str, sizes: Collection[str]) -> None:
    if form == "json":
        show_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif form == "csv":
        _print_csv(columns, rows)
    elif sys.stdout.isatty() and (table := _rich_table(columns, rows, sizes)) is not None:
        table()
    else:
        words.print_line(*columns)
        for row in rows:
            words.print_line(*(_text(value) for value in row))


def _print_csv(columns: Sequence[str], rows: Sequence[Row]) -> None:
    """As it is into a pipe, which no terminal reads; printable on a terminal."""
    shown = words.printable if sys.stdout.isatty() else str
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([shown(name) for name in columns])
    out.writerows([shown(_as_text(value)) for value in row] for row in rows)


def _rich_table(columns: Sequence[str], rows: Sequence[Row], sizes: Collection[str]) -> Callable[[], None] | None:
    try:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ModuleNotFoundError:
        return None
    table = Table(header_style="bold", box=None, pad_edge=False)
    for place, name in enumerate(columns):
        given = [value for value in (_plain(row[place]) for row in rows) if value is not None]
        is_number = bool(given) and all(isinstance(value, int | float) for value in given)
        table.add_column(
            Text(words.printable(name)), justify="right" if is_number or name in sizes else "left", overflow="fold"
        )
    for row in rows:
        shown = (words.size(value) if name in sizes else _text(value) for name, value in zip(columns, row, strict=True))
        table.add_row(*(Text(words.printable(text)) for text in shown))
    return lambda: Console(file=sys.stdout).print(table)


def _text(value: Any) -> str:
    return words.printable(_as_text(value))


def _as_text(value: Any) -> str:
    value = _plain(value)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value if isinstance(value, str | int | float | bool) else str(value)
