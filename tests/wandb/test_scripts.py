"""What each script logged is in the store, by SQL and on disk."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import mediastore

Ran = Callable[..., mediastore.Store]


def values(store: mediastore.Store, name: str) -> list[float]:
    return store.sql("select value from metrics where name = ? order by step, time", [name])["value"].tolist()


def counts(store: mediastore.Store) -> dict[tuple[str, str], int]:
    found = store.sql("select key, kind, count(*) as items from items group by all")
    return {(row.key, row.kind): row.items for row in found.itertuples()}


def record(store: mediastore.Store) -> dict:
    [path] = store.root.glob("*/*/run.json")
    return json.loads(path.read_bytes())


def test_a_training_loop_logs_tables_whose_pictures_are_items(ran: Ran) -> None:
    store = ran("training_with_tables")
    assert len(values(store, "train/loss")) == 15
    assert values(store, "val/accuracy") == [0.25, 0.5, 0.75]
    assert counts(store) == {
        ("val/predictions", "table"): 3,
        ("val/predictions/picture", "image"): 12,
        ("val/scores", "histogram"): 3,
    }
    path = store.sql("select path from items where kind = 'table' order by step limit 1")["path"][0]
    rows = [json.loads(line) for line in (store.root / path).read_text().splitlines()]
    assert [row["guess"] for row in rows] == [0, 1, 2, 3]
    assert rows[2]["picture"]["item"]["index"] == 2
    captions = store.sql("select caption from items where kind = 'image' and step = 5 order by \"index\"")
    assert captions["caption"].tolist() == [f"digit {number}" for number in range(4)]
    assert record(store)["summary"]["best_accuracy"] == 0.75
    assert record(store)["tags"] == ["small"] and record(store)["entity"] == "lab"


def test_segmentation_keeps_label_maps_boxes_and_a_caption_after_none(ran: Ran) -> None:
    store = ran("segmentation")
    assert counts(store) == {("val/streets", "image"): 6}
    boxes = store.sql("select label, score, x0, y0, x1, y1, text from annotations where type = 'box' limit 1")
    assert boxes.iloc[0].tolist() == ["car", 0.9, 12.0, 9.0, 20.0, 15.0, "car (0.9)"]
    masks = store.sql("select layer, count(*) as masks from annotations where type = 'mask' group by all order by all")
    assert masks.values.tolist() == [["ground_truth", 3], ["predictions", 3]]
    captions = store.sql('select caption from items where step = 1 order by "index"')["caption"]
    assert captions[1] == "street 1" and captions.isna()[0]


def test_sounds_keep_their_rate_and_charts_bring_their_tables(ran: Ran) -> None:
    store = ran("audio_classifier")
    sounds = store.sql(
        "select sample_rate, duration_s, channels from items where key = 'clips' and step = 0 order by 1"
    )
    assert sounds.values.tolist() == [[22050, 1.0, 1], [192_000, round(22050 / 192_000, 6), 2]]
    found = counts(store)
    assert found["heard/clip", "audio"] == 2
    for key in ("pr", "roc", "confusion"):
        assert found[key, "plotly"] == found[f"{key}_table", "table"] == 1
    path = store.sql("select path from items where key = 'confusion'")["path"][0]
    assert json.loads((store.root / path).read_text())["data"][0]["z"] == [[2, 0], [1, 1]]


def test_films_of_odd_sizes_and_steps_in_any_order_are_kept(ran: Ran) -> None:
    store = ran("video_policy")
    films = store.sql("select key, codec, width, height, frames, fps from items order by step").values.tolist()
    assert films == [
        ["episode/film", "h264", 42, 34, 6, 10.0],
        ["episode/film", "h264", 42, 34, 6, 10.0],
        ["small", "gif", 41, 33, 6, films[2][5]],
    ]
    steps = store.sql("select name, step from metrics where name in ('late', 'after') order by step")
    assert steps.values.tolist() == [["late", 10], ["after", 51]]


def test_sweeps_run_here_by_grid_and_at_random(ran: Ran) -> None:
    store = ran("sweep")
    runs = store.sql("select run_group, status, config->>'lr' as lr, config->>'layers' as layers from runs")
    grid, drawn = (part for _, part in runs.groupby(runs["layers"].isna()))
    assert sorted(zip(grid["lr"], grid["layers"], strict=True)) == [
        ("0.01", "1"), ("0.01", "2"), ("0.1", "1"), ("0.1", "2"),
    ]  # fmt: skip
    assert grid["run_group"].nunique() == drawn["run_group"].nunique() == 1
    assert len(drawn) == 3 and drawn["lr"].astype(float).between(0.001, 0.1).all()
    assert sorted(drawn["status"]) == ["failed", "finished", "finished"]
    assert "the second run fails" in ran.said and "config.lr stays as the sweep set it" in ran.said


def test_a_search_makes_one_run_a_setting(ran: Ran) -> None:
    store = ran("sweep_loop")
    runs = store.sql(
        "select name, status, config->>'layers' as layers, summary->>'loss' as loss from runs order by name"
    )
    assert runs.values.tolist() == [
        ["lr-0.001", "finished", "3", "0.001"],
        ["lr-0.01", "finished", "3", "0.01"],
        ["lr-0.1", "finished", "3", "0.1"],
    ]


def test_a_resumed_run_goes_on_where_it_stopped(ran: Ran) -> None:
    store = ran("resuming")
    assert values(store, "loss") == [3, 2, 1, 0, -1]
    found = record(store)
    assert (found["name"], found["tags"], found["config"]) == ("second wind", ["resumed"], {"lr": 0.1})
    assert found["alerts"][0]["title"] == "Low loss" and found["alerts"][0]["level"] == "WARN"


def test_the_summary_keeps_what_was_defined(ran: Ran) -> None:
    store = ran("nested_metrics")
    summary = record(store)["summary"]
    assert summary["val.loss"] == {"min": 1.0, "mean": 2.0, "count": 3}
    assert summary["val.accuracy"] == {"best": 0.9}
    assert "train.grad" not in summary and summary["train.deep.norm"] == "NaN" and summary["list"] == "[1, 2, 3]"
    assert record(store)["defined_metrics"][1] == {"name": "val.*", "step_metric": "epoch"}
    assert values(store, "val.loss") == [3.0, 1.0, 2.0]


def test_artifacts_are_found_by_version_and_alias(ran: Ran) -> None:
    store = ran("artifacts")
    folder = store.root / "assets" / "@artifacts" / "numbers"
    assert sorted(path.name for path in folder.iterdir()) == ["aliases", "v0", "v1"]
    entries = {
        entry["path"]: entry["file"] for entry in json.loads((folder / "v1" / "artifact.json").read_text())["entries"]
    }
    assert entries["train/0.txt"] == "v0/files/train/0.txt", "what an earlier version has is not stored twice"
    assert entries["train/2.txt"] == "v1/files/train/2.txt"
    assert len(store.runs()) == 2 and store.problems().empty


def test_figures_pages_and_charts_are_items(ran: Ran) -> None:
    store = ran("figures")
    drawn = store.sql("select distinct width, height, sha256 from items where kind = 'image'")
    assert drawn[["width", "height"]].values.tolist() == [[150, 100]], "one figure, however it is logged"
    found = counts(store)
    for key in ("line", "scatter", "bar", "spread", "series"):
        assert found.pop((key, "plotly")) == found.pop((f"{key}_table", "table")) == 1
    assert found == {
        ("figure", "image"): 1,
        ("open", "image"): 1,
        ("as_image", "image"): 1,
        ("interactive", "image"): 1,
        ("chart", "plotly"): 1,
        ("page", "html"): 1,
        ("cloud", "object3d"): 1,
    }


def test_a_framework_s_logger_object_works(ran: Ran) -> None:
    store = ran("logger_object")
    assert values(store, "trainer/global_step") == [0, 10, 20]
    assert record(store)["config"] == {"lr": 0.001, "optimizer": {"name": "adam", "betas": [0.9, 0.99]}}
    [code] = store.root.glob("*/*/code/*.py")
    assert code.name == "logger_object.py"


def test_names_come_from_the_environment_and_settings_from_argparse(ran: Ran) -> None:
    store = ran("argparse_config", WANDB_PROJECT="named", WANDB_NAME="by-env", WANDB_TAGS="a, b", WANDB_RUN_ID="one")
    assert [record(store)[field] for field in ("project", "name", "tags", "run")] == [
        "named",
        "by-env",
        ["a", "b"],
        "one",
    ]
    assert record(store)["config"]["clip"] == "Infinity"
    assert ran.said.count("WANDB_PROJECT") == 1


@pytest.mark.parametrize("variables", [{"WANDB_DISABLED": "true"}, {"WANDB_MODE": "disabled"}])
@pytest.mark.parametrize("name", ["training_with_tables", "video_policy", "figures", "logger_object"])
def test_a_disabled_script_runs_and_writes_nothing(ran: Ran, root: Path, name: str, variables: dict[str, str]) -> None:
    assert ran(name, **variables).runs().empty
    assert not root.exists()


def test_our_variables_come_first(ran: Ran) -> None:
    store = ran("argparse_config", WANDB_PROJECT="theirs", MEDIASTORE_PROJECT="ours")
    assert record(store)["project"] == "ours"
