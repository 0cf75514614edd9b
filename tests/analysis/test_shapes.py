"""Masks, outlines, keypoints and spans: COCO's numbers where COCO has them, else numbers that one can do by hand."""

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

import mediastore
from mediastore.analysis.shapes import PERSON, shape_from_record
from mediastore.geometry import mask_to_rle, polygons_to_mask

SIZE = (64, 48)


def blob(random: np.random.Generator) -> list[list[float]]:
    centre, radius = random.uniform((12, 12), (52, 36)), random.uniform(4, 12)
    angles = np.sort(random.uniform(0, 2 * np.pi, 9))
    return (centre + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)).tolist()


def coco_says(kind: str, truths: list[dict], found: list[dict], items: int) -> list[float]:
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": item, "width": SIZE[0], "height": SIZE[1]} for item in range(items)],
            "annotations": [row | {"id": at, "iscrowd": row.get("iscrowd", 0)} for at, row in enumerate(truths, 1)],
            "categories": [{"id": at, "name": str(at)} for at in range(2)],
        }
        truth.createIndex()
        judged = COCOeval(truth, truth.loadRes(found), kind)
        judged.params.maxDets = [1, 10, 100] if kind == "segm" else [20]
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return judged.stats.tolist()


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
    said = [float("nan") if value == -1 else value for value in coco_says("segm", truths, found, 12)]
    assert told[names].tolist() == pytest.approx(said, abs=1e-6, nan_ok=True)
    assert 0.05 < told["AP"] < 0.9


def test_keypoints_have_the_numbers_of_pycocotools(root: Path) -> None:
    random = np.random.default_rng(4)
    truths, found = [], []
    with mediastore.init(project="demo", dir=root) as run:
        pictures = []
        for item in range(10):
            drawn = []
            for _ in range(2):
                xy = random.uniform((5, 5), (60, 44), (len(PERSON), 2)).round(2)
                seen = random.integers(0, 3, len(PERSON))
                seen[0] = 2
                triples = np.concatenate([xy, seen[:, None]], axis=1)
                row = {"image_id": item, "category_id": 0, "keypoints": triples.ravel().tolist()}
                truths.append(row | {"num_keypoints": int((seen > 0).sum()), "area": 900.0, "bbox": [5, 5, 55, 39]})
                shared = {"label": "0", "layer": "ground_truth", "attrs": {"area": 900.0}}
                drawn.append(mediastore.Keypoints.from_coco(row["keypoints"], **shared))
                for spread in (1.0, 4.0):
                    moved = (xy + random.normal(0, spread, xy.shape)).round(2)
                    score = round(float(random.random()), 3)
                    drawn.append(mediastore.Keypoints(moved.tolist(), label="0", score=score))
                    flat = np.concatenate([moved, np.ones((len(moved), 1))], axis=1).ravel().tolist()
                    found.append(row | {"keypoints": flat, "score": score})
            pictures.append(mediastore.Image(np.full((48, 64, 3), item, np.uint8), keypoints=drawn))
        run.log({"val": pictures}, step=0)
    told = mediastore.Store(root).evaluate("val").summary().iloc[0]
    said = coco_says("keypoints", truths, found, 10)
    assert told[["AP", "AP50", "AP75"]].tolist() == pytest.approx(said[:3], abs=1e-6)
    assert 0.1 < told["AP"] < 0.95


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
