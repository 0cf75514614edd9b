"""The page that compares runs."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.draw import run_table

Open = Callable[..., AppTest]
Write = Callable[..., str]
Data = Callable[[AppTest, str], dict[str, Any]]


def test_the_table_has_what_sets_runs_apart_and_where_they_ended(app: Open, write_run: Write) -> None:
    write_run("slow", config={"lr": 0.001, "model": {"depth": 18}, "seed": 1}, tags=["baseline"])
    write_run("fast", config={"lr": 0.1, "model": {"depth": 18}, "seed": 1})
    test = app("runs")
    assert not test.exception
    table = test.dataframe[0].value
    assert table["run"].tolist() == ["fast", "slow"]
    assert table["status"].tolist() == ["finished", "finished"]
    assert table["config.lr"].tolist() == [0.1, 0.001]
    assert table["config.model.depth"].tolist() == [18, 18]
    assert table["summary.val/score"].tolist() == [0.5, 0.5]
    assert all(url.startswith("/app/static/thumb/cells/") for url in table["picture"])
    assert list(table["tags"][1]) == ["baseline"]
    settings = [column for column in table.columns if column.startswith("config.")]
    assert settings[0] == "config.lr"


def test_the_picture_is_the_latest_one(app: Open, write_run: Write) -> None:
    write_run(steps=range(5), every=2)
    assert "/000000004-00-" in app("runs").dataframe[0].value["picture"][0]


def test_curves_of_the_runs_in_view_are_grouped_by_prefix(app: Open, write_run: Write, component_data: Data) -> None:
    refs = [write_run("one"), write_run("two"), write_run("three")]
    data = component_data(app("runs", run=[refs[0], refs[2]]), "run_curves")
    assert [group["title"] for group in data["groups"]] == ["train", "val"]
    (loss,) = data["groups"][0]["charts"]
    assert [trace["meta"] for trace in loss["figure"]["data"]] == [refs[2], refs[0]]
    assert loss["figure"]["data"][0]["x"] == list(range(6))
    assert loss["figure"]["data"][0]["y"] == pytest.approx([1 / (step + 1) for step in range(6)])


def test_a_run_without_metrics_says_what_to_do(app: Open, root: Path) -> None:
    mediastore.init(project="cells", dir=root).finish()
    test = app("runs")
    assert not test.exception
    assert len(test.dataframe[0].value) == 1
    assert "no metrics" in test.text[0].value


def test_of_many_metrics_the_first_are_drawn_and_the_rest_counted(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="cells", dir=root) as run:
        run.log({f"train/{n:03}": float(n) for n in range(60)}, step=0)
    test = app("runs")
    (group,) = component_data(test, "run_curves")["groups"]
    assert len(group["charts"]) == 24
    assert test.caption[-1].value == "24 of 60 metrics. The Curves page draws any of them."


def test_values_that_are_no_numbers_are_said_not_drawn(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="cells", dir=root, config={"lr": math.nan, "note": "<b>x</b>"}) as run:
        for step, value in enumerate([1.0, math.nan, math.inf, 0.5, "a word"]):
            run.log({"loss": value}, step=step)
    test = app("runs")
    assert not test.exception
    (chart,) = component_data(test, "run_curves")["groups"][0]["charts"]
    assert chart["remark"] == "2 values are not finite"
    assert chart["figure"]["data"][0]["x"] == [0, 3]


def test_names_from_strangers_are_text(app: Open, root: Path, component_data: Data) -> None:
    name = "<img src=x onerror=alert(1)> [a](http://evil.example) %{x}"
    with mediastore.init(project="cells", name=name, dir=root, config={name: name}) as run:
        run.log({name: 1.0}, step=0)
    test = app("runs")
    assert not test.exception
    assert test.dataframe[0].value["run"].tolist() == [name]
    (chart,) = component_data(test, "run_curves")["groups"][0]["charts"]
    assert "<" not in chart["figure"]["data"][0]["name"]


def test_a_damaged_config_costs_only_itself(app: Open, sick_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mediastore.init(project="cells", dir=sick_root, config={"lr": 1}) as run:
        run.log({"loss": 1.0}, step=0)
    with mediastore.init(project="cells", dir=sick_root, config={"lr": 2}):
        pass
    record_file = next(path for path in sick_root.glob("cells/*/run.json") if run.id in str(path))
    record = json.loads(record_file.read_text())
    record_file.write_text(json.dumps(record | {"config": "words", "summary": [1, 2], "tags": "one"}))
    monkeypatch.setenv("MEDIASTORE_DIR", str(sick_root))
    test = AppTest.from_file(str(Path(__file__).parents[2] / "mediastore/view/main.py"), default_timeout=60).run()
    assert not test.exception
    assert len(test.dataframe[0].value) == 2


def test_nested_settings_become_dotted_names() -> None:
    assert run_table.flat({"a": {"b": {"c": 1}}, "d": [1, {"e": 2}]}) == {"a.b.c": 1, "d": '[1, {"e": 2}]'}


def test_settings_that_differ_come_first() -> None:
    columns = run_table.config_columns([{"seed": 1, "lr": 0.1}, {"seed": 1, "lr": 0.2, "note": "x"}])
    assert list(columns) == ["lr", "note", "seed"]
    assert columns["note"] == [None, "x"]


def test_a_setting_of_several_types_is_shown_as_text() -> None:
    assert run_table.config_columns([{"a": 1}, {"a": "auto"}, {"a": True}]) == {"a": ["1", "auto", "true"]}


def test_results_are_the_numbers_of_most_runs_validation_first() -> None:
    columns = run_table.result_columns(
        [{"train/loss": 1, "val/loss": 2, "best": "x", "extra": 3}, {"train/loss": 4, "val/loss": 5}]
    )
    assert list(columns) == ["val/loss", "train/loss", "extra"]


def test_a_result_that_is_no_finite_number_is_said() -> None:
    columns = run_table.result_columns([{"loss": "NaN", "note": "x"}, {"loss": 0.123456}, {}])
    assert columns == {"loss": ["NaN", "0.1235", None]}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3725, "1 h 2 min"), (90000, "1 d 1 h"), (math.nan, ""), (-1, "")],
)
def test_a_duration_is_said_in_two_units(seconds: float, words: str) -> None:
    assert run_table.duration_words(seconds) == words
