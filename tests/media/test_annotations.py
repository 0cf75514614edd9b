"""Annotations in every spelling, one canonical form in the record, and what contradicts itself refused in words."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

import mediastore
from mediastore import Box, Keypoints, Label, Mask, Polygon, Span
from mediastore.geometry import mask_to_rle, polygons_to_mask, rle_to_mask

Logged = Callable[..., list[dict]]
PICTURE = np.zeros((50, 100), dtype=np.uint8)


def on_picture(logged: Logged, *annotations: object, **further: Any) -> list[dict]:
    [record] = logged(mediastore.Image(PICTURE, annotations=annotations, **further))
    return record["annotations"]


@pytest.mark.parametrize(
    ("box", "xyxy"),
    [
        (Box((10, 20, 30, 40)), [10, 20, 30, 40]),
        (Box(np.array([10, 20, 30, 40], dtype=np.float32)), [10, 20, 30, 40]),
        (Box.from_xywh((10, 20, 20, 5)), [10, 20, 30, 25]),
        (Box.from_cxcywh((20, 30, 20, 10)), [10, 25, 30, 35]),
        (Box.from_fractions((0.1, 0.2, 0.5, 1.0)), [10, 10, 50, 50]),
        (Box.from_cxcywh((0.5, 0.5, 0.2, 0.4), in_fractions=True), [40, 15, 60, 35]),
    ],
)
def test_boxes_become_corners_in_pixels(logged: Logged, box: Box, xyxy: list[float]) -> None:
    [found] = on_picture(logged, box)
    assert found["box"] == pytest.approx(xyxy)


POSITIONS = {
    "corners": {"minX": 0.1, "maxX": 0.5, "minY": 0.2, "maxY": 0.6},
    "middle": {"middle": [0.3, 0.4], "width": 0.4, "height": 0.4},
}


@pytest.mark.parametrize("position", POSITIONS.values(), ids=POSITIONS)
@pytest.mark.parametrize("class_id", [1, np.int64(1), "1", 1.0])
@pytest.mark.parametrize("labels", [{1: "cat"}, {"1": "cat"}, ["dog", "cat"], [{"id": 1, "name": "cat"}]])
def test_wandb_s_boxes_mean_the_same_in_every_layout(
    logged: Logged, position: dict, class_id: object, labels: object
) -> None:
    entry = {"position": position, "class_id": class_id, "scores": {"iou": 0.2, "score": 0.9}}
    [record] = logged(mediastore.Image(PICTURE, boxes={"truth": {"box_data": [entry], "class_labels": labels}}))
    [found] = record["annotations"]
    assert found["box"] == pytest.approx([10, 10, 50, 30])
    assert (found["label"], found["score"], found["layer"]) == ("cat", 0.9, "truth")
    assert found["scores"] == {"iou": 0.2, "score": 0.9}


def test_a_rotated_box_is_a_polygon(logged: Logged) -> None:
    [turned, tilted] = on_picture(
        logged, Polygon.from_rotated((50, 25, 20, 10), 90), Polygon.from_rotated((50, 25, 20, 10), 45)
    )
    assert np.allclose(sorted(turned["points"]), sorted([[45, 15], [55, 15], [55, 35], [45, 35]]))
    assert np.allclose(tilted["points"][1], [50 + 5 * 2**0.5 * 1.5, 25 + 5 * 2**0.5 / 2])


@pytest.mark.parametrize(
    "points",
    [
        [(0, 0), (9, 0), (9, 9)],
        np.array([[0, 0], [9, 0], [9, 9]]),
        np.array([[[0, 0]], [[9, 0]], [[9, 9]]]),
        [0, 0, 9, 0, 9, 9],
    ],
)
def test_outlines_may_be_given_as_others_give_them(logged: Logged, points: object) -> None:
    [found] = on_picture(logged, Polygon(points, holes=[[(7, 1), (8, 1), (8, 2)]], color=(255, 0, 128)))
    assert found["points"] == [[0, 0], [9, 0], [9, 9]] and found["holes"] == [[[7, 1], [8, 1], [8, 2]]]
    assert found["color"] == "#ff0080"


def test_masks_from_run_lengths_outlines_and_arrays_agree(logged: Logged) -> None:
    pixels = np.zeros((50, 100), dtype=bool)
    pixels[10:20, 30:60] = True
    flat = pixels.T.reshape(-1)
    edges = np.concatenate([[0], np.flatnonzero(np.diff(flat.astype(int))) + 1, [flat.size]])
    plain = {"size": [50, 100], "counts": np.diff(edges).tolist()}
    masks = [
        Mask(pixels),
        Mask(pixels[None].astype(np.float32)),
        Mask.from_rle(mask_to_rle(pixels)),
        Mask.from_rle(plain),
        Mask.from_polygons([[(30, 10), (60, 10), (60, 20), (30, 20)]], (100, 50)),
        Mask.from_polygons([[30, 10, 60, 10, 60, 20, 30, 20]], (100, 50)),
    ]
    found = on_picture(logged, *masks)
    assert len(found) == len(masks)
    assert all((rle_to_mask(entry["rle"]) == pixels).all() for entry in found)


def test_an_outline_with_a_hole_is_filled_around_it() -> None:
    mask = polygons_to_mask([[(0, 0), (8, 0), (8, 6), (0, 6)], [(2, 2), (4, 2), (4, 4), (2, 4)]], (10, 7))
    assert mask.sum() == 48 - 4 and not mask[2:4, 2:4].any() and mask.shape == (7, 10)


def test_a_label_map_without_names_names_its_classes(logged: Logged) -> None:
    classes = np.zeros((50, 100), dtype=np.int64)
    classes[:10] = 300
    [record] = logged(mediastore.Image(PICTURE, masks={"p": {"mask_data": classes}}))
    assert record["annotations"][0]["classes"] == {"0": "class_0", "300": "class_300"}


def test_keypoints_carry_visibility_names_and_skeleton(logged: Logged) -> None:
    [found] = on_picture(
        logged,
        Keypoints.from_coco([1, 2, 2, 0, 0, 0, 5, 6, 1], names=["eye", "nose", "ear"], skeleton=[(0, 2)], label="face"),
    )
    assert found["points"] == [[1, 2, None], [None, None, None], [5, 6, None]]
    assert (found["visibility"], found["skeleton"], found["names"]) == ([2, 0, 1], [[0, 2]], ["eye", "nose", "ear"])


def test_attributes_texts_tracks_and_frames_are_kept(logged: Logged) -> None:
    frames = np.zeros((3, 16, 16, 3), dtype=np.uint8)
    boxes = [
        Box((1, 1, 5, 5), frame=n, track=np.int64(7), text="t", attrs={"n": np.int8(n)}, color="red") for n in range(3)
    ]
    [record] = logged(mediastore.Video(frames, boxes=boxes, labels=["walk", Label("run", score=0.1)]))
    found = record["annotations"]
    assert [entry.get("frame") for entry in found] == [0, 1, 2, None, None]
    assert (found[2]["track"], found[2]["attrs"], found[2]["color"]) == ("7", {"n": 2}, "#ff0000")
    assert [entry["label"] for entry in found[3:]] == ["walk", "run"]


REFUSED = {
    "box": Box((5, 5, 1, 1)),
    "nan box": Box((0, 0, float("nan"), 1)),
    "three numbers": Box((1, 2, 3)),
    "no numbers": Box("abcd"),
    "nan score": Box((0, 0, 1, 1), score=float("nan")),
    "frame": Box((0, 0, 1, 1), frame="first"),
    "negative frame": Box((0, 0, 1, 1), frame=-1),
    "scores": Box((0, 0, 1, 1), scores=3),
    "attrs": Box((0, 0, 1, 1), attrs=3),
    "two points": Polygon([(0, 0), (1, 1)]),
    "no points": Polygon(None),
    "mask shape": Mask(np.ones((3, 3))),
    "ragged mask": Mask([[1], [1, 2]]),
    "no mask": Mask(),
    "bad runs": Mask.from_rle({"size": [50, 100], "counts": [3]}),
    "bad outline": Mask.from_polygons([["a"]], (100, 50)),
    "skeleton": Keypoints([(1, 1)], skeleton=[(0, 1)]),
    "visibility": Keypoints([(1, 1)], visibility=[3]),
    "no keypoints": Keypoints(7),
}


@pytest.mark.parametrize("annotation", REFUSED.values(), ids=REFUSED)
def test_what_contradicts_itself_is_refused_in_words_and_kept_as_a_problem(logged: Logged, annotation: object) -> None:
    good = Box((1, 1, 2, 2), label="good")
    with pytest.warns(mediastore.MediaStoreWarning, match="annotation 1: "):
        [record] = logged(mediastore.Image(PICTURE, annotations=[good, annotation]), strict=False)
    assert [entry["label"] for entry in record["annotations"]] == ["good"]
    [problem] = record["problems"]
    assert problem["problem"].startswith("annotation 1: ") and problem["annotation"]["type"] == annotation.type
    with pytest.raises(mediastore.MediaStoreError, match="annotation 0: "):
        logged(mediastore.Image(PICTURE, annotations=[annotation]))


anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=3),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(
                ["box_data", "position", "middle", "width", "minX", "class_id", "scores", "label", "score"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(anything)
def test_making_annotations_never_raises(junk: object) -> None:
    found = [kind(junk, score=junk, frame=junk, attrs=junk) for kind in (Box, Polygon, Keypoints, Mask)]
    found += [Span(junk, junk), Label(junk, scores=junk), Mask(junk, classes={0: "a"})]
    pictures = [
        mediastore.Image(PICTURE, boxes={"layer": junk}, masks={"layer": junk}),
        mediastore.Image(PICTURE, boxes={"layer": {"box_data": [junk], "class_labels": junk}}),
    ]
    for annotation in [*found, *(entry for picture in pictures for entry in picture.annotations)]:
        if annotation.fault((100, 50)) is None:
            annotation.doubt((100, 50))
        if annotation.type != "mask" or annotation.fault((100, 50)) is None:
            assert annotation.record((100, 50))["type"] == annotation.type


TWO = np.array([[1.0, 2, 30, 40], [5, 6, 70, 48]])
SCORES, CLASSES = np.array([0.9, 0.4]), np.array([0, 1])
MASKS = np.zeros((2, 50, 100), dtype=bool)
MASKS[0, 2:9, 3:9] = True
POINTS = np.array([[[1.0, 2], [0, 0]], [[3, 4], [5, 6]]])
EXPECTED = [("cat", 0.9, [1, 2, 30, 40]), ("dog", 0.4, [5, 6, 70, 48])]


def coco() -> list:
    entries = [
        {"image_id": 1, "category_id": 0, "bbox": [1, 2, 29, 38], "score": 0.9, "segmentation": mask_to_rle(MASKS[0])},
        {"image_id": 1, "category_id": 1, "bbox": [5, 6, 65, 42], "score": 0.4, "segmentation": [[0, 0, 9, 0, 9, 9]]},
        {"image_id": 2, "category_id": 1, "bbox": [0, 0, 1, 1], "score": 0.1, "keypoints": [1, 2, 2]},
    ]
    return mediastore.from_coco(entries, [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}], image_id=1)


def torchvision() -> list:
    points = np.concatenate([POINTS, [[[1], [0]], [[1], [1]]]], axis=2)
    output = {"boxes": TWO, "labels": CLASSES, "scores": SCORES, "masks": MASKS[:, None] * 0.7, "keypoints": points}
    return mediastore.from_torchvision(output, ["cat", "dog"])


def ultralytics() -> list:
    boxes = SimpleNamespace(xyxy=TWO, cls=CLASSES.astype(float), conf=SCORES, id=np.array([4.0, 5.0]))
    masks = SimpleNamespace(xy=[[[0, 0], [9, 0], [9, 9]], []])
    points = SimpleNamespace(xy=POINTS, conf=np.ones((2, 2)))
    return mediastore.from_ultralytics(
        SimpleNamespace(names={0: "cat", 1: "dog"}, boxes=boxes, masks=masks, keypoints=points)
    )


def supervision() -> list:
    found = SimpleNamespace(xyxy=TWO, mask=MASKS, confidence=SCORES, class_id=CLASSES, tracker_id=None)
    found.data = {"class_name": np.array(["cat", "dog"])}
    return mediastore.from_supervision(found)


@pytest.mark.parametrize("adapter", [coco, torchvision, ultralytics, supervision])
def test_detectors_outputs_become_the_same_boxes(logged: Logged, adapter: Callable[[], list]) -> None:
    found = on_picture(logged, *adapter())
    assert [(e["label"], e["score"], e["box"]) for e in found if e["type"] == "box"] == EXPECTED
    assert {entry["type"] for entry in found} - {"box"}, "masks, outlines or keypoints come with them"
    assert all(entry["layer"] == "predictions" for entry in found)


def test_supervision_s_keypoints_and_empty_outputs() -> None:
    points = SimpleNamespace(xy=POINTS, confidence=np.full((2, 2), 0.5), class_id=CLASSES, data={})
    first, second = mediastore.from_supervision(points, ["cat", "dog"])
    assert first.points == ((1.0, 2.0, 0.5), (None, None, None)) and second.label == "dog"
    empty = SimpleNamespace(xyxy=np.zeros((0, 4)), mask=None, confidence=None, class_id=None, tracker_id=None, data={})
    assert mediastore.from_supervision(empty) == []
    assert mediastore.from_torchvision({"boxes": np.zeros((0, 4))}) == []
    assert mediastore.from_coco([]) == []
