"""The demo's detector: real pictures, real learning, and a precision that can be checked by hand."""

import numpy as np
import pytest

from mediastore.demo.detector import BACKGROUND, Detections, Windows, box_iou
from mediastore.demo.precision import average_precision, found_digits
from mediastore.demo.scenes import HEIGHT, WIDTH, Scene, held_out_scene, training_scene

PIXELS = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
TWO_SEVENS = Scene("sevens", PIXELS, np.array([[0, 0, 80, 80], [200, 200, 280, 280.0]]), np.array([7, 7]))


def found(*rows: tuple[float, float, int, float]) -> Detections:
    """Boxes of 80 pixels from (x, y, label, score), best first."""
    boxes = np.array([(x, y, x + 80, y + 80) for x, y, _, _ in rows], float).reshape(-1, 4)
    return Detections(boxes, np.array([row[2] for row in rows], int), np.array([row[3] for row in rows]))


@pytest.mark.parametrize(
    ("detections", "precision"),
    [
        (found(), 0.0),
        (found((0, 0, 7, 0.9), (200, 200, 7, 0.8)), 1.0),
        (found((0, 0, 7, 0.9)), 0.5),
        (found((400, 0, 7, 0.9), (0, 0, 7, 0.8), (200, 200, 7, 0.7)), 2 / 3),
        (found((0, 0, 7, 0.9), (0, 0, 7, 0.8)), 0.5),
        (found((0, 0, 1, 0.9), (200, 200, 1, 0.8)), 0.0),
    ],
    ids=["nothing", "both", "one of two", "a false one first", "one twice", "wrong label"],
)
def test_average_precision(detections: Detections, precision: float) -> None:
    assert average_precision([TWO_SEVENS], [detections], 7) == pytest.approx(precision)


def test_a_label_that_no_picture_has_has_no_precision() -> None:
    assert average_precision([TWO_SEVENS], [found()], 3) is None


def test_found_digits_count_from_a_score_on() -> None:
    detections = found((0, 0, 7, 0.9), (200, 200, 7, 0.4))
    assert [found_digits(TWO_SEVENS, detections, score) for score in (0.3, 0.5, 0.95)] == [2, 1, 0]


def test_overlap_of_two_and_three_boxes_keeps_its_order() -> None:
    first = np.array([[0, 0, 10, 10], [100, 0, 110, 10.0]])
    second = np.array([[0, 0, 10, 5], [100, 5, 110, 10], [50, 50, 60, 60.0]])
    assert box_iou(first, second) == pytest.approx(np.array([[0.5, 0, 0], [0, 0.5, 0]]))


def test_a_scene_is_the_same_whenever_it_is_painted_and_unlike_its_neighbour() -> None:
    first, again, other = held_out_scene(3), held_out_scene(3), held_out_scene(4)
    assert np.array_equal(first.pixels, again.pixels)
    assert not np.array_equal(first.pixels, other.pixels)
    assert not np.array_equal(first.pixels, training_scene(3).pixels)


def test_ink_lies_in_its_box() -> None:
    scene = held_out_scene(0)
    for (x0, y0, x1, y1), ink in zip(scene.boxes.astype(int), scene.ink, strict=True):
        assert ink.shape == (HEIGHT, WIDTH)
        assert ink[y0:y1, x0:x1].sum() == ink.sum() > 200


def test_windows_know_which_digit_they_show() -> None:
    windows = Windows(held_out_scene(1))
    assert set(windows.targets) == {*windows.scene.labels, BACKGROUND, -1}
    best = box_iou(windows.boxes, windows.scene.boxes).max(axis=1)
    assert (best[(windows.targets >= 0) & (windows.targets < BACKGROUND)] > 0.6).all()
