"""Queries that were given a name: one file each in the folder `@queries` of a store, replaced whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediastore.errors import MediaStoreValueError
from mediastore.named_files import NAME_CHARACTERS_MAX, NamedFiles

FOLDER = "@queries"
QUERY_CHARACTERS_MAX = 100_000
_files = NamedFiles(FOLDER, "query")
forget = _files.forget

__all__ = ["FOLDER", "NAME_CHARACTERS_MAX", "QUERY_CHARACTERS_MAX", "SavedQuery", "forget", "save", "saved"]


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query and the name that a person gave it; `saved` is in seconds since 1970."""

    name: str
    sql: str
    saved: float


def saved(root: Path) -> list[SavedQuery]:
    """The named queries of the store at `root`, by name. A file that holds none is passed over."""
    found = [_query(content) for content in _files.contents(root)]
    return sorted((query for query in found if query), key=lambda query: query.name.casefold())


def save(root: Path, name: str, sql: str) -> None:
    """Keep a query under a name; one that has it already is replaced. Raises MediaStoreValueError."""
    if not sql.strip() or len(sql) > QUERY_CHARACTERS_MAX:
        raise MediaStoreValueError(
            f"a query to save must have 1 to {QUERY_CHARACTERS_MAX:,} characters, got {len(sql.strip()):,}; write one"
        )
    _files.save(root, name, {"sql": sql})


def _query(content: Any) -> SavedQuery | None:
    try:
        return SavedQuery(str(content["name"]), str(content["sql"]), float(content.get("saved", 0.0)))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
