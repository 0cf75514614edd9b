"""docs/format.md says what is so."""

import re
from pathlib import Path

import pytest

import mediastore
from mediastore import sidecar

PAGE = (Path(__file__).parents[1] / "docs/format.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (?:a run|one \w+).*? \| (.*) \|$", PAGE, re.MULTILINE)


def test_the_page_names_every_table() -> None:
    assert [table for table, _ in ROWS] == ["runs", "metrics", "items", "annotations"]


@pytest.mark.parametrize(("table", "columns"), ROWS)
def test_the_page_names_every_column_in_its_order(table: str, columns: str, tmp_path: Path) -> None:
    named = [name.strip("` ") for name in re.sub(r"\([^)]*\)|:.*", "", columns).split(",")]
    found = mediastore.Store(tmp_path).sql(f"select * from {table}")
    assert ["project", "run", *named] == list(found.columns)


def test_the_page_names_every_field_of_a_sidecar() -> None:
    assert [field for field in sidecar.KEYS if not re.search(rf"\b{field}\b", PAGE)] == []
