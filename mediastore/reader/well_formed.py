"""Records as every reader may rely on them: what has another type than the format says is set aside, and kept.

A sidecar may be written by any tool, so that any field may hold anything. Here a field of the format either has the
type that it must have, or stands under `misfits`, where people see it and nothing computes with it.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

MASK_PIXELS_MAX = 2**26
COORDINATE_MAX = 1e9
MISFITS = "misfits"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63


def _finite(value: Any) -> bool:
    return _number(value) and math.isfinite(value) and abs(value) <= COORDINATE_MAX


def _size(value: Any) -> bool:
    return _number(value) and math.isfinite(value) and value > 0


def _length(value: Any) -> bool:
    return _finite(value) and value >= 0


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _map(value: Any) -> bool:
    return isinstance(value, dict)


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _box(value: Any) -> bool:
    return _span(value, 4)


def _span(value: Any, count: int = 2) -> bool:
    return isinstance(value, list) and len(value) == count and all(map(_finite, value))


def _points(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_point, value))


def _point(value: Any) -> bool:
    if not isinstance(value, list) or len(value) not in (2, 3):
        return False
    is_absent = len(value) == 3 and value[:2] == [None, None]
    return (is_absent or all(map(_finite, value[:2]))) and (len(value) == 2 or value[2] is None or _finite(value[2]))


def _bones(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(bone, list) and len(bone) == 2 and all(map(_count, bone)) for bone in value
    )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _classes(value: Any) -> bool:
    return isinstance(value, dict) and all(name.isdecimal() and len(name) < 19 and _text(value[name]) for name in value)


def _rle(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("counts"), str | list):
        return False
    size, counts = value.get("size"), value["counts"]
    is_size = isinstance(size, list) and len(size) == 2 and all(map(_count, size))
    return is_size and size[0] * size[1] <= MASK_PIXELS_MAX and (isinstance(counts, str) or all(map(_count, counts)))


Rule = Callable[[Any], bool]
ITEM: Mapping[str, Rule] = {
    **dict.fromkeys(("project", "run", "key", "kind", "writer", "caption", "sample", "problem", "file", "path"), _text),
    **dict.fromkeys(("playable", "playable_reason", "media_type", "codec", "sha256", "reference"), _text),
    **dict.fromkeys(("step", "index", "bytes", "rows", "frames", "channels"), _count),
    **dict.fromkeys(("width", "height", "sample_rate", "fps"), _size),
    **dict.fromkeys(("values", "scene"), _map),
    **dict.fromkeys(("annotations", "problems", "columns"), _list),
    "time": _number,
    "duration_s": _length,
}
ANNOTATION: Mapping[str, Rule] = {
    **dict.fromkeys(("type", "label", "layer", "text", "track", "mask_file", "color"), _text),
    **dict.fromkeys(("attrs", "scores"), _map),
    "score": _finite,
    "frame": _count,
    "box": _box,
    "span": _span,
    "points": _points,
    "names": _texts,
    "skeleton": _bones,
    "rle": _rle,
    "classes": _classes,
}


def well_formed(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with `misfits`, where it has any: the fields that were not what the format says, as they were."""
    kept, misfits = _parted(record, ITEM)
    annotations = [_annotation(one) for one in kept.get("annotations") or ()]
    if annotations:
        kept["annotations"] = [one for one, _ in annotations if one]
        if wrong := {str(place): odd for place, (_, odd) in enumerate(annotations) if odd}:
            misfits["annotations"] = wrong
    return kept | {MISFITS: misfits} if misfits else kept


def _annotation(given: Any) -> tuple[dict[str, Any], Any]:
    if not isinstance(given, dict):
        return {}, given
    texts = {name: str(given[name]) for name in ("label", "track") if _number(given.get(name))}
    return _parted(given | texts, ANNOTATION)


def _parted(given: Mapping[str, Any], rules: Mapping[str, Rule]) -> tuple[dict[str, Any], dict[str, Any]]:
    misfits = {name: value for name, value in given.items() if name in rules and not rules[name](value)}
    return {name: value for name, value in given.items() if name not in misfits}, misfits
