"""How good detections are: average precision at IoU 0.5, as in PASCAL VOC 2010 (area under the precision envelope)."""

from collections.abc import Sequence

import numpy as np

from mediastore.demo.detector import Detections, box_iou
from mediastore.demo.scenes import Scene

IOU_AT_LEAST = 0.5


def average_precision(scenes: Sequence[Scene], found: Sequence[Detections], label: int) -> float | None:
    """Average precision of one label over pictures, 0 to 1; None where the pictures do not have the label."""
    truths = sum(int((scene.labels == label).sum()) for scene in scenes)
    if not truths:
        return None
    scores, hits = [np.zeros(0)], [np.zeros(0, bool)]
    for scene, detections in zip(scenes, found, strict=True):
        mine = detections.labels == label
        scores.append(detections.scores[mine])
        hits.append(_hits(detections.boxes[mine], scene.boxes[scene.labels == label]))
    hit = np.concatenate(hits)[np.argsort(-np.concatenate(scores), kind="stable")]
    recall = np.cumsum(hit) / truths
    precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0) * envelope))


def found_digits(scene: Scene, found: Detections, score_at_least: float) -> int:
    """How many digits of a picture were found: right label, IoU of 0.5, each truth once."""
    sure = found.scores >= score_at_least
    return sum(
        int(_hits(found.boxes[sure & (found.labels == label)], scene.boxes[scene.labels == label]).sum())
        for label in np.unique(scene.labels)
    )


def _hits(boxes: np.ndarray, truths: np.ndarray) -> np.ndarray:
    overlap = box_iou(boxes, truths)
    hits = np.zeros(len(boxes), bool)
    for i in range(len(boxes)):
        if len(truths) and overlap[i].max() >= IOU_AT_LEAST:
            hits[i] = True
            overlap[:, overlap[i].argmax()] = 0
    return hits
