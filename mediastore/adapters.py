"""Annotations from what detectors hand out. None of their packages is imported: only their attributes are read.

Each function returns a list that `Image(…, annotations=…)` and `Video(…, annotations=…)` take, one entry or more a
detection (a box, and its mask or keypoints where there are any), in the order of the detections.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mediastore.annotation import PREDICTIONS, Annotation
from mediastore.annotations import Box, Keypoints, Label, Mask, Polygon
from mediastore.errors import MediaStoreTypeError, shortened
from mediastore.tensors import to_array
from mediastore.wandb_dialect import class_labels

MASK_THRESHOLD = 0.5


def from_coco(
    results: Iterable[Mapping[str, Any]],
    categories: Any = None,
    *,
    image_id: Any = None,
    layer: str = PREDICTIONS,
    frame: int | None = None,
) -> list[Annotation]:
    """Entries of a COCO result or annotation list: boxes, segmentations (run lengths or polygons) and keypoints.

    categories: COCO's own list, or labels by id. image_id: only the entries of that image.
    Format: https://cocodataset.org/#format-results.
    """
    labels = class_labels(categories)
    by_id = {entry.get("id"): entry for entry in categories or () if isinstance(entry, Mapping)}
    found: list[Annotation] = []
    for entry in results:
        if image_id is not None and entry.get("image_id") != image_id:
            continue
        category = entry.get("category_id")
        shared = {"label": labels.get(category, category), "score": entry.get("score"), "layer": layer, "frame": frame}
        if entry.get("bbox") is not None:
            found.append(Box.from_xywh(entry["bbox"], **shared))
        found += _coco_segmentation(entry.get("segmentation"), shared)
        if entry.get("keypoints") is not None:
            found.append(Keypoints.from_coco(entry["keypoints"], **_coco_names(by_id.get(category, {})), **shared))
    return found


def from_torchvision(
    output: Mapping[str, Any],
    labels: Any = None,
    *,
    skeleton: Sequence[Sequence[int]] | None = None,
    layer: str = PREDICTIONS,
    frame: int | None = None,
) -> list[Annotation]:
    """One picture's output of a torchvision detector (or its target): boxes, labels, scores, masks, keypoints.

    labels: names by class id. Masks of probabilities are cut at 0.5.
    """
    if not isinstance(output, Mapping) or "boxes" not in output:
        raise MediaStoreTypeError(
            f"output must be a dictionary with 'boxes' of one picture, got {shortened(output)}; pass model(…)[0]"
        )
    boxes = _array(output["boxes"])
    shared = _shared(
        len(boxes), class_labels(labels), _array(output.get("labels")), _array(output.get("scores")), None, layer, frame
    )
    masks, points, scores = (_array(output.get(name)) for name in ("masks", "keypoints", "keypoints_scores"))
    found: list[Annotation] = []
    for row, box in enumerate(boxes):
        found.append(Box(box.tolist(), **shared[row]))
        if masks is not None:
            found.append(Mask(masks[row] if masks.dtype == bool else masks[row] > MASK_THRESHOLD, **shared[row]))
        if points is not None:
            seen = _visible(points[row][:, 2], points[row][:, :2], None if scores is None else scores[row])
            found.append(Keypoints(seen, skeleton=skeleton, **shared[row]))
    return found


def from_ultralytics(
    result: Any,
    *,
    skeleton: Sequence[Sequence[int]] | None = None,
    layer: str = PREDICTIONS,
    frame: int | None = None,
) -> list[Annotation]:
    """One ultralytics `Results`: boxes, rotated boxes and masks as polygons, keypoints, class probabilities."""
    names = class_labels(getattr(result, "names", None))
    found: list[Annotation] = []
    for part, geometry in (("boxes", "xyxy"), ("obb", "xyxyxyxy")):
        group = getattr(result, part, None)
        if group is None:
            continue
        rows = _array(getattr(group, geometry))
        shared = _shared(
            len(rows), names, _array(group.cls), _array(group.conf), _array(getattr(group, "id", None)), layer, frame
        )
        outlines = getattr(getattr(result, "masks", None), "xy", None)
        points = getattr(result, "keypoints", None)
        for row, corners in enumerate(rows):
            found.append((Box if part == "boxes" else Polygon)(corners.tolist(), **shared[row]))
            if outlines is not None and len(outlines[row]):
                found.append(Polygon(_array(outlines[row]), **shared[row]))
            if points is not None:
                scores = _array(getattr(points, "conf", None))
                seen = _visible(None, _array(points.xy)[row], None if scores is None else scores[row])
                found.append(Keypoints(seen, skeleton=skeleton, **shared[row]))
    probabilities = getattr(result, "probs", None)
    if probabilities is not None:
        best = zip(_array(probabilities.top5), _array(probabilities.top5conf), strict=True)
        found += [Label(names.get(int(at), int(at)), score=score, layer=layer, frame=frame) for at, score in best]
    return found


def from_supervision(
    detections: Any,
    labels: Any = None,
    *,
    skeleton: Sequence[Sequence[int]] | None = None,
    layer: str = PREDICTIONS,
    frame: int | None = None,
) -> list[Annotation]:
    """A supervision `Detections` (boxes, masks, tracks) or `KeyPoints`.

    labels: names by class id; without them `data["class_name"]` where it is there.
    """
    given = getattr(detections, "data", None) or {}
    ids, names = _array(getattr(detections, "class_id", None)), class_labels(labels)
    if not names and "class_name" in given:
        ids = np.asarray(given["class_name"])
    if hasattr(detections, "xyxy"):
        boxes, masks = _array(detections.xyxy), getattr(detections, "mask", None)
        scores, tracks = _array(detections.confidence), _array(getattr(detections, "tracker_id", None))
        shared = _shared(len(boxes), names, ids, scores, tracks, layer, frame)
        found: list[Annotation] = []
        for row, box in enumerate(boxes):
            found.append(Box(box.tolist(), **shared[row]))
            if masks is not None:
                found.append(Mask(masks[row], **shared[row]))
        return found
    points = _array(detections.xy)
    is_new = hasattr(detections, "keypoint_confidence")  # there, to ask for the older name is a warning
    scores = _array(detections.keypoint_confidence if is_new else getattr(detections, "confidence", None))
    main = _array(getattr(detections, "detection_confidence", None))
    shared = _shared(len(points), names, ids, main, None, layer, frame)
    return [
        Keypoints(
            _visible(None, points[row], None if scores is None else scores[row]), skeleton=skeleton, **shared[row]
        )
        for row in range(len(points))
    ]


def _array(values: Any) -> Any:
    """A tensor or sequence as a numpy array; None stays None."""
    return None if values is None else to_array(values)


def _shared(
    count: int, names: Mapping[Any, str], ids: Any, scores: Any, tracks: Any, layer: str, frame: int | None
) -> list[dict[str, Any]]:
    """The fields that every annotation of a detection has, one dictionary a detection."""
    columns = [[None] * count if column is None else column.tolist() for column in (ids, scores, tracks)]
    return [
        {
            "label": names.get(int(label) if isinstance(label, float) else label, label),
            "score": score,
            "track": None if track is None else int(track),
            "layer": layer,
            "frame": frame,
        }
        for label, score, track in zip(*columns, strict=True)
    ]


def _visible(visibility: Any, xy: Any, scores: Any) -> list[tuple[float | None, ...] | None]:
    """Points with their scores; None where visibility is 0 or, without one, where a detector left both at 0."""
    there = xy.any(axis=1) if visibility is None else visibility > 0
    confidences = [None] * len(xy) if scores is None else scores.tolist()
    return [
        (*point, score) if seen else None for point, score, seen in zip(xy.tolist(), confidences, there, strict=True)
    ]


def _coco_segmentation(segmentation: Any, shared: Mapping[str, Any]) -> list[Annotation]:
    if isinstance(segmentation, Mapping):
        return [Mask.from_rle(segmentation, **shared)]
    return [Polygon(outline, **shared) for outline in segmentation or ()]


def _coco_names(category: Mapping[str, Any]) -> dict[str, Any]:
    """Names and skeleton of a category; COCO counts points from 1."""
    found: dict[str, Any] = {}
    if category.get("keypoints"):
        found["names"] = category["keypoints"]
    if category.get("skeleton"):
        found["skeleton"] = [(int(first) - 1, int(second) - 1) for first, second in category["skeleton"]]
    return found
