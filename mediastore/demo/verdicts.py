"""A table of what was found in held-out pictures, one detection a row, as people log them to look through."""

from collections.abc import Iterator, Sequence

import mediastore
from mediastore.demo.detector import LABELS, Detections, box_iou
from mediastore.demo.scenes import Scene

COLUMNS = ["picture", "said", "score", "truth", "right", "overlap", "scene"]
A_SCENE = 6
FOUND_FROM = 0.5
"""The overlap (IoU) from which a detection has found a digit."""


def table(scenes: Sequence[Scene], found: Sequence[Detections]) -> mediastore.Table:
    """The best A_SCENE detections of each scene: what was cut out, what was said with which score, what is true."""
    rows = [row for scene, detections in zip(scenes, found, strict=True) for row in _rows(scene, detections)]
    return mediastore.Table(columns=COLUMNS, data=rows)


def _rows(scene: Scene, found: Detections) -> Iterator[list[object]]:
    overlaps = box_iou(found.boxes, scene.boxes) if len(found.boxes) else []
    for place, overlap in enumerate(overlaps[:A_SCENE]):
        x0, y0, x1, y1 = found.boxes[place].astype(int)
        best = int(overlap.argmax())
        said, truth = LABELS[found.labels[place]], LABELS[scene.labels[best]]
        truth = truth if overlap[best] >= FOUND_FROM else "nothing here"
        picture = mediastore.Image(scene.pixels[max(0, y0) : y1, max(0, x0) : x1])
        yield [
            picture,
            said,
            round(float(found.scores[place]), 3),
            truth,
            said == truth,
            round(float(overlap[best]), 3),
            scene.name,
        ]
