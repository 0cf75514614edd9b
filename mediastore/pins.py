"""Views that a person pinned: one file each in the folder `@pins` of a store, replaced whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore.named_files import NAME_CHARACTERS_MAX, NamedFiles

FOLDER = "@pins"
_files = NamedFiles(FOLDER, "pin")
forget = _files.forget

__all__ = ["FOLDER", "NAME_CHARACTERS_MAX", "Pin", "forget", "save", "saved"]


@dataclass(frozen=True, slots=True)
class Pin:
    """A view and its name: the page, the parameters of its link, and the items that were ticked there, if any.

    items: (project, run, key, step, index) each. saved: seconds since 1970.
    """

    name: str
    page: str
    params: Mapping[str, Sequence[str]]
    items: Sequence[tuple[str, str, str, int, int]]
    saved: float


def saved(root: Path) -> list[Pin]:
    """The pins of the store at `root`, oldest first. A file that holds none is passed over."""
    found = [_pin(content) for content in _files.contents(root)]
    return sorted((pin for pin in found if pin), key=lambda pin: (pin.saved, pin.name))


def save(
    root: Path,
    name: str,
    page: str,
    params: Mapping[str, Sequence[str]],
    items: Sequence[tuple[str, str, str, int, int]] = (),
) -> None:
    """Keep a view under a name; one that has it already is replaced. Raises MediaStoreValueError."""
    asked = {param: list(values) for param, values in params.items()}
    _files.save(root, name, {"page": page, "params": asked, "items": [list(item) for item in items]})


def _pin(content: Any) -> Pin | None:
    try:
        items = [(str(a), str(b), str(c), int(step), int(index)) for a, b, c, step, index in content["items"]]
        params = {str(name): [str(one) for one in values] for name, values in content["params"].items()}
        return Pin(str(content["name"]), str(content["page"]), params, items, float(content["saved"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
