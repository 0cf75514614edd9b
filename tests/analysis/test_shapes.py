"""Masks, outlines, keypoints and spans: COCO's numbers where COCO has them, else numbers that one can do by hand."""

import contextlib
import io
import itertools
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

import mediastore
from mediastore.analysis.shapes import PERSON, shape_from_record
from mediastore.geometry import mask_to_rle, polygons_to_mask, rle_to_mask

SIZE = (64, 48)
EDGE = 0.75
"""So near to an outline, in pixels, may the two fillings differ."""


def blob(random: np.random.Generator) -> list[list[float]]:
    centre, radius = random.uniform((12, 12), (52, 36)), random.uniform(4, 12)
    angles = np.sort(random.uniform(0, 2 * np.pi, 9))
    return (centre + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)).tolist()


def coco_says(kind: str, truths: list[dict], found: list[dict], items: int, most: int = 20) -> list[float]:
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": item, "width": SIZE[0], "height": SIZE[1]} for item in range(items)],
            "annotations": [row | {"id": at, "iscrowd": row.get("iscrowd", 0)} for at, row in enumerate(truths, 1)],
            "categories": [{"id": at, "name": str(at)} for at in range(2)],
        }
        truth.createIndex()
        judged = COCOeval(truth, truth.loadRes(found), kind)
        judged.params.maxDets = [1, 10, 100] if kind == "segm" else [most]
        judged.evaluate()
        judged.accumulate()
        if kind == "keypoints":
            return of_keypoints(judged.eval)
        judged.summarize()
    return judged.stats.tolist()


def of_keypoints(told: dict[str, Any]) -> list[float]:
    """AP, AP50, AP75, AP of medium and large ones, AR likewise, as `summarize` has them, which knows 20 alone."""
    precision, recall = told["precision"][:, :, :, :, 0], told["recall"][:, :, :, 0]
    of_precision = [
        precision[:, :, :, 0],
        precision[0, :, :, 0],
        precision[5, :, :, 0],
        precision[..., 1],
        precision[..., 2],
    ]
    parts = [*of_precision, *(recall[..., area] for area in range(3))]
    return [float(part[part > -1].mean()) if (part > -1).any() else -1.0 for part in parts]


def test_masks_and_outlines_have_the_numbers_of_pycocotools(root: Path) -> None:
    random = np.random.default_rng(3)
    truths: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    with mediastore.init(project="demo", dir=root) as run:
        pictures = []
        for item in range(12):
            drawn: dict[str, list] = {"polygons": [], "masks": []}
            for number in range(3):
                outline, label = blob(random), str(int(random.integers(0, 2)))
                pixels = polygons_to_mask([outline], SIZE)
                rle = mask_to_rle(pixels)
                area = int(pixels.sum())
                row = {"image_id": item, "category_id": int(label), "segmentation": rle}
                is_crowd = number == 2 and item % 3 == 0
                truths.append(row | {"area": area, "iscrowd": int(is_crowd), "bbox": coco_mask.toBbox(rle).tolist()})
                attrs = {"iscrowd": 1} if is_crowd else None
                shared = {"label": label, "layer": "ground_truth", "attrs": attrs}
                drawn["polygons"].append(mediastore.Polygon(outline, **shared))
                for shift in random.integers(-4, 5, (2, 2)):
                    moved, score = np.roll(pixels, shift, axis=(0, 1)), round(float(random.random()), 2)
                    drawn["masks"].append(mediastore.Mask(moved, label=label, score=score))
                    found.append(row | {"segmentation": mask_to_rle(moved), "score": score})
            pictures.append(mediastore.Image(np.full((48, 64, 3), item, np.uint8), **drawn))
        run.log({"val": pictures}, step=0)
    told = mediastore.Store(root).evaluate("val").summary().iloc[0]
    names = "AP AP50 AP75 AP_small AP_medium AP_large AR_1 AR_10 AR_100 AR_small AR_medium AR_large".split()
    said = [nan_for(value) for value in coco_says("segm", truths, found, 12)]
    assert told[names].tolist() == pytest.approx(said, abs=1e-6, nan_ok=True)
    assert 0.05 < told["AP"] < 0.9


