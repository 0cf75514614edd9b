"""Configs and metrics of several places beside each other, those that differ first."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mediastore.draw.run_table import flat

LEVELS = ("config", "metric")


def table(
    names: Sequence[str], configs: Sequence[Mapping[str, Any]], metrics: Sequence[Mapping[str, float]]
) -> pd.DataFrame:
    """One row a config value or metric: what, name, differs, and a text for each of `names`; differences come first."""
    rows = []
    for what, sides in zip(LEVELS, ([flat(config) for config in configs], list(metrics)), strict=True):
        for name in dict.fromkeys(name for side in sides for name in side):
            values = [_said(side.get(name)) for side in sides]
            rows.append([what, name, len(set(values)) > 1, *values])
    frame = pd.DataFrame(rows, columns=["what", "name", "differs", *_distinct(names)])
    return frame.sort_values("differs", ascending=False, kind="stable", ignore_index=True)


def _said(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _distinct(names: Sequence[str]) -> list[str]:
    taken = {"what", "name", "differs"}
    found = []
    for name in names:
        free = name
        while free in taken:
            free += "\u2060"
        taken.add(free)
        found.append(free)
    return found
