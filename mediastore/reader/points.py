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
EVERYWHERE = -STEP_MAX, STEP_MAX
NUMBERS = STEP, TIME, ELAPSED = "step", "time", "elapsed"
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
        return self.between(lines, source="store.live_metrics")

    def between(self, lines: pd.DataFrame, *spans: tuple[Any, Any], source: str = "store.metrics") -> Rows:
        """Those from a first to a last step, of each line or of all; each step's last. No spans: all of them."""
        asked = [lines.assign(low=low, high=high) for low, high in spans or (EVERYWHERE,)]
        return self._rows(*thinning.once(*self._values(asked, source)), lines)

    def over(self, lines: pd.DataFrame, x: str) -> Rows:
        """All of them over another metric at the same step; NaN where it has none."""
        low, high = EVERYWHERE
        lines, beyond = lines.assign(low=low, high=high), int(lines.index.max()) + 1
        others = lines.assign(name=x).set_index(lines.index + beyond)
        line, step, _, value = thinning.once(*self._values([lines, others], "store.metrics"))
        cut = int(np.searchsorted(line, beyond))
        found, at = thinning.at_same_steps((line[:cut], step[:cut]), (line[cut:] - beyond, step[cut:])), value[cut:]
        over = at if found is None else np.append(at, np.nan)[found]
        return Rows(line[:cut], step[:cut], over, value[:cut], np.ones(cut, np.int64))

    def levels(self, lines: pd.DataFrame, grain: Any, low: Any = -STEP_MAX, high: Any = STEP_MAX) -> Rows:
        """The corners of each chunk of `grain` steps."""
        asked = lines.assign(low=low, high=high, grain=grain)
        found = self._read("curve_levels", [asked], {"grain_most": int(asked["grain"].max())})
        columns = [np.asarray(found[name]) for name in ("line", "step", "time", "value", "count")]
        order = thinning.sorted_by(columns[0], columns[1])
        line, step, time, value, count = columns if order is None else (column[order] for column in columns)
        found = self._rows(line, step, time, value, lines)
        return Rows(found.line, found.step, found.x, found.value, count)

    def blocks(self, lines: pd.DataFrame) -> Iterator[pd.DataFrame]:
        """Lines of so many values that memory holds them."""
        if len(lines):
            lines = lines.sort_values(["name", "folder"])
            for _, block in lines.groupby(lines["logged"].cumsum() // BLOCK_ROWS):
                yield block.sort_index()

    def _values(self, asked: list[pd.DataFrame], source: str) -> list[NDArray]:
        ends = [(int(one["low"].min()), int(one["high"].max())) for one in asked if len(one)]
        steps = [f"step between $first_{number} and $last_{number}" for number in range(len(ends))]
        values = {f"first_{number}": low for number, (low, _) in enumerate(ends)}
        values |= {f"last_{number}": high for number, (_, high) in enumerate(ends)}
        more = {"source": source, "steps": " or ".join(steps) or "false"}
        found = self._read("curve_rows", asked, values | self.bound, **more)
        return [np.asarray(found[name]) for name in ("line", "step", "time", "value")]

    def _read(
        self, question: str, asked: list[pd.DataFrame], values: dict[str, Any], **more: str
    ) -> dict[str, NDArray]:
        lines = pd.concat([one.assign(line=one.index) for one in asked])
        lines = lines if "grain" in lines else lines.assign(grain=0)
        lists = {
            "folders": "folder",
            "metrics": "name",
            "lines": "line",
            "grains": "grain",
            "lows": "low",
            "highs": "high",
        }
        values = values | {mark: lines[column].tolist() for mark, column in lists.items()}
        marks, values = marked("one", lines["name"].unique().tolist(), values)
        chosen, values = among("folder", lines["folder"].unique().tolist(), values)
        parts = {"asked": sql.text("curve_asked"), "names": marks, "chosen": chosen, "conditions": self.conditions}
        return self.columns(sql.text(question).format(**parts, **more), values)

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
    order = thinning.sorted_by(columns[0], columns[1])
    return Rows(*columns) if order is None else Rows(*columns)[order]
