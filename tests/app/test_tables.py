"""The page of logged tables: what it reads, what it does to rows, how it shows them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.draw import rows as table_rows
from mediastore.errors import NotFoundError, StoreFormatError
from mediastore.reader.store import Store

Open = Callable[..., AppTest]
ROWS = pd.DataFrame({"name": ["b", "A", "c", None], "score": [0.5, 0.9, 0.1, np.nan], "kind": ["x", "y", "x", "x"]})


def log_table(root: Path, name: str = "one", steps: int = 2) -> str:
    with mediastore.init(project="pets", name=name, dir=root) as run:
        for step in range(steps):
            data = [
                [mediastore.Image(np.full((8, 8, 3), 20 * at + step, np.uint8)), f"<b>{at}</b>", at / 4 + step]
                for at in range(3)
            ]
            run.log({"val/rows": mediastore.Table(columns=["picture", "name", "score"], data=data)}, step=step)
        return f"{run.project}/{run.id}"


def said(test: AppTest) -> str:
    return " ".join(str(one.value) for one in [*test.caption, *test.text])


def test_a_table_is_read_with_its_media_as_paths(root: Path) -> None:
    ref = log_table(root)
    store = Store(root)
    found = store.table(ref, "val/rows", 1)
    assert list(found.rows.columns) == ["picture", "name", "score"]
    assert found.rows["score"].tolist() == [1.0, 1.25, 1.5]
    assert found.media == ("picture",)
    paths = store.items(key="val/rows/picture", step=1, sort="index")["path"].tolist()
    assert found.rows["picture"].tolist() == paths
    assert found.items["picture"][paths[2]] == (*ref.split("/"), "val/rows/picture", 1, 2)


def test_odd_cells_are_kept_as_they_are(root: Path) -> None:
    with mediastore.init(project="pets", id="odd", dir=root) as run:
        cells = [[1, "a", [1, 2], {"item": 3}], [None, "b", [], None], [float("nan"), 2, None, {"deep": {"er": 1}}]]
        run.log({"odd": mediastore.Table(columns=["n", "mixed", "list", "thing"], data=cells)})
        run.log({"none": mediastore.Table(columns=["a", "b"], data=[])})
    store = Store(root)
    found = store.table("pets/odd", "odd", 0)
    assert (len(found.rows), found.media) == (3, ())
    empty = store.table("pets/odd", "none", 1 if store.items(key="none")["step"].item() else 0)
    assert (list(empty.rows.columns), len(empty.rows)) == (["a", "b"], 0)


def test_a_table_that_is_not_there_or_no_table_says_so(root: Path, sick_root: Path) -> None:
    ref = log_table(root)
    with pytest.raises(NotFoundError, match="a table must lie at val/rows step 9"):
        Store(root).table(ref, "val/rows", 9)
    ref = log_table(sick_root)
    for file in sick_root.glob("pets/*/media/val/rows/*.jsonl"):
        file.write_bytes(b"\x00\xff no table\n")
    with pytest.raises(StoreFormatError, match="must hold one JSON object a line"):
        Store(sick_root).table(ref, "val/rows", 1)


@pytest.mark.parametrize(
    ("column", "condition", "wanted", "kept"),
    [
        ("name", "contains", "a", ["A"]),
        ("name", "is", "B", ["b"]),
        ("name", "is not", "b", ["A", "c", None]),
        ("score", "at least", "0.5", ["b", "A"]),
        ("score", "at most", "0.5", ["b", "c"]),
        ("score", "is", "0.90", ["A"]),
        ("name", "at least", "1", []),
        ("score", "at least", "much", []),
        ("name", "contains", "", ["b", "A", "c", None]),
        ("name", "contains", "(", []),
    ],
)
def test_rows_are_narrowed_as_numbers_or_as_words(column: str, condition: str, wanted: str, kept: list[Any]) -> None:
    found = table_rows.narrowed(ROWS, column, condition, wanted)["name"]
    assert found.astype(object).where(found.notna(), None).tolist() == kept


def test_rows_are_ordered_with_what_is_missing_last() -> None:
    assert table_rows.ordered(ROWS, "score", descending=True)["score"].tolist()[:3] == [0.9, 0.5, 0.1]
    assert table_rows.ordered(ROWS, "name", descending=False)["name"].tolist()[:3] == ["A", "b", "c"]
    assert table_rows.ordered(ROWS, "kind", descending=False)["score"].tolist()[:2] == [0.5, 0.1]
    assert table_rows.ordered(ROWS, "nowhere", descending=False) is ROWS


def test_groups_have_their_rows_and_means() -> None:
    found = table_rows.grouped(ROWS, ["kind"])
    assert found.to_dict("list") == {"kind": ["x", "y"], "rows": [3, 1], "score": [pytest.approx(0.3), 0.9]}


def test_two_tables_are_joined_on_a_column_and_say_the_change() -> None:
    second = pd.DataFrame({"name": ["A", "b", "b", "new"], "score": [0.8, 0.7, 0.6, 0.5]})
    found = table_rows.joined(ROWS, second, "name").set_index("name")
    assert found.loc["A", "score · change"] == pytest.approx(-0.1)
    assert found.loc["b", "score · second"].tolist() == [0.7, 0.6]
    assert pd.isna(found.loc["c", "score · second"]) and pd.isna(found.loc["new", "score · first"])
    assert len(found) == 6


def test_runs_without_tables_say_what_to_log(app: Open, root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"loss": 0.1})
    test = app("tables")
    assert not test.exception
    assert "no tables yet" in said(test)


def test_the_newest_table_is_shown_with_its_pictures(app: Open, root: Path) -> None:
    log_table(root)
    test = app("tables")
    assert not test.exception
    (table,) = test.dataframe
    assert table.value["name"].tolist() == ["<b>0</b>", "<b>1</b>", "<b>2</b>"]
    assert table.value["picture"][0].startswith("/app/static/thumb/pets/")
    assert "3 of 3 rows · one · step 1" in said(test)


def test_a_link_carries_what_is_done_to_the_rows(app: Open, root: Path) -> None:
    log_table(root)
    asked = {"table_where": "score", "table_condition": "at least", "table_value": "1.2", "table_sort": "score"}
    test = app("tables", table_last="true", **asked)
    assert not test.exception
    assert test.dataframe[0].value["score"].tolist() == [1.5, 1.25]
    assert "2 of 3 rows" in said(test)
    grouped = app("tables", table_group="name")
    assert grouped.dataframe[0].value["rows"].tolist() == [1, 1, 1]


def test_two_steps_are_joined(app: Open, root: Path) -> None:
    log_table(root)
    test = app("tables", table_join="one · step 0", table_on="name")
    assert not test.exception
    frame = test.dataframe[0].value
    assert frame["score · change"].tolist() == [-1.0, -1.0, -1.0]
    assert frame["picture · second"][0].startswith("/app/static/thumb/pets/")


def test_a_table_that_cannot_be_read_is_said_not_raised(
    app: Open, sick_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_table(sick_root)
    for file in sick_root.glob("pets/*/media/val/rows/*.jsonl"):
        file.unlink()
    monkeypatch.setenv("MEDIASTORE_DIR", str(sick_root))
    test = app("tables")
    assert not test.exception
    assert "must hold one JSON object a line" in said(test)