@st.composite
def outlines(draw: st.DrawFn) -> list[list[float]]:
    """Corners around a centre, by falling angle: simple, often concave, partly outside of the picture."""
    count = draw(st.integers(3, 9))
    centre = draw(st.tuples(st.floats(0, SIZE[0]), st.floats(0, SIZE[1])))
    radii = draw(st.lists(st.floats(2, 30), min_size=count, max_size=count))
    return [
        [centre[0] + radius * np.cos(2 * np.pi * at / count), centre[1] + radius * np.sin(2 * np.pi * at / count)]
        for at, radius in enumerate(radii)
    ]


def filled_by_coco(outline: list[list[float]]) -> np.ndarray:
    flat = [coordinate for point in outline for coordinate in point]
    (rle,) = coco_mask.frPyObjects([flat], SIZE[1], SIZE[0])
    return rle_to_mask({"size": rle["size"], "counts": rle["counts"].decode()})


def pixels_at_the_edge(outline: list[list[float]], reach: float) -> np.ndarray:
    """Pixels whose centres lie within `reach` pixels of the outline."""
    centres = np.stack(np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1])), axis=2) + 0.5
    near = np.full(SIZE[::-1], np.inf)
    for one, other in itertools.pairwise([*outline, outline[0]]):
        begin, along = np.array(one), np.array(other) - np.array(one)
        length = max(float(along @ along), 1e-12)
        part = np.clip(((centres - begin) @ along) / length, 0, 1)
        near = np.minimum(near, np.linalg.norm(centres - begin - part[..., None] * along, axis=2))
    return near <= reach


@settings(max_examples=80, deadline=None)
@given(outline=outlines())
def test_outlines_are_filled_as_pycocotools_does_but_for_pixels_at_the_edge(outline: list[list[float]]) -> None:
    ours, theirs = polygons_to_mask([outline], SIZE), filled_by_coco(outline)
    assert not ((ours != theirs) & ~pixels_at_the_edge(outline, EDGE)).any()


@pytest.mark.parametrize("seed", range(2))
def test_keypoints_have_the_numbers_of_pycocotools(root: Path, seed: int) -> None:
    """More than COCO's 20 predictions of an item, truths of all sizes, and some whose points nobody sees."""
    random = np.random.default_rng(seed)
    truths, found, pictures = [], [], []
    for item in range(6):
        drawn = []
        for number in range(3):
            xy, area = (
                random.uniform((5, 5), (60, 44), (len(PERSON), 2)).round(2),
                float(random.choice([900, 2e3, 2e4])),
            )
            seen = random.integers(0, 3, len(PERSON)) * (number != 2)
            seen[0] = 2 * (number != 2)
            flat = np.concatenate([xy, seen[:, None]], axis=1).ravel().tolist()
            row = {"image_id": item, "category_id": 0, "keypoints": flat, "bbox": [30 * number, 5, 25, 39]}
            truths.append(row | {"num_keypoints": int((seen > 0).sum()), "area": area})
            attrs = {"area": area, "bbox": row["bbox"]}
            drawn.append(mediastore.Keypoints.from_coco(flat, label="0", layer="ground_truth", attrs=attrs))
            for spread in random.choice([0.5, 1.0, 4.0], 9):
                moved, score = (xy + random.normal(0, spread, xy.shape)).round(2), round(float(random.random()), 3)
                drawn.append(mediastore.Keypoints(moved.tolist(), label="0", score=score))
                flat = np.concatenate([moved, np.ones((len(moved), 1))], axis=1).ravel().tolist()
                found.append({"image_id": item, "category_id": 0, "keypoints": flat, "score": score})
        pictures.append(mediastore.Image(np.full((48, 64, 3), item, np.uint8), keypoints=drawn))
    with mediastore.init(project="demo", dir=root) as run:
        run.log({"val": pictures}, step=0)
    store = mediastore.Store(root)
    names = "AP AP50 AP75 AP_medium AP_large AR_100 AR_medium AR_large".split()
    asked = {20: store.evaluate("val"), 5: store.evaluate("val", max_detections=5)}
    ours = {most: evaluation.summary().iloc[0][names].tolist() for most, evaluation in asked.items()}
    for most, told in ours.items():
        said = coco_says("keypoints", truths, found, 6, most)
        assert told == pytest.approx([nan_for(value) for value in said], abs=1e-6, nan_ok=True)
    assert 0.1 < ours[5][0] < ours[20][0] < 0.95


