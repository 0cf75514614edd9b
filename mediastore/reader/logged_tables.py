"""Tables that were logged: their rows, with the media of their cells as paths."""

import json
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mediastore.errors import NotFoundError, StoreFormatError
from mediastore.reader import sql
from mediastore.reader.asking import Asking, at_once

Place = tuple[str, str, str, int, int]


@dataclass(frozen=True, slots=True)
class LoggedTable:
    """The rows of a table. A cell of the columns `media` is the path of its item's file, None where it has none.

    items: for each of these columns the item of a path: project, run, key, step, index.
    """

    rows: pd.DataFrame
    media: tuple[str, ...] = ()
    items: dict[str, dict[str, Place]] = field(default_factory=dict)


class LoggedTables(Asking):
    """The part of a store that reads logged tables."""

    @at_once
    def table(self, run: str, key: str, step: int, index: int = 0) -> LoggedTable:
        """The table that a run, `project/run`, logged at a key and step.

        Raises NotFoundError where there is none, StoreFormatError where its file cannot be read.
        """
        place = {"ref": run, "key": key, "step": step, "index": index}
        found = self._rows(sql.text("table_at"), place)
        if not found or not found[0][0]:
            raise NotFoundError(f"a table must lie at {key} step {step} of {run}, got none; choose another")
        ((path, columns, count),) = found
        names = [str(name) for name in json.loads(columns or "[]")]
        if not count:
            return LoggedTable(pd.DataFrame(columns=names))
        try:
            rows = self._frame(sql.text("table_rows"), {"path": str(self.root / path)})
        except Exception as error:
            raise StoreFormatError(f"{path} must hold one JSON object a line, got something else: {error}") from error
        rows = rows[[*(name for name in names if name in rows), *(name for name in rows if name not in names)]]
        return self._with_paths(rows, run, key, step)

    def _with_paths(self, rows: pd.DataFrame, run: str, key: str, step: int) -> LoggedTable:
        media = [name for name in rows if _named_item(next(iter(rows[name].dropna()), None))]
        known = self._rows(sql.text("table_items"), {"ref": run, "prefix": f"{key}/", "step": step}) if media else []
        paths = {(at[2], at[3], at[4]): path for *at, path in known}
        project, _, name_of_run = run.rpartition("/")
        items: dict[str, dict[str, Place]] = {}
        for name in media:
            cells = [_named_item(cell) for cell in rows[name]]
            found = [paths.get(cell) if cell else None for cell in cells]
            rows[name] = pd.Series(found, index=rows.index, dtype="str")
            items[name] = {path: (project, name_of_run, *cell) for path, cell in zip(found, cells, strict=True) if path}
        return LoggedTable(rows, tuple(media), items)


def _named_item(cell: Any) -> tuple[str, int, int] | None:
    """Key, step and index of the item that a cell names."""
    item = cell.get("item") if isinstance(cell, dict) and set(cell) == {"item"} else None
    if not isinstance(item, dict) or not {"key", "step", "index"} <= item.keys():
        return None
    return str(item["key"]), int(item["step"]), int(item["index"])
