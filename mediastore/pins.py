"""Views that a person pinned: one file each in the folder `@pins` of a store, replaced whole."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore.errors import MediaStoreValueError, shortened
from mediastore.named_files import NAME_CHARACTERS_MAX, NamedFiles

FOLDER = "@pins"
NOTE_CHARACTERS_MAX = 2000
_files = NamedFiles(FOLDER, "pin")
forget = _files.forget

__all__ = [
    "FOLDER",
    "NAME_CHARACTERS_MAX",
    "NOTE_CHARACTERS_MAX",
    "Pin",
    "forget",
    "move",
    "restore",
    "reword",
    "save",
    "saved",
]


@dataclass(frozen=True, slots=True)
class Pin:
    """A view and its name: the page, the parameters of its link, and the items that were ticked there, if any.

    items: (project, run, key, step, index) each. saved: seconds since 1970. note: what is said below the name.
    place: pins stand in the order of this number; one that has none stands where it was saved.
    """

    name: str
    page: str
    params: Mapping[str, Sequence[str]]
    items: Sequence[tuple[str, str, str, int, int]]
    saved: float
    note: str = ""
    place: float = 0.0


def saved(root: Path) -> list[Pin]:
    """The pins of the store at `root` in their order. A file that holds none is passed over."""
    found = [_pin(content) for content in _files.contents(root)]
    return sorted((pin for pin in found if pin), key=lambda pin: (pin.place, pin.saved, pin.name))


def save(
    root: Path,
    name: str,
    page: str,
    params: Mapping[str, Sequence[str]],
    items: Sequence[tuple[str, str, str, int, int]] = (),
    note: str = "",
) -> None:
    """Keep a view under a name, as the last; one that has it already is replaced. Raises MediaStoreValueError."""
    content = _content(page, params, items, note)
    order = saved(root)
    place = next((pin.place for pin in order if pin.name == name.strip()), order[-1].place + 1 if order else 0.0)
    _files.save(root, name, content | {"place": place})


def restore(root: Path, pin: Pin) -> None:
    """Write a pin as it is, in its place. Raises MediaStoreValueError."""
    content = _content(pin.page, pin.params, pin.items, pin.note)
    _files.save(root, pin.name, content | {"place": pin.place})


def reword(root: Path, pin: Pin, name: str, note: str) -> None:
    """Give a pin another name and note; its place stays. Raises MediaStoreValueError, for a name that is taken too."""
    wanted = name.strip()
    if wanted != pin.name and any(other.name == wanted for other in saved(root)):
        raise MediaStoreValueError(f"a pin's name must be its own, got {shortened(wanted)} twice; choose another")
    restore(root, dataclasses.replace(pin, name=wanted, note=note))
    if wanted != pin.name:
        forget(root, pin.name)


def move(root: Path, name: str, by: int) -> None:
    """Let a pin stand `by` places later, or earlier where that is negative; at the ends it stays."""
    order = saved(root)
    at = next((place for place, pin in enumerate(order) if pin.name == name), None)
    if at is None:
        return
    places = sorted(pin.place for pin in order)
    order.insert(max(0, at + by), order.pop(at))
    if len(set(places)) < len(places):
        places = [float(number) for number in range(len(order))]
    for pin, place in zip(order, places, strict=True):
        if pin.place != place:
            restore(root, dataclasses.replace(pin, place=place))


def _content(
    page: str, params: Mapping[str, Sequence[str]], items: Sequence[tuple[str, str, str, int, int]], note: str
) -> dict[str, Any]:
    if len(note) > NOTE_CHARACTERS_MAX:
        raise MediaStoreValueError(
            f"a pin's note must have at most {NOTE_CHARACTERS_MAX:,} characters, got {len(note):,}; shorten it"
        )
    asked = {param: list(values) for param, values in params.items()}
    return {"page": page, "params": asked, "items": [list(item) for item in items], "note": note.strip()}


def _pin(content: Any) -> Pin | None:
    try:
        items = [(str(a), str(b), str(c), int(step), int(index)) for a, b, c, step, index in content["items"]]
        params = {str(name): [str(one) for one in values] for name, values in content["params"].items()}
        when = float(content["saved"])
        note, place = str(content.get("note", "")), float(content.get("place", when))
        return Pin(str(content["name"]), str(content["page"]), params, items, when, note, place)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
