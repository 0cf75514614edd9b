"""The page that judges labels of whole items, label maps and tracks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.geometry import rle_to_mask

Open = Callable[..., AppTest]
Data = Callable[[AppTest, str], dict[str, Any]]
CLASSES = {0: "sky", 1: "cat"}


def picture(step: int, place: int) -> mediastore.Image:
    """The second of two pictures is taken for a dog at step 0; its cat grows to its true size at step 1."""
    truth = np.zeros((8, 8), np.uint8)
    truth[:, 4:] = 1
    said = truth.copy()
    if step == 0 and place == 1:
        said[:4] = 0
    label = "dog" if step == 0 and place == 1 else "cat"
    return mediastore.Image(
        np.zeros((8, 8, 3), np.uint8),
        sample=f"scene-{place}",
        labels=[mediastore.Label("cat", layer="ground_truth"), mediastore.Label(label, score=0.9)],
        masks=[
            mediastore.Mask(truth, classes=CLASSES, layer="ground_truth"),
            mediastore.Mask(said, classes=CLASSES, layer="predictions"),
        ],
    )


def test_labels_and_label_maps_are_judged_by_step_label_and_item(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        for step in range(2):
            run.log({"val": [picture(step, place) for place in range(2)]}, step=step)
    test = app("measures", step="0")
    assert not test.exception
    by_step, labels, maps, by_label = (one.value for one in test.dataframe[:4])
    assert by_step["accuracy"].tolist() == [0.5, 1.0]
    assert labels.set_index("label").loc["cat", "right"] == 1
    assert maps["mean_IoU"].tolist()[1] == 1.0
    assert maps["mean_IoU"].tolist()[0] < 1.0
    assert set(by_label["label"]) == {"sky", "cat"}


def test_a_cell_and_a_point_of_the_curve_show_their_items(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"val": [picture(0, place) for place in range(2)]}, step=0)
    wrong = component_data(app("measures", pick='cell:["cat", "dog"]'), "wrong_items")
    assert [tile["sample"] for tile in wrong["tiles"]] == ["scene-1"]
    assert component_data(app("measures", pick='cell:["cat", "cat"]'), "wrong_items")["tiles"][0]["sample"] == "scene-0"
    found = component_data(app("measures", pick='roc:["dog", 0.9]'), "wrong_items")
    assert [(tile["sample"], tile["values"]["is one"]) for tile in found["tiles"]] == [("scene-1", 0.0)]
    for nonsense in ('roc:["bird", 1]', 'roc:["dog", "x"]', "roc:[", "cell:[3, 4]"):
        assert not app("measures", pick=nonsense).exception


def test_the_errors_of_a_label_are_drawn_by_kind(app: Open, root: Path, component_data: Data) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"val": [picture(0, place) for place in range(2)]}, step=0)
    test = app("measures")
    assert not test.exception
    drawn = component_data(test, "error-picture")
    kinds = {one["label"]: rle_to_mask(one["rle"]).sum() for one in drawn["item"]["annotations"]}
    assert kinds == {"false negative, at a border": 8, "false negative, away from it": 8}
    assert drawn["colors"].keys() == kinds.keys()
    (record,) = mediastore.Store(root).records(key="val", index=1)
    errors = mediastore.Store(root).segmentation_errors(record, label="cat")
    assert np.bincount(errors.ravel(), minlength=5).tolist() == [48, 0, 0, 8, 8]
    assert errors[0].tolist() == [0, 0, 0, 0, 4, 4, 3, 3]


def test_words_and_events_of_sounds_are_judged(app: Open, root: Path) -> None:
    said = [("ground_truth", "for you", None), ("predictions", "for two you", 0.9)]
    spans = [mediastore.Span(0, 1, text=text, label="speech", layer=layer, score=score) for layer, text, score in said]
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"talk": mediastore.Audio(np.zeros(8000, np.float32), 8000, spans=spans, sample="one")}, step=0)
    test = app("measures")
    assert not test.exception
    shown = {metric.label: metric.value for metric in test.metric}
    assert shown == {"Precision": "1.000", "Recall": "1.000", "F1": "1.000", "Word error rate": "0.500"}
    (pairs,) = [table.value for table in test.dataframe if "kind" in table.value]
    assert pairs[["kind", "predicted", "count"]].values.tolist() == [["inserted", "two", 1]]


def test_tracks_of_a_film_are_judged(app: Open, root: Path) -> None:
    boxes = [
        mediastore.Box((2 + frame, 2, 10 + frame, 10), label="cat", track=1, frame=frame, layer=layer, score=score)
        for frame in range(4)
        for layer, score in (("ground_truth", None), ("predictions", 0.8))
    ]
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"film": mediastore.Video(np.zeros((4, 3, 16, 32), np.uint8), fps=4, boxes=boxes)}, step=0)
    test = app("measures")
    assert not test.exception
    assert test.dataframe[0].value["MOTA"].tolist() == [1.0]
    assert test.dataframe[0].value["HOTA"].tolist() == [1.0]


@pytest.mark.parametrize("params", [{}, {"step": "x"}, {"key": "none"}], ids=str)
def test_runs_without_both_layers_say_what_to_log(app: Open, root: Path, params: dict[str, str]) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"val": mediastore.Image(np.zeros((8, 8), np.uint8), labels=[mediastore.Label("cat", score=0.9)])})
    test = app("measures", **params)
    assert not test.exception
    assert "No run in view holds labels of items" in " ".join(text.value for text in test.text)
