"""Conversions of boxes and masks, each with two rows that differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mediastore import geometry
from mediastore.errors import MediaStoreValueError

XYXY = np.array([[10.0, 20.0, 40.0, 60.0], [0.0, 5.0, 1.0, 7.0]])


@pytest.mark.parametrize(
    ("converter", "given_boxes", "expected"),
    [
        (geometry.xywh_to_xyxy, [[10, 20, 30, 40], [0, 5, 1, 2]], XYXY),
        (geometry.cxcywh_to_xyxy, [[25, 40, 30, 40], [0.5, 6, 1, 2]], XYXY),
        (geometry.xyxy_to_xywh, XYXY, [[10, 20, 30, 40], [0, 5, 1, 2]]),
        (geometry.xywh_to_xyxy, [], np.zeros((0, 4))),
        (geometry.xyxy_to_xywh, np.zeros((0, 4)), np.zeros((0, 4))),
    ],
)
def test_boxes_convert_row_by_row(converter, given_boxes, expected) -> None:
    np.testing.assert_array_equal(converter(given_boxes), expected)


def test_iou_of_every_pair() -> None:
    found = geometry.box_iou([[0, 0, 2, 2], [0, 0, 4, 1]], [[1, 1, 3, 3], [0, 0, 2, 2], [9, 9, 9, 9]])
    np.testing.assert_allclose(found, [[1 / 7, 1, 0], [0, 2 / 6, 0]])
    assert geometry.box_iou([], [[0, 0, 1, 1]]).shape == (0, 1)


def test_an_empty_box_overlaps_nothing_not_even_itself() -> None:
    assert geometry.box_iou([[1, 1, 1, 1]], [[1, 1, 1, 1]])[0, 0] == 0


@given(arrays(bool, st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_masks_come_back_from_run_lengths(mask: np.ndarray) -> None:
    rle = geometry.mask_to_rle(mask)
    assert rle["size"] == list(mask.shape)
    np.testing.assert_array_equal(geometry.rle_to_mask(rle), mask)


def test_run_lengths_are_those_of_coco() -> None:
    mask = np.zeros((4, 6), bool)
    mask[1:3, 2:5] = True
    assert geometry.mask_to_rle(mask) == {"size": [4, 6], "counts": "9220003"}
    uncompressed = {"size": [4, 6], "counts": [9, 2, 2, 2, 2, 2, 5]}
    np.testing.assert_array_equal(geometry.rle_to_mask(uncompressed), mask)


def test_long_runs_and_large_differences_are_coded() -> None:
    mask = np.zeros((500, 700), bool)
    mask[3, 5] = mask[400:450, 600:] = True
    np.testing.assert_array_equal(geometry.rle_to_mask(geometry.mask_to_rle(mask)), mask)


@pytest.mark.parametrize("counts", ["92", [5, 5], [30], [-6, 30]])
def test_runs_that_do_not_fill_the_mask_are_refused(counts) -> None:
    with pytest.raises(MediaStoreValueError, match="must add up to 24"):
        geometry.rle_to_mask({"size": [4, 6], "counts": counts})


def test_a_stack_of_masks_is_refused() -> None:
    with pytest.raises(MediaStoreValueError, match=r"shape \(height, width\), got \(2, 3, 4\)"):
        geometry.mask_to_rle(np.zeros((2, 3, 4)))


def test_polygon_area_does_not_mind_the_direction() -> None:
    corners = [(0, 0), (4, 0), (4, 3), (0, 3)]
    assert geometry.polygon_area(corners) == geometry.polygon_area(corners[::-1]) == 12
