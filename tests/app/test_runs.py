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


def listed(test: AppTest) -> list[str]:
    assert not test.exception
    return test.dataframe[0].value["run"].tolist() if test.dataframe else []


def said(test: AppTest) -> str:
    return " ".join(one.value for kind in (test.caption, test.text, test.warning) for one in kind)


@pytest.fixture
def three(write_run: Write) -> list[str]:
    """Three runs, oldest first, which differ in project, tags, notes and learning rate."""
    return [
        write_run("slow", config={"lr": 0.001}, tags=["base"], notes="the first *try*"),
        write_run("fast", config={"lr": 0.1}, tags=["base", "best"]),
        write_run("wild", config={"lr": 3.0}),
    ]


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"find": "TRY first"}, ["slow"]),
        ({"find": "best"}, ["fast"]),
        ({"find": "config.lr > 0.01"}, ["wild", "fast"]),
        ({"find": "config.lr > 0.01 and name != 'wild'"}, ["fast"]),
        ({"tag": ["base"]}, ["fast", "slow"]),
        ({"find": "nothing like it"}, []),
        ({}, ["wild", "fast", "slow"]),
    ],
    ids=str,
)
def test_the_table_lists_the_runs_that_were_asked_for_and_says_of_how_many(
    app: Open, three: list[str], params: dict[str, Any], names: list[str]
) -> None:
    test = app("runs", **params)
    assert listed(test) == names
    assert f"{len(names)} of 3 runs" in said(test)


def test_a_condition_that_cannot_be_read_says_why_and_hides_nothing(app: Open, three: list[str]) -> None:
    test = app("runs", find="config.lr >")
    assert len(listed(test)) == 3
    assert test.warning


def test_results_can_be_held_against_a_baseline(app: Open, write_run: Write) -> None:
    base = write_run("base", steps=range(4))
    write_run("longer", steps=range(6))
    table = app("runs", baseline=base).dataframe[0].value
    assert table["against.val/score"].tolist() == [pytest.approx(0.2), 0.0]


def test_tags_of_all_ticked_runs_and_the_name_of_one_can_be_edited(app: Open, root: Path, three: list[str]) -> None:
    test = app("runs", run=[three[0]])
    test.text_input[1].set_value("slower")
    test.multiselect[-1].set_value([])
    next(button for button in test.button if button.label == "Save").click()
    test.run()
    assert not test.exception
    record = mediastore.Store(root).runs().set_index("ref").loc[three[0]]
    assert (record["name"], list(record["tags"]), record["notes"]) == ("slower", [], "the first *try*")


def press(test: AppTest, label: str) -> AppTest:
    return next(button for button in test.button if button.label == label).click().run()


def test_archived_runs_leave_the_list_and_can_be_brought_back(app: Open, three: list[str]) -> None:
    test = press(app("runs", run=[three[1]]), "Archive")
    assert listed(test) == ["wild", "slow"]
    assert "1 archived, hidden" in said(test)
    test = press(app("runs", run=[three[1]], archived="true"), "Bring back")
    assert listed(test) == ["wild", "fast", "slow"]
    assert "archived, hidden" not in said(app("runs"))


def test_a_removed_run_lies_in_the_trash_and_can_be_put_back(app: Open, root: Path, three: list[str]) -> None:
    test = press(app("runs", run=[three[0]]), "Remove")
    assert listed(test) == ["wild", "fast"]
    assert "1 removed, kept in the store's trash" in said(test)
    assert listed(press(test, "Undo")) == ["wild", "fast", "slow"]
    assert len(mediastore.Store(root).runs()) == 3


def test_who_may_only_look_is_offered_no_change(app: Open, three: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIASTORE_READ_ONLY", "1")
    test = app("runs")
    assert not {"Archive", "Remove", "Save"} & {button.label for button in test.button}


def test_the_x_axis_can_show_another_metric(app: Open, write_run: Write, component_data: Data) -> None:
    write_run(steps=range(4))
    test = app("runs", x="val/score", smooth="0.5")
    assert not test.exception
    data = component_data(test, "run_curves")
    assert data["looks"] == {"smooth": 0.5, "log": False}
    chart = next(chart for group in data["groups"] for chart in group["charts"] if chart["id"] == "train/loss")
    (trace,) = chart["figure"]["data"]
    assert trace["x"] == [0.0, 0.1, 0.2, 0.3]
    assert trace["customdata"] == [0, 1, 2, 3]
