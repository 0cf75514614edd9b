"""Views that a person pinned: one file each in the folder `@pins` of a store, replaced whole."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore import files
from mediastore.errors import MediaStoreValueError, NotFoundError, shortened
from mediastore.naming import encode_part

FOLDER = "@pins"
FORMAT = 1
NAME_CHARACTERS_MAX = 80


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
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return []
    found = [_read(path) for path in folder.glob("*.json") if path.is_file() and not path.is_symlink()]
    return sorted((pin for pin in found if pin), key=lambda pin: (pin.saved, pin.name))


def save(
    root: Path,
    name: str,
    page: str,
    params: Mapping[str, Sequence[str]],
    items: Sequence[tuple[str, str, str, int, int]] = (),
) -> None:
    """Keep a view under a name; one that has it already is replaced. Raises MediaStoreValueError."""
    content = {
        "format": FORMAT,
        "name": name.strip(),
        "page": page,
        "params": {one: list(params[one]) for one in params},
    }
    content |= {"items": [list(item) for item in items], "saved": round(time.time(), 3)}
    files.write(_path(root, name), json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")


def forget(root: Path, name: str) -> None:
    """Remove a pin. Raises NotFoundError where there is none of that name."""
    path = _path(root, name)
    if not path.is_file():
        raise NotFoundError(f"name must be that of a pin, got {shortened(name)}; see mediastore.pins.saved")
    files.remove(path)


def _path(root: Path, name: str) -> Path:
    wanted = name.strip()
    if not wanted or len(wanted) > NAME_CHARACTERS_MAX or not wanted.isprintable():
        raise MediaStoreValueError(
            f"a pin's name must be 1 to {NAME_CHARACTERS_MAX} printable characters, got {shortened(name)}; "
            "give a short one"
        )
    return root / FOLDER / f"{encode_part(wanted)}.json"


def _read(path: Path) -> Pin | None:
    try:
        content: Any = json.loads(path.read_bytes())
        items = [(str(a), str(b), str(c), int(step), int(index)) for a, b, c, step, index in content["items"]]
        params = {str(name): [str(one) for one in values] for name, values in content["params"].items()}
        return Pin(str(content["name"]), str(content["page"]), params, items, float(content["saved"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
