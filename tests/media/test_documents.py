"""Tables, histograms, figures, pages, bodies and texts."""

import json
from collections.abc import Callable

import numpy as np
import pandas
import pytest

import mediastore
from mediastore import plot

Logged = Callable[..., list[dict]]


def rows(record: dict) -> list[dict]:
    return [json.loads(line) for line in record["at"].read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "table",
    [
        mediastore.Table(["a", "b"], [[1, "x"], [2, "y"]]),
        mediastore.Table(data=[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
        mediastore.Table(data={"a": [1, 2], "b": ["x", "y"]}),
        mediastore.Table(dataframe=pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})),
        pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
    ],
)
def test_rows_are_read_by_duckdb(logged: Logged, table: object, root) -> None:
    [record] = logged(table)
    assert (record["kind"], record["columns"], record["rows"]) == ("table", ["a", "b"], 2)
    assert rows(record) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


def test_a_row_that_does_not_fit_is_kept_and_said(logged: Logged) -> None:
    table = mediastore.Table(["a", "a"], [[1], [1, 2, 3]])
    with pytest.warns(mediastore.MediaStoreWarning, match="must have 2 cells, got 1"):
        [record] = logged(table, strict=False)
    assert rows(record) == [{"a": 1, "a 2": None, "column 2": None}, {"a": 1, "a 2": 2, "column 2": 3}]


def test_a_table_grows_by_rows_and_columns() -> None:
    table = mediastore.Table(["n"])
    for number in range(3):
        table.add_data(number)
    table.add_column("square", [0, 1, 4])
    table.add_computed_columns(lambda number, row: {"sum": row["n"] + row["square"]})
    assert table.get_column("sum", convert_to="numpy").tolist() == [0, 2, 6]
    assert table.get_dataframe().shape == (3, 3)
    with pytest.raises(mediastore.NotFoundError, match="must be one of n, square, sum"):
        table.get_column("cube")
    with pytest.raises(mediastore.MediaStoreValueError, match="must have 3 cells"):
        table.add_column("x", [1])


def test_histograms_count_and_set_apart_what_is_not_finite(logged: Logged) -> None:
    values = np.array([0.0, 1.0, 1.0, np.nan, np.inf])
    [record] = logged(mediastore.Histogram(values, num_bins=2))
    assert (record["counts"], record["edges"], record["not_finite"]) == ([1, 2], [0.0, 0.5, 1.0], 2)
    assert rows(record) == [{"low": 0.0, "high": 0.5, "count": 1}, {"low": 0.5, "high": 1.0, "count": 2}]
    [record] = logged(mediastore.Histogram(np_histogram=([3, 4], [0, 1, 2])))
    assert (record["counts"], record["edges"]) == ([3, 4], [0.0, 1.0, 2.0])
    [record] = logged(np.arange(33))
    assert sum(record["counts"]) == 33 and len(record["counts"]) == 32


def test_figures_are_json_that_browsers_parse(logged: Logged) -> None:
    [record] = logged(mediastore.Plotly({"data": [{"y": np.array([1.0, np.nan])}]}))
    assert json.loads(record["at"].read_text(), parse_constant=pytest.fail) == {"data": [{"y": [1.0, "NaN"]}]}
    with pytest.warns(mediastore.MediaStoreWarning, match="no list of traces"):
        [record] = logged(mediastore.Plotly("{}"), strict=False)
    assert record["at"].read_text() == "{}"


@pytest.mark.parametrize("columns", [3, 4, 6])
def test_points_are_a_ply_file(logged: Logged, columns: int) -> None:
    points = np.arange(2 * columns, dtype=float).reshape(2, columns)
    [record] = logged(mediastore.Object3D(points, caption="cloud"))
    header, body = record["at"].read_bytes().split(b"end_header\n")
    assert b"element vertex 2" in header and record["points"] == 2
    assert np.frombuffer(body[:12], "<f4").tolist() == [0, 1, 2]


def test_long_texts_and_pages_are_items(logged: Logged) -> None:
    [text] = logged("long " * 500)
    [page] = logged(mediastore.Html("<p>ü</p>"))
    assert (text["kind"], text["at"].read_text()) == ("text", "long " * 500)
    assert (page["kind"], page["at"].read_text("utf-8")) == ("html", "<p>ü</p>")


def test_curves_agree_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    truth, scores = rng.integers(0, 2, 200), rng.random(200).round(2)
    pr = plot.pr_curve(truth, scores)
    roc = plot.roc_curve(truth, scores)
    area = metrics.average_precision_score(truth, scores)
    assert pr.data["data"][1]["name"] == f"1 (AP {area:.2f})"
    assert roc.data["data"][1]["name"] == f"1 (area {metrics.roc_auc_score(truth, scores):.2f})"
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)
    np.testing.assert_allclose(pr.data["data"][1]["x"], recall[::-1])
    np.testing.assert_allclose(pr.data["data"][1]["y"], precision[::-1])
    matrix = plot.confusion_matrix(y_true=truth, preds=scores > 0.5).data["data"][0]["z"]
    assert matrix == metrics.confusion_matrix(truth, scores > 0.5).tolist()
