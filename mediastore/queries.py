"""Queries that were given a name: one file each in the folder `@queries` of a store, replaced whole."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from mediastore import files
from mediastore.errors import MediaStoreValueError, NotFoundError, shortened
from mediastore.naming import encode_part

FOLDER = "@queries"
FORMAT = 1
NAME_CHARACTERS_MAX = 80
QUERY_CHARACTERS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query and the name that a person gave it; `saved` is in seconds since 1970."""

    name: str
    sql: str
    saved: float


def saved(root: Path) -> list[SavedQuery]:
    """The named queries of the store at `root`, by name. A file that holds none is passed over."""
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return []
    found = [_read(path) for path in folder.glob("*.json") if path.is_file() and not path.is_symlink()]
    return sorted((query for query in found if query), key=lambda query: query.name.casefold())


def save(root: Path, name: str, sql: str) -> None:
    """Keep a query under a name; one that has it already is replaced. Raises MediaStoreValueError."""
    path = _path(root, name)
    if not sql.strip() or len(sql) > QUERY_CHARACTERS_MAX:
        raise MediaStoreValueError(
            f"a query to save must have 1 to {QUERY_CHARACTERS_MAX:,} characters, got {len(sql.strip()):,}; write one"
        )
    content = {"format": FORMAT, "name": name.strip(), "sql": sql, "saved": round(time.time(), 3)}
    files.write(path, json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")


def forget(root: Path, name: str) -> None:
    """Remove a named query. Raises NotFoundError where there is none of that name."""
    path = _path(root, name)
    if not path.is_file():
        raise NotFoundError(f"name must be that of a saved query, got {shortened(name)}; see mediastore.queries.saved")
    files.remove(path)


def _path(root: Path, name: str) -> Path:
    wanted = name.strip()
    if not wanted or len(wanted) > NAME_CHARACTERS_MAX or not wanted.isprintable():
        raise MediaStoreValueError(
            f"a query's name must be 1 to {NAME_CHARACTERS_MAX} printable characters, got {shortened(name)}; "
            "give a short one"
        )
    encoded = encode_part(wanted)
    folder = root / FOLDER
    if "/" in encoded or folder.is_symlink():
        raise MediaStoreValueError(f"a query's name must fit into one file name, got {shortened(name)}; shorten it")
    return folder / f"{encoded}.json"


def _read(path: Path) -> SavedQuery | None:
    try:
        content = json.loads(path.read_bytes())
        return SavedQuery(str(content["name"]), str(content["sql"]), float(content.get("saved", 0.0)))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
