"""docs/python.md and docs/sql.md tell what the code has, and their examples run."""

import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest

from mediastore.reader.filters import Filters
from mediastore.reader.store import Store

DOCS = Path(__file__).parents[1] / "docs"
PYTHON, SQL = ((DOCS / name).read_text("utf-8") for name in ("python.md", "sql.md"))
EXAMPLES = re.findall(r"```sql\n(.*?)```", SQL, re.DOTALL)


def test_every_public_method_of_a_store_has_a_section_and_no_other() -> None:
    public = {name for name, _ in inspect.getmembers(Store) if not name.startswith("_")}
    assert set(re.findall(r"^### (\w+)$", PYTHON, re.MULTILINE)) == public | {"where"}
    assert all(inspect.getdoc(getattr(Store, name)) for name in public)


def test_every_filter_is_told_and_no_other() -> None:
    table = PYTHON[PYTHON.index("| about |") : PYTHON.index("* An item is wanted")]
    told = [name for line in table.strip().splitlines() for name in re.findall(r"`(\w+)`", line.split("|")[2])]
    assert sorted(told) == sorted(field.name for field in fields(Filters))


@pytest.mark.parametrize("view", ["runs", "metrics", "items", "annotations"])
def test_every_column_is_told_in_its_order_with_its_type(tmp_path: Path, view: str) -> None:
    section = re.search(rf"^## {view}\n(.*?)^## ", SQL, re.DOTALL | re.MULTILINE)
    assert section
    told = re.findall(r"^\| `(\w+)` \| (\S+) \|", section[1], re.MULTILINE)
    known = Store(tmp_path / "none").sql(f"describe {view}")
    assert told == [(name, kind.lower()) for name, kind in zip(known["column_name"], known["column_type"], strict=True)]


def test_the_examples_run(tmp_path: Path) -> None:
    store = Store(tmp_path / "none")
    statements = [part for block in EXAMPLES for part in block.split(";") if part.strip()]
    assert len(statements) > 3
    for statement in statements:
        assert store.sql(statement).empty
