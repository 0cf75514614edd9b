"""What a browser needs of a record to draw it: small, plain, in pixels. The drawing itself is overlay.js."""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mediastore.draw.colors import PALETTE
from mediastore.errors import MediaStoreValueError
from mediastore.naming import encode_key, encode_part

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


def beside(record: Record, name: str | None) -> str | None:
    """A file that a record names relative to its sidecar, relative to the root; None outside the run's media."""
    if not name:
        return None
    try:
        run = f"{encode_part(record['project'])}/{encode_part(record['run'])}"
        path = posixpath.normpath(f"{run}/media/{encode_key(record['key'])}/{name}")
    except MediaStoreValueError:  # a name that no writer can have, in a record written by hand
        return None
    return path if path.startswith(f"{run}/media/") else None


def mask_path(record: Record, annotation: Mapping[str, Any]) -> str | None:
    """Where the label map of an annotation lies, relative to the root; None where it has none."""
    return beside(record, annotation.get("mask_file"))


def playable_path(record: Record) -> str | None:
    """The file that a browser plays: the copy made for it, else the media file itself; None where there is neither."""
    return beside(record, record.get("playable")) or record.get("path") or None


def drawn_annotation(record: Record, annotation: Mapping[str, Any], url_of: UrlOf) -> dict[str, Any]:
    """One annotation of a record with the fields that are drawn; `mask_file` becomes `mask_url`."""
    drawn = {name: annotation[name] for name in DRAWN if annotation.get(name) is not None}
    for name in ("box", "points"):
        if name in drawn:
            drawn[name] = _rounded(drawn[name])
    if isinstance(drawn.get("score"), float):
        drawn["score"] = round(drawn["score"], 4)
    if path := mask_path(record, annotation):
        drawn["mask_url"] = url_of(path)
    return drawn


def drawn_item(record: Record, url_of: UrlOf) -> dict[str, Any]:
    """Size in pixels (`w`, `h`) and annotations of a record: what overlay.js takes."""
    annotations = [drawn_annotation(record, one, url_of) for one in record.get("annotations") or ()]
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
    if record.get("problem") or record.get("path"):
        return record.get("problem")
    return f"The file was logged by reference and stays at {record['reference']}." if "reference" in record else None


def with_classes(colors: Mapping[str, str], records: Iterable[Record]) -> dict[str, str]:
    """The colours with one more for each class of a label map that has none yet, by its place among the classes."""
    found = dict(colors)
    for record in records:
        for annotation in record.get("annotations") or ():
            classes = annotation.get("classes") or {}
            for place, value in enumerate(sorted(classes, key=int)):
                found.setdefault(str(classes[value]), PALETTE[place % len(PALETTE)])
    return found
