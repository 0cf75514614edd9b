"""The page of one's own questions: the editor, the answer, its chart, and queries that were saved."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mediastore import queries
from mediastore.draw import answers
from mediastore.draw.answers import Chart
from mediastore.errors import MediaStoreValueError, NotFoundError
from mediastore.reader.store import Store
from mediastore.view import answer, asking

Open = Callable[..., AppTest]
Write = Callable[..., str]


def said(test: AppTest) -> str:
    return " ".join(str(one.value) for one in [*test.caption, *test.text, *test.code])


def test_an_empty_store_has_no_sql_page_and_no_fault(app: Open) -> None:
    assert not app("sql").exception


def test_the_page_answers_its_first_example_at_once(app: Open, write_run: Write) -> None:
    write_run()
    test = app("sql")
    assert not test.exception
    assert test.text_area(key="sql").value == next(iter(asking.EXAMPLES.values()))
    (table,) = test.dataframe
    assert table.value.values.tolist() == [["cell", "predictions", 3, 0.9]]
    assert "1 of 1 row · 4 columns" in said(test)


@pytest.mark.parametrize("query", asking.EXAMPLES.values(), ids=asking.EXAMPLES)
def test_every_example_is_right(write_run: Write, root: Path, query: str) -> None:
    write_run()
    assert list(Store(root).sql(query).columns)


@pytest.mark.parametrize(("said", "limit"), [("300", 300), ("≤ 60 s", 60), ("7", 10), ("", 10)])
def test_the_link_carries_the_time_limit_as_a_number(app: Open, write_run: Write, said: str, limit: int) -> None:
    write_run()
    test = app("sql", limit_s=said)
    assert test.selectbox(key="limit_s").value == limit
    test.selectbox(key="limit_s").set_value(10).run()
    test.selectbox(key="limit_s").set_value(300).run()
    assert test.query_params["limit_s"] in ("300", ["300"])
    assert test.selectbox(key="limit_s").value == 300


def test_the_link_carries_the_question(app: Open, write_run: Write) -> None:
    write_run()
    test = app("sql", sql="select path, step from items order by step")
    assert not test.exception
    (table,) = test.dataframe
    assert table.value["path"].tolist()[0].startswith("/app/static/thumb/cells/")
    assert "Click a picture to open its item." in said(test)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("select lable from annotations", 'Candidate bindings: "label"'),
        ("selec 1", "LINE 1: selec 1"),
        ("drop table items", "the store is read only"),
        ("", "Nothing is asked yet."),
        ("select 1 where false", "its answer has no rows"),
    ],
)
def test_what_cannot_be_answered_says_why(app: Open, write_run: Write, query: str, sentence: str) -> None:
    write_run()
    test = app("sql")
    test.text_area(key="sql").set_value(query).run()
    assert not test.exception
    assert sentence in said(test)
    assert not test.dataframe


def test_strangers_words_stay_words(app: Open, write_run: Write) -> None:
    write_run()
    test = app(
        "sql", sql="select '<script>alert(1)</script> **x**' as \"<b>y</b>\", [1, 2] as list, {'a': 1} as structure"
    )
    assert not test.exception
    assert test.dataframe[0].value.iloc[0, 0] == "<script>alert(1)</script> **x**"


def test_a_saved_query_is_taken_and_forgotten(app: Open, write_run: Write, root: Path) -> None:
    write_run()
    test = app("sql", sql="select 1 as one")
    test.text_input(key="query_name").set_value("Ones & others/…").run()
    next(button for button in test.button if button.label == "Save").click().run()
    assert [(one.name, one.sql) for one in queries.saved(root)] == [("Ones & others/…", "select 1 as one")]
    test.text_area(key="sql").set_value("select 2 as two").run()
    test.button(key="take-0").click().run()
    assert test.text_area(key="sql").value == "select 1 as one"
    test.button(key="forget-0").click().run()
    assert queries.saved(root) == []
    assert Store(root).runs()["project"].tolist() == ["cells"]


@pytest.mark.parametrize("name", ["", "  ", "a" * 81, "two\nlines", "\0"])
def test_a_name_that_cannot_be_a_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(MediaStoreValueError, match="must be 1 to 80 printable characters"):
        queries.save(tmp_path, name, "select 1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../up", "con", "a/b", ".hidden", "Ä", "x.json", "~", "'; drop"])
def test_every_other_name_is_one_file_in_the_folder(tmp_path: Path, name: str) -> None:
    queries.save(tmp_path, name, "select 1")
    queries.save(tmp_path, name, "select 2")
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / queries.FOLDER]
    assert [(one.name, one.sql) for one in queries.saved(tmp_path)] == [(name, "select 2")]
    queries.forget(tmp_path, name)
    assert queries.saved(tmp_path) == []
    with pytest.raises(NotFoundError):
        queries.forget(tmp_path, name)


def test_files_that_hold_no_query_are_passed_over(tmp_path: Path) -> None:
    queries.save(tmp_path, "good", "select 1")
    folder = tmp_path / queries.FOLDER
    for name, content in {"torn": b'{"na', "list": b"[1]", "binary": b"\xff\xfe", "less": b"{}"}.items():
        (folder / f"{name}.json").write_bytes(content)
    (tmp_path / "secret.json").write_text(json.dumps({"name": "secret", "sql": "x"}))
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    assert [one.name for one in queries.saved(tmp_path)] == ["good"]


CHARTS: dict[str, tuple[dict[str, list[Any]], Chart | None]] = {
    "over steps": ({"step": [0, 1], "found": [3, 4]}, Chart("line", "step", "found")),
    "steps by label": (
        {"step": [0, 0, 1], "label": ["a", "b", "a"], "n": [1, 2, 3]},
        Chart("line", "step", "n", "label"),
    ),
    "many at a step": ({"step": [0, 0, 1], "score": [0.1, 0.2, 0.3]}, Chart("scatter", "step", "score")),
    "names": ({"label": ["a", "b"], "n": [1, 2]}, Chart("bar", "label", "n")),
    "names by layer": ({"label": ["a", "b"], "layer": ["p", "p"], "n": [1, 2]}, Chart("bar", "label", "n", "layer")),
    "two numbers": ({"loss": [0.1, 0.2], "score": [0.3, 0.4]}, Chart("scatter", "loss", "score")),
    "one number": ({"score": [0.1, 0.2]}, Chart("histogram", "score")),
    "no number": ({"label": ["a"]}, None),
    "no rows": ({"score": []}, None),
}


@pytest.mark.parametrize(("columns", "chart"), CHARTS.values(), ids=CHARTS)
def test_the_chart_suits_the_columns(columns: dict[str, list[Any]], chart: Chart | None) -> None:
    frame = pd.DataFrame(columns)
    assert answers.suggested(frame) == chart
    if chart:
        drawn = answers.figure(frame, chart, {"a": "#123456"})["data"]
        assert sum(len(trace["x"]) for trace in drawn) == len(frame)


def test_a_chart_draws_words_as_words_and_labels_in_their_colours() -> None:
    frame = pd.DataFrame({"step": [1, 0, 0], "label": ["<b>a</b>", "<b>a</b>", None], "n": [np.nan, 2.0, 3.0]})
    figure = answers.figure(frame, Chart("line", "step", "n", "label"), {"<b>a</b>": "#123456"})
    first = figure["data"][0]
    assert (first["name"], first["x"], first["y"]) == ("&lt;b&gt;a&lt;/b&gt;", [0, 1], [2.0, None])
    assert first["line"]["color"] == "#123456"
    assert len(figure["data"]) == 2


def test_columns_of_one_name_are_told_apart() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "a", "a 2"])
    assert list(answer.with_unique_names(frame).columns) == ["a", "a 2", "a 2 2"]


@pytest.mark.parametrize(
    "path", ["a/b/media/../../../etc/x.png", "/etc/passwd", "a.png", "https://x.example/media/y.png", ""]
)
def test_only_paths_of_media_become_pictures(path: str) -> None:
    assert answer.media_columns(pd.DataFrame({"path": [path]})) == []


def test_a_picture_names_its_item(write_run: Write, root: Path) -> None:
    ref = write_run()
    store = Store(root)
    rows = store.sql("select path from items where step = 2")
    assert answer.item_by_path(store, rows)(rows.iloc[0], "path") == (*ref.split("/"), "val/view", 2, 0)
    named = store.sql("select project, run, key, step, index, path as picture from items where step = 4")
    assert answer.item_by_path(store, named)(named.iloc[0], "picture") == [*ref.split("/"), "val/view", 4, 0]
    assert store.item_at("nowhere") is None


def test_the_chart_is_a_link_too(app: Open, write_run: Write) -> None:
    write_run()
    query = "select step, avg(value) as mean from metrics group by all"
    test = app("sql", sql=query, answer_as="Chart", chart="bar")
    assert not test.exception
    assert test.selectbox(key="chart").value == "bar"
    figure = json.loads(test.get("plotly_chart")[0].proto.spec)
    assert figure["data"][0]["type"] == "bar"
