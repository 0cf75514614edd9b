"""The SQL of the reader, one file a question."""

from functools import cache
from pathlib import Path


@cache
def text(name: str) -> str:
    """The statement that stands in `<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
