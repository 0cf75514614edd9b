"""What a browser needs of a record to draw it: small, plain, in pixels. The drawing itself is overlay.js."""

from collections.abc import Callable, Mapping
from typing import Any

DRAWN = (
    *("type", "label", "score", "layer", "box", "points", "skeleton", "names", "rle", "classes"),
    *("mask_url", "frame", "track", "span", "color", "text"),
)
DECIMALS = 2

Record = Mapping[str, Any]
UrlOf = Callable[[str], str]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return value


def drawn_annotation(annotation: Mapping[str, Any], url_of: UrlOf) -> dict[str, Any]:
    """One annotation with the fields that are drawn; a label map's `mask_path` becomes `mask_url`."""
    drawn = {name: annotation[name] for name in DRAWN if annotation.get(name) is not None}
    for name in ("box", "points"):
        if name in drawn:
            drawn[name] = _rounded(drawn[name])
    if isinstance(drawn.get("score"), float):
        drawn["score"] = round(drawn["score"], 4)
    if path := annotation.get("mask_path"):
        drawn["mask_url"] = url_of(path)
    return drawn


def drawn_item(record: Record, url_of: UrlOf) -> dict[str, Any]:
    """Size in pixels (`w`, `h`) and annotations of a record: what overlay.js takes."""
    annotations = [drawn_annotation(one, url_of) for one in record.get("annotations") or ()]
    return {"w": record.get("width"), "h": record.get("height"), "annotations": annotations}


def item_id(record: Record) -> list[Any]:
    """What names an item: project, run, key, step, index."""
    return [record["project"], record["run"], record["key"], int(record["step"]), int(record["index"])]


def item_values(record: Record) -> dict[str, float]:
    """The per-item numbers of a record, those that are numbers."""
    values = record.get("values") or {}
    return {name: value for name, value in values.items() if isinstance(value, int | float)}


def item_problem(record: Record) -> str | None:
    """Why the media cannot be shown, in words, or None."""
    return record.get("problem")
