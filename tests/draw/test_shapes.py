"""Bounds and areas of annotations, and the curve of per-item values."""

from typing import Any

import numpy as np
import pytest

from mediastore.draw import shapes, values
from mediastore.geometry import mask_to_rle

DISC = np.zeros((20, 30), bool)
DISC[4:8, 10:20] = True
CASES = [
    ({"type": "box", "box": [1, 2, 5, 4]}, (1, 2, 5, 4), 8),
    ({"type": "polygon", "points": [[0, 0], [4, 0], [4, 2]]}, (0, 0, 4, 2), 4),
    ({"type": "keypoints", "points": [[1, 9, 0.5], [3, 5, None]]}, (1, 5, 3, 9), None),
    ({"type": "mask", "rle": mask_to_rle(DISC)}, (10, 4, 20, 8), 40),
    ({"type": "label", "label": "cat"}, None, None),
    ({"type": "mask", "rle": mask_to_rle(np.zeros((3, 3), bool))}, None, 0),
]


@pytest.mark.parametrize(("annotation", "bounds", "area"), CASES)
def test_place_and_size_of_an_annotation(annotation: dict[str, Any], bounds: Any, area: Any) -> None:
    assert shapes.annotation_bounds(annotation) == bounds
    assert shapes.area_px(annotation) == area


def test_values_over_steps_are_a_line_each_and_mark_the_step_in_hand() -> None:
    records = [{"step": step, "values": {"loss": 1 / (step + 1), "bad": "NaN"}} for step in (0, 5, 9)]
    figure = values.figure(records, 5)
    assert figure is not None
    (line,) = figure["data"]
    assert (line["name"], line["x"], line["y"]) == ("loss", [0, 5, 9], [1.0, 1 / 6, 0.1])
    assert figure["layout"]["shapes"][0]["x0"] == 5


def test_one_value_alone_makes_no_curve() -> None:
    assert values.figure([{"step": 1, "values": {"loss": 0.1}}], 1) is None
    assert values.figure([{"step": 1}, {"step": 2}], 1) is None


def test_absent_keypoints_have_no_place() -> None:
    absent = [None, None, None]
    assert shapes.annotation_bounds({"type": "keypoints", "points": [[4, 9, 0.5], absent, [1, 12, None]]}) == (
        1,
        9,
        4,
        12,
    )
    assert shapes.annotation_bounds({"type": "keypoints", "points": [absent, absent]}) is None
