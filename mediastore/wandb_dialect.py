"""The dictionaries that wandb's users write, read into our own annotations: the odd corners of that dialect live here.

Formats: https://docs.wandb.ai/ref/python/data-types/image. Nothing is refused here; what makes no sense becomes an
annotation whose `fault()` says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mediastore.annotation import Annotation, numbers
from mediastore.annotations import Box, Mask

ABSENT = {
    "Api": "read runs with Store(folder)",
    "Graph": "log a figure with Plotly or Image",
    "Molecule": "log a picture with Image, or the points with Object3D",
    "box3d": "give Object3D its boxes",
    "controller": "sweep and agent choose the settings in this process",
    "keras": "log from a callback of your own",
    "sklearn": "log what you need with plot and Table",
    "xgboost": "log from a callback of your own",
}
"""wandb's names that have no counterpart here, and what serves instead."""

_MAIN_SCORES = ("score", "confidence", "conf", "prob", "probability")


class Classes:
    """A set of labels by class id: `Classes([{"id": 0, "name": "cat"}, …])`."""

    def __init__(self, class_set: Iterable[Mapping[str, Any]]) -> None:
        self.labels = {_class_id(entry["id"]): str(entry["name"]) for entry in class_set}


def class_labels(given: Any) -> dict[Any, str]:
    """Labels by class id from a dictionary, a list of names or of {"id", "name"}, or `Classes`; else {}."""
    if isinstance(given, Classes):
        return given.labels
    if isinstance(given, Mapping):
        return {_class_id(value): str(label) for value, label in given.items()}
    if isinstance(given, Sequence) and not isinstance(given, str):
        if given and all(isinstance(entry, Mapping) and {"id", "name"} <= entry.keys() for entry in given):
            return Classes(given).labels
        return dict(enumerate(str(label) for label in given))
    return {}


def boxes(given: Mapping[str, Any], classes: Any = None) -> list[Annotation]:
    """`{layer: {"box_data": […], "class_labels": …}}` as boxes."""
    found: list[Annotation] = []
    for layer, content in given.items():
        content = content if isinstance(content, Mapping) else {"box_data": content}
        labels = class_labels(content.get("class_labels", classes))
        entries = content.get("box_data")
        for entry in entries if isinstance(entries, Sequence) else () if entries is None else (entries,):
            found.append(_box(entry, str(layer), labels))
    return found


def masks(given: Mapping[str, Any], classes: Any = None) -> list[Annotation]:
    """`{layer: {"mask_data": 2-D integers or "path": file, "class_labels": …}}` as label maps."""
    found: list[Annotation] = []
    for layer, content in given.items():
        if not isinstance(content, Mapping):
            found.append(Mask(content, layer=str(layer)))
            continue
        labels = class_labels(content.get("class_labels", classes))
        found.append(Mask(content.get("mask_data"), classes=labels, layer=str(layer), path=content.get("path")))
    return found


def _class_id(value: Any) -> Any:
    """An integer from anything that is one (numpy's, a tensor's, a text of digits), else the text of it."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)
    return number if isinstance(value, str) or number == value else str(value)


def _box(entry: Any, layer: str, labels: Mapping[int, str]) -> Box:
    if not isinstance(entry, Mapping):
        return Box((), given=entry, layer=layer)
    class_id = entry.get("class_id")
    label, score, scores = _scores(entry.get("scores"))
    if class_id is not None:
        known = _class_id(class_id)
        label = labels.get(known, str(known))
    fields: dict[str, Any] = {
        "layer": layer,
        "label": label,
        "score": score,
        "scores": scores,
        "text": entry.get("box_caption"),
        "given": entry.get("position"),
        "in_fractions": entry.get("domain") != "pixel",
    }
    return _positioned(entry.get("position"), fields)


def _positioned(position: Any, fields: dict[str, Any]) -> Box:
    position = position if isinstance(position, Mapping) else {}
    if "middle" not in position:
        return Box(tuple(position.get(name) for name in ("minX", "minY", "maxX", "maxY")), **fields)
    centre = numbers(position["middle"], 2)
    sides = numbers((position.get("width"), position.get("height")), 2)
    return Box(Box.from_cxcywh((*centre, *sides)).xyxy, **fields)


def _scores(given: Any) -> tuple[str | None, Any, dict[str, Any] | None]:
    """Label, main score and all scores by name, of either layout: a dictionary, or a list with label and score."""
    if isinstance(given, Mapping) and given:
        main = next((name for name in _MAIN_SCORES if name in given), next(iter(given)))
        rest = {str(name): value for name, value in given.items() if (name, len(given)) != ("score", 1)}
        return None, given[main], rest or None
    if isinstance(given, Sequence) and not isinstance(given, str) and given and isinstance(given[0], Mapping):
        rest = {str(entry.get("label")): entry.get("score") for entry in given[1:] if isinstance(entry, Mapping)}
        return given[0].get("label"), given[0].get("score"), rest or None
    return None, None, None
