"""How far the demo is: bars in a terminal, plain lines in a file."""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mediastore.demo.program import Part


def log_all(parts: Sequence[Part], root: Path) -> None:
    """Logs the parts one after the other, and shows how far they are."""
    if sys.stdout.isatty():
        _with_bars(parts, root)
    else:
        _with_lines(parts, root)


def _with_bars(parts: Sequence[Part], root: Path) -> None:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, TextColumn("[dim]{task.fields[word]}")) as bars:
        tasks = [bars.add_task(part.name, total=part.length, start=False, visible=False, word="") for part in parts]
        for part, task in zip(parts, tasks, strict=True):
            bars.start_task(task)
            bars.update(task, visible=True)
            for word in part.log(root):
                bars.update(task, advance=1, word=word)


def _with_lines(parts: Sequence[Part], root: Path) -> None:
    for part in parts:
        for word in part.log(root):
            print(f"{part.name}: {word}", flush=True)
