"""Held-out pictures with what is true and what was found, as they are logged."""

from collections.abc import Iterable

import cv2
import numpy as np

import mediastore
from mediastore.demo.detector import LABELS, Detections
from mediastore.demo.precision import found_digits
from mediastore.demo.scenes import Scene

SURE = 0.5
"""A detection from this score on counts as one that the detector would stand by."""


def with_boxes(scene: Scene, found: Detections, loss: float) -> mediastore.Image:
    """A picture with the true boxes and all that were found, and what the detector lost on it."""
    hits = found_digits(scene, found, SURE)
    sure = int((found.scores >= SURE).sum())
    truth = [
        mediastore.Box(box, label=LABELS[label], layer="ground_truth")
        for box, label in zip(scene.boxes, scene.labels, strict=True)
    ]
    predictions = [
        mediastore.Box(box, label=LABELS[label], score=score, layer="predictions")
        for box, label, score in zip(found.boxes, found.labels, found.scores, strict=True)
    ]
    return mediastore.Image(
        scene.pixels,
        caption=f"{scene.name}: {hits} of {len(scene.labels)} digits found, {sure - hits} false",
        sample=scene.name,
        values={"loss": loss, "found": hits, "missed": len(scene.labels) - hits, "false": sure - hits},
        boxes=truth + predictions,
    )


def with_masks(scene: Scene, found: Detections) -> mediastore.Image:
    """A picture with the ink of its digits, and the ink in the boxes that the detector would stand by."""
    truth = [
        mediastore.Mask(ink, label=LABELS[label], layer="ground_truth")
        for ink, label in zip(scene.ink, scene.labels, strict=True)
    ]
    predictions = [
        mediastore.Mask(_ink(scene.pixels, box), label=LABELS[label], score=score, layer="predictions")
        for box, label, score in zip(found.boxes, found.labels, found.scores, strict=True)
        if score >= SURE
    ]
    return mediastore.Image(scene.pixels, caption=f"{scene.name}: ink", sample=scene.name, masks=truth + predictions)


def with_label_maps(scene: Scene, found: Detections) -> mediastore.Image:
    """A picture with whose ink each pixel is: in truth, and by the boxes that the detector would stand by."""
    truth = _label_map(scene.pixels, zip(scene.ink, scene.labels, strict=True))
    surest_last = [place for place in found.scores.argsort() if found.scores[place] >= SURE]
    said = _label_map(scene.pixels, ((_ink(scene.pixels, found.boxes[at]), found.labels[at]) for at in surest_last))
    classes = dict(enumerate(LABELS, start=1))
    masks = [
        mediastore.Mask(labels, classes=classes, layer=layer)
        for layer, labels in (("ground_truth", truth), ("predictions", said))
    ]
    return mediastore.Image(scene.pixels, caption=f"{scene.name}: whose ink", sample=scene.name, masks=masks)


def _label_map(pixels: np.ndarray, parts: Iterable[tuple[np.ndarray, int]]) -> np.ndarray:
    """0 for the ground, else 1 + the label of the last mask that covers the pixel; shape (height, width)."""
    labels = np.zeros(pixels.shape[:2], np.uint8)
    for mask, label in parts:
        labels[mask] = label + 1
    return labels


def _ink(pixels: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The bright half of a box, by Otsu's threshold: what the detector holds for the digit's ink."""
    x0, y0, x1, y1 = box.astype(int)
    value = np.ascontiguousarray(pixels[y0:y1, x0:x1].max(axis=2))
    _, bright = cv2.threshold(value, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    mask = np.zeros(pixels.shape[:2], bool)
    mask[y0:y1, x0:x1] = bright
    return mask
