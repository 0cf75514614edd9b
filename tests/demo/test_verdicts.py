"""The demo's table of detections: a row each, with what was cut out, said and true."""

import numpy as np
import pytest

import mediastore
from mediastore.demo import verdicts
from mediastore.demo.detector import Detections
from mediastore.demo.scenes import held_out_scene


def test_a_right_and_a_wrong_detection_are_told_apart() -> None:
    scene = held_out_scene(0)
    boxes = np.array([scene.boxes[0], scene.boxes[0] + 1, [0, 0, 3, 3]], float)
    other = (int(scene.labels[0]) + 1) % 10
    found = Detections(boxes, np.array([scene.labels[0], other, other]), np.array([0.9, 0.8, 0.1]))
    table = verdicts.table([scene], [found])
    rows = [dict(zip(verdicts.COLUMNS, row, strict=True)) for row in table.data]
    assert [row["right"] for row in rows] == [True, False, False]
    assert [row["truth"] for row in rows] == [str(scene.labels[0]), str(scene.labels[0]), "nothing here"]
    assert rows[0]["overlap"] == pytest.approx(1)
    assert isinstance(rows[0]["picture"], mediastore.Image)
