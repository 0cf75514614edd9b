"""The figure of one picture: what is drawn lands where it was annotated."""

from typing import Any

import numpy as np
import pytest

from mediastore.draw import item
from mediastore.geometry import mask_to_rle

COLORS = {"cat": "#007896", "dog": "#c3a500"}
CAT = {"type": "box", "layer": "predictions", "label": "cat", "score": 0.914, "box": [64.0, 96.0, 320.0, 288.0]}
DOG = {"type": "box", "layer": "ground_truth", "label": "dog", "box": [5.5, 6.5, 7.5, 8.5]}


def figure(*annotations: dict[str, Any], width: int = 640, height: int = 480) -> dict[str, Any]:
    return item.figure({"width": width, "height": height}, annotations, source="/picture.png", colors=COLORS)


def traces(found: dict[str, Any], label: str, mode: str = "lines") -> list[dict[str, Any]]:
    return [trace for trace in found["data"] if trace["legendgroup"] == label and trace.get("mode") == mode]


def test_the_picture_fills_axes_whose_unit_is_its_pixel() -> None:
    layout = figure()["layout"]
    (image,) = layout["images"]
    assert (image["x"], image["y"], image["sizex"], image["sizey"]) == (0, 0, 640, 480)
    assert layout["xaxis"]["range"] == [0, 640]
    assert layout["yaxis"]["range"] == [480, 0]
    assert layout["yaxis"]["scaleanchor"] == "x"


def test_a_box_is_drawn_along_its_corners() -> None:
    for trace in traces(figure(CAT, DOG), "cat"):
        assert trace["x"] == [64.0, 320.0, 320.0, 64.0, 64.0, None]
        assert trace["y"] == [96.0, 96.0, 288.0, 288.0, 96.0, None]


def test_boxes_of_one_label_share_a_trace_and_a_colour() -> None:
    second = CAT | {"box": [0.0, 0.0, 2.0, 4.0]}
    halo, line = traces(figure(CAT, second), "cat")
    assert len(line["x"]) == 12
    assert line["line"]["color"] == COLORS["cat"]
    assert halo["line"]["width"] > line["line"]["width"]


def test_truth_is_dashed_and_predictions_are_not() -> None:
    found = figure(CAT, DOG)
    assert {trace["line"]["dash"] for trace in traces(found, "cat")} == {"solid"}
    assert {trace["line"]["dash"] for trace in traces(found, "dog")} == {"8px,5px"}


def test_a_label_has_one_legend_entry_that_rules_all_its_traces() -> None:
    found = figure(CAT, DOG, CAT | {"layer": "ground_truth"})
    assert [trace["name"] for trace in found["data"] if trace["showlegend"]] == ["cat", "dog"]
    assert all(trace["legendgroup"] in ("cat", "dog") for trace in found["data"])


def test_hover_hangs_at_the_centre_with_label_and_score() -> None:
    (hover,) = traces(figure(CAT), "cat", "markers")[:1]
    assert (hover["x"], hover["y"]) == ([192.0], [192.0])
    assert hover["text"] == ["<b>cat</b> 0.914<br>predictions"]


def test_strangers_words_are_no_markup() -> None:
    found = figure(CAT | {"label": "<a href='x'>cat</a>", "text": "<b>"})
    names = [trace["name"] for trace in found["data"]]
    assert set(names) == {"&lt;a href='x'&gt;cat&lt;/a&gt;"}
    texts = [text for trace in found["data"] for text in trace.get("text", [])]
    assert texts == ["<b>&lt;a href='x'&gt;cat&lt;/a&gt;</b> 0.914<br>predictions<br>&lt;b&gt;"]


def test_only_polygons_are_filled() -> None:
    polygon = {"type": "polygon", "label": "cat", "layer": "predictions", "points": [[1, 2], [9, 2], [5, 8]]}
    filled = [trace for trace in traces(figure(CAT, polygon), "cat") if "fill" in trace]
    assert [trace["x"] for trace in filled] == [[1, 9, 5, 1, None]]


def test_keypoints_are_joints_with_names_on_their_skeleton() -> None:
    person = {"type": "keypoints", "label": "cat", "layer": "predictions", "skeleton": [[0, 1], [1, 7]]}
    person |= {"points": [[1, 2, 0.9], [3, 4, None], [5, 6, 0.1]], "names": ["nose", "chin"]}
    found = figure(person)
    assert traces(found, "cat")[0]["x"] == [1, 3, None]
    joints = traces(found, "cat", "markers")[0]
    assert (joints["x"], joints["y"], joints["text"]) == ([1, 3, 5], [2, 4, 6], ["nose", "chin", ""])


def test_a_mask_lies_on_its_pixels_with_its_edge_marked() -> None:
    mask = np.zeros((480, 640), bool)
    mask[100:104, 50:55] = True
    found = figure({"type": "mask", "label": "dog", "layer": "predictions", "rle": mask_to_rle(mask)})
    (sheet,) = [trace for trace in found["data"] if trace["type"] == "heatmap"]
    assert (sheet["x0"], sheet["y0"], sheet["dx"], sheet["dy"]) == (50.5, 100.5, 1, 1)
    assert sheet["z"].tolist() == [[2, 2, 2, 2, 2], [2, 1, 1, 1, 2], [2, 1, 1, 1, 2], [2, 2, 2, 2, 2]]
    assert sheet["legendgroup"] == "dog"


def test_a_label_map_is_one_sheet_a_class() -> None:
    values = np.array([[0, 0, 1], [2, 2, 1]])
    found = figure({"type": "mask", "layer": "scene", "classes": {"1": "cat", "2": "dog"}, "map": values})
    sheets = {trace["legendgroup"]: trace for trace in found["data"] if trace["type"] == "heatmap"}
    assert sheets["cat"]["z"].tolist() == [[1], [1]]
    assert (sheets["dog"]["x0"], sheets["dog"]["y0"], sheets["dog"]["z"].tolist()) == (0.5, 1.5, [[1, 1]])
    assert [trace["name"] for trace in found["data"] if trace["showlegend"]] == ["cat", "dog"]


def test_a_large_mask_is_thinned_but_keeps_its_extent() -> None:
    found = figure({"type": "mask", "label": "cat", "rle": mask_to_rle(np.ones((2000, 3000), bool))}, width=3000)
    (sheet,) = [trace for trace in found["data"] if trace["type"] == "heatmap"]
    assert sheet["z"].size <= 400_000
    assert sheet["z"].shape[1] * sheet["dx"] == pytest.approx(3000, abs=sheet["dx"])


@pytest.mark.parametrize("annotation", [{"type": "label", "label": "cat"}, {"type": "mask"}, {"type": "box"}, {}])
def test_what_has_no_place_is_not_drawn(annotation: dict[str, Any]) -> None:
    assert figure(annotation)["data"] == [item.NOTHING]
