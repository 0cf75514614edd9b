"""What is compared, by its geometry: boxes and spans as they are, masks and keypoints from their records."""

import json
from typing import Any

import numpy as np
import pandas as pd

from mediastore.analysis.objects import Comparison
from mediastore.analysis.shapes import Points, Shape, overlapping_points, overlapping_shapes, shape_from_record
from mediastore.reader import comparisons
from mediastore.reader.comparisons import Columns

RECORDS = {"mask": "a.rest", "keypoints": "json_merge_patch(a.rest, json_object('bbox', a.attrs -> '$.bbox'))"}
"""What is read of each annotation where its columns do not say enough, in SQL."""
_CORNERS = ("x0", "y0", "x1", "y1")


def compare(geometry: str, labels: list[str], items: pd.DataFrame, predictions: Columns, truths: Columns) -> Comparison:
    """The comparison of two sides' columns, which hold each annotation's geometry as JSON under `record`."""
    records = [[_parsed(text) for text in side.pop("record")] for side in (predictions, truths)]
    if geometry == "mask":
        return _masks(labels, items, predictions, truths, records)
    if geometry == "keypoints":
        return _keypoints(labels, items, predictions, truths, records)
    if geometry == "label":
        for side in (predictions, truths):
            _set_boxes(side, np.tile([0.0, 0.0, 1.0, 1.0], (len(side["item"]), 1)))
    return comparisons.make(labels, len(items), predictions, truths)


def _masks(
    labels: list[str], items: pd.DataFrame, predictions: Columns, truths: Columns, records: list[list[dict]]
) -> Comparison:
    sizes = [_size(width, height) for width, height in zip(items["width"], items["height"], strict=True)]
    shapes: list[list[Shape]] = []
    for side, told in zip((predictions, truths), records, strict=True):
        found = [shape_from_record(one, sizes[item]) for one, item in zip(told, side["item"], strict=True)]
        _set_boxes(side, np.array([shape.xyxy for shape in found]).reshape(-1, 4))
        side["pixels"] = np.array([shape.area for shape in found])
        shapes.append(found)

    def measure(found: Any, asked: Any, rows: np.ndarray, columns: np.ndarray) -> Any:
        return overlapping_shapes(found, asked, [shapes[0][row] for row in rows], [shapes[1][row] for row in columns])

    return comparisons.make(labels, len(items), predictions, truths, measure)


def _keypoints(
    labels: list[str], items: pd.DataFrame, predictions: Columns, truths: Columns, records: list[list[dict]]
) -> Comparison:
    points = [Points.from_records(told) for told in records]
    for side, found in zip((predictions, truths), points, strict=True):
        _set_boxes(side, found.box)
    truths["ignored"] = truths["ignored"] | ~points[1].seen.any(axis=1)

    def measure(found: Any, asked: Any, rows: np.ndarray, columns: np.ndarray) -> Any:
        return overlapping_points(found, asked, points[0].take(rows), points[1].take(columns))

    return comparisons.make(labels, len(items), predictions, truths, measure)


def _set_boxes(side: Columns, boxes: np.ndarray) -> None:
    for axis, name in enumerate(_CORNERS):
        side[name] = boxes[:, axis]


def _size(width: Any, height: Any) -> tuple[int, int] | None:
    return None if pd.isna(width) or pd.isna(height) else (int(width), int(height))


def _parsed(text: Any) -> dict:
    return json.loads(text) if isinstance(text, str) else {}
