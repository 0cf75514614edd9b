"""Objects on pictures as one COCO file: boxes, polygons, masks and keypoints, with their scores.

Source of the format: https://cocodataset.org/#format-data.
"""

import json
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from mediastore import files
from mediastore.draw.cutout import annotation_of
from mediastore.draw.shapes import annotation_bounds, area_px
from mediastore.geometry import mask_to_rle, polygons_to_mask
from mediastore.reader.search import Search
from mediastore.reader.store import Store

NO_LABEL = "no label"
SEEN, ABSENT = 2, 0
KEPT = ("layer", "score", "track", "text")
ITEM_OF = ("project", "run", "key", "step", "index")

Annotation = Mapping[str, Any]


def to_coco(store: Store, path: Path, search: Search | None = None) -> dict[str, Any]:
    """Write the annotations that `search` finds, all of the store's by default, as one COCO file.

    Every item is an image of its own: `file_name` is its path from the store's root; run, key, step and sample stand
    beside. An annotation has its box as `bbox` [x, y, width, height] in pixels, its `area` in square pixels, and beside
    COCO's own fields layer, score, track and text. Outlines with holes and masks become run lengths.

    What COCO cannot hold is left out: labels of a whole item, spans of sound, label maps, boxes in films. Returns
    {"images", "annotations", "left_out": {type: count}}, which the file's `info` repeats.
    """
    asked = search or Search(view=tuple(store.runs()["ref"]))
    told: dict[str, Any] = {}

    def fill(target: Path) -> None:
        with target.open("x", encoding="utf-8") as file:
            told.update(_write(store, asked, file))

    files.make(path, fill)
    return told


def _write(store: Store, search: Search, file: TextIO) -> dict[str, Any]:
    images = {tuple(image[name] for name in ITEM_OF): image for image in _images(store, search)}
    categories, left_out, count = _Categories(), Counter(), 0
    used: set[int] = set()
    file.write('{"annotations":[')
    for row in _rows(store, search):
        image = images.get(tuple(row[name] for name in ITEM_OF))
        annotation = annotation_of(row)
        held = None if image is None else _held(annotation, (image["width"], image["height"]))
        if held is None:
            left_out["box in a film" if "frame" in annotation else str(row["type"])] += 1
            continue
        count += 1
        used.add(image["id"])
        kept = {name: row[name] for name in KEPT if row[name] is not None}
        found = {"id": count, "image_id": image["id"], "category_id": categories.of(annotation), **held, **kept}
        file.write((",\n" if count > 1 else "\n") + json.dumps(found, ensure_ascii=False))
    told = {"images": len(used), "annotations": count, "left_out": dict(left_out)}
    rest = {"images": [image for image in images.values() if image["id"] in used], "categories": categories.listed}
    rest["info"] = {"description": "written by mediastore", **told}
    file.write("\n]," + json.dumps(rest, ensure_ascii=False)[1:] + "\n")
    return told


def _rows(store: Store, search: Search) -> chain[dict[str, Any]]:
    return chain.from_iterable(batch.to_pylist() for batch in store.find_all(search))


def _images(store: Store, search: Search) -> list[dict[str, Any]]:
    found = chain.from_iterable(batch.to_pylist() for batch in store.find_pictures(search))
    return [{"id": number, **_without_none(image)} for number, image in enumerate(found, 1)]


def _held(annotation: Annotation, size_wh: tuple[int, int]) -> dict[str, Any] | None:
    """An annotation's geometry as COCO has it; None where COCO has no place for it."""
    bounds = annotation_bounds(_present(annotation))
    if bounds is None or "frame" in annotation:
        return None
    x0, y0, x1, y1 = bounds
    held: dict[str, Any] = {"bbox": [x0, y0, x1 - x0, y1 - y0], "iscrowd": 0}
    area = area_px(annotation)
    points = annotation.get("points") or []
    if annotation["type"] == "keypoints":
        flat = [_point(point, shown) for point, shown in zip(points, _visibility(annotation), strict=False)]
        held |= {"keypoints": list(chain.from_iterable(flat)), "num_keypoints": sum(point[2] > 0 for point in flat)}
    elif annotation.get("holes"):
        mask = polygons_to_mask([points, *annotation["holes"]], size_wh)
        held["segmentation"], area = mask_to_rle(mask), float(mask.sum())
    elif annotation["type"] == "polygon":
        held["segmentation"] = [[float(side) for point in points for side in point[:2]]]
    elif rle := annotation.get("rle"):
        held["segmentation"] = rle
    return {**held, "area": (x1 - x0) * (y1 - y0) if area is None else area}


def _present(annotation: Annotation) -> Annotation:
    """Keypoints without the absent ones, which have no place."""
    if annotation["type"] != "keypoints":
        return annotation
    return {**annotation, "points": [point for point in annotation.get("points") or [] if point[0] is not None]}


def _visibility(annotation: Annotation) -> list[int]:
    points = annotation.get("points") or []
    return annotation.get("visibility") or [ABSENT if point[0] is None else SEEN for point in points]


def _point(point: list[Any], shown: int) -> tuple[float, float, int]:
    return (0.0, 0.0, ABSENT) if point[0] is None else (float(point[0]), float(point[1]), int(shown))


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class _Categories:
    """One category a label, and for keypoints one a label with its names and bones."""

    def __init__(self) -> None:
        self.listed: list[dict[str, Any]] = []
        self._known: dict[str, int] = {}

    def of(self, annotation: Annotation) -> int:
        category: dict[str, Any] = {"name": annotation.get("label") or NO_LABEL, "supercategory": ""}
        if annotation["type"] == "keypoints":
            bones = [[first + 1, second + 1] for first, second in annotation.get("skeleton") or ()]
            names = annotation.get("names") or [str(place) for place in range(len(annotation.get("points") or ()))]
            category |= {"keypoints": list(names), "skeleton": bones}
        key = json.dumps(category)
        if key not in self._known:
            self._known[key] = len(self.listed) + 1
            self.listed.append({"id": self._known[key], **category})
        return self._known[key]
