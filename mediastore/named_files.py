"""What a person keeps under a name: one JSON file each in a folder of a store's root, replaced whole."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore import files
from mediastore.errors import MediaStoreValueError, NotFoundError, shortened
from mediastore.naming import encode_part

FORMAT = 1
NAME_CHARACTERS_MAX = 80


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """A folder of such files. what: the word for one of them, as errors say it."""

    folder: str
    what: str

    def contents(self, root: Path) -> list[Any]:
        """What the files hold; one that is no JSON, or lies behind a link, is passed over."""
        folder = root / self.folder
        if folder.is_symlink() or not folder.is_dir():
            return []
        return [
            content
            for path in sorted(folder.glob("*.json"))
            if path.is_file() and not path.is_symlink() and (content := _read(path)) is not None
        ]

    def save(self, root: Path, name: str, content: Mapping[str, Any]) -> None:
        """Keep a content under a name; one that has it already is replaced. Raises MediaStoreValueError."""
        path = self._path(root, name)
        whole = {"format": FORMAT, "name": name.strip(), **content, "saved": round(time.time(), 3)}
        files.write(path, json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")

    def forget(self, root: Path, name: str) -> None:
        """Remove what has this name. Raises NotFoundError where there is none."""
        path = self._path(root, name)
        if not path.is_file():
            raise NotFoundError(
                f"name must be that of a saved {self.what}, got {shortened(name)}; choose one that is listed"
            )
        files.remove(path)

    def _path(self, root: Path, name: str) -> Path:
        wanted = name.strip()
        if not wanted or len(wanted) > NAME_CHARACTERS_MAX or not wanted.isprintable():
            raise MediaStoreValueError(
                f"a {self.what}'s name must be 1 to {NAME_CHARACTERS_MAX} printable characters, got {shortened(name)}; "
                "give a short one"
            )
        encoded = encode_part(wanted)
        folder = root / self.folder
        if "/" in encoded or folder.is_symlink():
            raise MediaStoreValueError(
                f"a {self.what}'s name must fit into one file name, got {shortened(name)}; shorten it"
            )
        return folder / f"{encoded}.json"


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