def nan_for(value: float) -> float:
    return float("nan") if value == -1 else value


def test_keypoints_of_several_skeletons_are_compared_each_with_its_own(root: Path) -> None:
    drawn = [mediastore.Keypoints([(at, at) for at in range(2, 19)], label="a", layer="ground_truth")]
    drawn += [
        mediastore.Keypoints([(5, 5), (20, 20)], label="b", layer=layer) for layer in ("ground_truth", "predictions")
    ]
    with mediastore.init(project="demo", dir=root) as run:
        run.log({"val": mediastore.Image(np.zeros((48, 64, 3), np.uint8), keypoints=drawn)}, step=0)
    assert mediastore.Store(root).evaluate("val").counts()[["TP", "FP", "FN"]].values.tolist() == [[1, 0, 1]]


def test_spans_are_compared_by_their_seconds(root: Path) -> None:
    sound = np.zeros(16000, np.float32)
    truth = [mediastore.Span(start, start + 1.0, label="speech", layer="ground_truth") for start in (0.0, 3.0)]
    found = [mediastore.Span(0.2, 1.2, label="speech", score=0.9), mediastore.Span(3.6, 4.6, label="speech", score=0.8)]
    with mediastore.init(project="demo", dir=root) as run:
        run.log({"talk": mediastore.Audio(sound, sample_rate=8000, spans=[*truth, *found])}, step=0)
    told = mediastore.Store(root).evaluate("talk")
    assert told.objects()["overlap"].tolist()[:2] == pytest.approx([0.8 / 1.2, 0.4 / 1.6])
    assert told.counts(0.5)[["TP", "FP", "FN"]].values.tolist() == [[1, 1, 1]]
    assert told.counts(0.25)[["TP", "FP", "FN"]].values.tolist() == [[2, 0, 0]]
    assert told.counts(0.5)["localisation"].tolist() == [1]


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"rle": {"size": [10**9, 10**9], "counts": "0"}},
        {"rle": {"size": [4, 4], "counts": "~~~"}},
        {"rle": 7},
        {"points": [[0, 0], ["x", 1]]},
        {"points": []},
        {"points": [[0, 0], [1e300, 1e300], [5, float("nan")]]},
    ],
)
def test_a_broken_geometry_overlaps_nothing(record: dict) -> None:
    assert shape_from_record(record, None).area == 0
    assert shape_from_record(record, SIZE).area == 0


def test_frames_of_a_video_are_compared_one_by_one(root: Path) -> None:
    truth = [mediastore.Box((0, 0, 9, 9), label="a", frame=frame, layer="ground_truth") for frame in (0, 1)]
    found = [mediastore.Box((0, 0, 9, 9), label="a", frame=frame, score=0.9) for frame in (1, 2)]
    with mediastore.init(project="demo", dir=root) as run:
        run.log({"film": mediastore.Video(np.zeros((4, 32, 32, 3), np.uint8), fps=4, boxes=[*truth, *found])}, step=0)
    told = mediastore.Store(root).evaluate("film").counts()
    assert told[["TP", "FP", "FN"]].values.tolist() == [[1, 1, 1]]
