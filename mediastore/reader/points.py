"""The values of lines, read from levels where these will do and row by row where not, as arrays."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mediastore.reader import sql, thinning
from mediastore.reader.thinning import Rows

BLOCK_ROWS = 2**19
CONSTANTS = 200
STEP_MAX = 2**62
ELAPSED, STEP = "elapsed", "step"
Columns = Callable[..., dict[str, NDArray]]


@dataclass(frozen=True, slots=True)
class Points:
    """Asks for the values of lines: rows of a frame with folder, name, created, whose index is a line's number."""

    columns: Columns
    x: str
    conditions: str = "true"
    bound: dict[str, Any] = field(default_factory=dict)

    def live(self, lines: pd.DataFrame) -> Rows:
        """Those that are in memory alone."""
        return self.between(lines, -STEP_MAX, STEP_MAX, source="store.live_metrics")

    def between(self, lines: pd.DataFrame, low: Any, high: Any, *, source: str = "store.metrics") -> Rows:
        """Those from step `low` to `high`, of each line or of all; each step's last."""
        return self._rows(*thinning.once(*self._read("curve_rows", lines, low, high, source=source)[:4]), lines)

    def levels(self, lines: pd.DataFrame, grain: Any, low: Any = -STEP_MAX, high: Any = STEP_MAX) -> Rows:
        """The corners of each chunk of `grain` steps."""
        line, step, time, value, count = self._read("curve_levels", lines, low, high, grain)
        order = np.lexsort((step, line))
        found = self._rows(line[order], step[order], time[order], value[order], lines)
        return Rows(found.line, found.step, found.x, found.value, count[order])

    def blocks(self, lines: pd.DataFrame) -> Iterator[pd.DataFrame]:
        """Lines of so many values that memory holds them."""
        if len(lines):
            lines = lines.sort_values(["name", "folder"])
            for _, block in lines.groupby(lines["logged"].cumsum() // BLOCK_ROWS):
                yield block.sort_index()

    def _read(self, question: str, lines: pd.DataFrame, low: Any, high: Any, grain: Any = 0, **more: str) -> list[Any]:
        numbers = {"lows": low, "highs": high, "grains": grain}
        bound = {name: np.broadcast_to(given, len(lines)).astype(np.int64) for name, given in numbers.items()}
        folders, names = lines["folder"].unique().tolist(), lines["name"].unique().tolist()
        values = {name: array.tolist() for name, array in bound.items()}
        values |= {
            "folders": lines["folder"].tolist(),
            "metrics": lines["name"].tolist(),
            "lines": lines.index.tolist(),
        }
        if question == "curve_rows":
            values |= {"least": min(values["lows"], default=0), "most": max(values["highs"], default=0)} | self.bound
        else:
            values |= {"grain_most": max(values["grains"], default=0)}
        marks, values = marked("one", names, values)
        chosen, values = among("folder", folders, values)
        asked = sql.text("curve_asked")
        parts = {"asked": asked, "names": marks, "chosen": chosen, "conditions": self.conditions}
        found = self.columns(sql.text(question).format(**parts, **more), values)
        return [np.asarray(found[name]) for name in ("line", "step", "time", "value", "count")]

    def _rows(self, line: NDArray, step: NDArray, time: NDArray, value: NDArray, lines: pd.DataFrame) -> Rows:
        x = step.astype(float) if self.x == STEP else time
        if self.x == ELAPSED and len(lines):
            created = np.full(int(lines.index.max()) + 1, np.nan)
            created[lines.index] = lines["created"]
            x = time - created[line]
        return Rows(line, step, x, value, np.ones(len(line), np.int64))


def marked(name: str, given: Sequence[str], values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Placeholders, and the values with what they bind."""
    bound = {f"{name}_{number}": one for number, one in enumerate(given)}
    return ", ".join(f"${mark}" for mark in bound) or "null", values | bound


def among(column: str, given: Sequence[str], values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The condition that a column is one of these, so that row groups are passed over while they are few."""
    if len(given) > CONSTANTS:
        return "true", values
    marks, values = marked("chosen", given, values)
    return f"{column} in ({marks})", values


def joined(rows: Sequence[Rows]) -> Rows:
    """All of these by line and step."""
    columns = [np.concatenate([getattr(one, name) for one in rows]) for name in Rows.__slots__]
    order = np.lexsort((columns[1], columns[0]))
    return Rows(*columns)[order]
