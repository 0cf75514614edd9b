"""The dictionaries that wandb's users write, read into our own annotations: the odd corners of that dialect live here.

Formats: https://docs.wandb.ai/ref/python/data-types/image. Nothing is refused here; what makes no sense becomes an
annotation whose `fault()` says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mediastore.annotation import Annotation
from mediastore.annotations import Box, Mask

_MAIN_SCORES = ("score", "confidence", "conf", "prob", "probability")


class Classes:
    """A set of labels by class id: `Classes([{"id": 0, "name": "cat"}, …])`."""

    def __init__(self, class_set: Iterable[Mapping[str, Any]]) -> None:
        self.labels = {int(entry["id"]): str(entry["name"]) for entry in class_set}


def class_labels(given: Any) -> dict[int, str]:
    """Labels by class id from a dictionary, a list of names, or `Classes`."""
    if given is None:
        return {}
    if isinstance(given, Classes):
        return given.labels
    if isinstance(given, Mapping):
        return {int(value): str(label) for value, label in given.items()}
    return dict(enumerate(str(label) for label in given))


def boxes(given: Mapping[str, Any], classes: Any = None) -> list[Annotation]:
    """`{layer: {"box_data": […], "class_labels": …}}` as boxes."""
    found: list[Annotation] = []
    for layer, content in given.items():
        content = content if isinstance(content, Mapping) else {"box_data": content}
        labels = class_labels(content.get("class_labels", classes))
        found += [_box(entry, str(layer), labels) for entry in content.get("box_data", ())]
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


def _box(entry: Any, layer: str, labels: Mapping[int, str]) -> Box:
    if not isinstance(entry, Mapping):
        return Box((), given=entry, layer=layer)
    class_id = entry.get("class_id")
    label, score, scores = _scores(entry.get("scores"))
    if class_id is not None:
        label = labels.get(int(class_id), str(class_id))
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
    if "middle" in position:
        x, y = (*position["middle"], None, None)[:2]
        half = [_half(position.get(side)) for side in ("width", "height")]
        if None in (x, y, *half):
            return Box((), **fields)
        return Box((x - half[0], y - half[1], x + half[0], y + half[1]), **fields)
    return Box(tuple(position.get(name) for name in ("minX", "minY", "maxX", "maxY")), **fields)


def _half(length: Any) -> Any:
    return None if length is None else length / 2


def _scores(given: Any) -> tuple[str | None, Any, dict[str, Any] | None]:
    """Label, main score and all scores by name, of either layout: a dictionary, or a list with label and score."""
    if isinstance(given, Mapping) and given:
        main = next((name for name in _MAIN_SCORES if name in given), next(iter(given)))
        rest = {str(name): value for name, value in given.items() if (name, len(given)) != ("score", 1)}
        return None, given[main], rest or None
    if isinstance(given, Sequence) and not isinstance(given, str) and given and isinstance(given[0], Mapping):
        rest = {str(entry.get("label")): entry.get("score") for entry in given[1:]}
        return given[0].get("label"), given[0].get("score"), rest or None
    return None, None, None
