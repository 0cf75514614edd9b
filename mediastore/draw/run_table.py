"""What a table of runs holds: what sets them apart, and where they ended."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]
NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def flat(values: Any, prefix: str = "") -> dict[str, Any]:
    """Nested dictionaries as one, names joined by dots; lists as their JSON text."""
    if not isinstance(values, Mapping):
        return {prefix: json.dumps(values) if isinstance(values, list) else values}
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= flat(value, f"{prefix}.{name}" if prefix else str(name))
    return found


def config_columns(configs: Sequence[Values]) -> dict[str, list[Any]]:
    """A column for each setting, those that differ between the runs first; numbers stay numbers where all are."""
    columns = _columns(configs)
    return dict(sorted(columns.items(), key=lambda column: len({repr(value) for value in column[1]}) == 1))


def result_columns(summaries: Sequence[Values]) -> dict[str, list[Any]]:
    """A column for each number of the summaries, those of most runs first, then validation before training.

    A column in which a value is NaN or infinite is text, as a table shows such a number as if it were missing.
    """
    kept = [
        {name: value for name, value in one.items() if _is_number(value) or value in NOT_FINITE} for one in summaries
    ]
    columns = {name: _with_words(values) for name, values in _columns(kept).items()}
    return dict(sorted(columns.items(), key=lambda column: (column[1].count(None), _rank(column[0]))))


def against_baseline(columns: Mapping[str, Sequence[Any]], place: int) -> dict[str, list[Any]]:
    """Each column of numbers as its difference to the row at `place`; columns without a number there are left out."""
    return {
        name: [None if not _is_number(value) else value - values[place] for value in values]
        for name, values in columns.items()
        if _is_number(values[place])
    }


def duration_words(seconds: float) -> str:
    """A duration in the two units that matter: `4 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`."""
    if not math.isfinite(seconds) or seconds < 0:
        return ""
    whole = round(seconds)
    for unit, size, smaller, part in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // part} {smaller}"
    return f"{whole} s"


def _columns(rows: Sequence[Values]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _of_one_type([row.get(name) for row in rows]) for name in names}


def _with_words(values: list[Any]) -> list[Any]:
    if not any(isinstance(value, str) for value in values):
        return values
    return [value if value is None or value in NOT_FINITE else f"{float(value):.4g}" for value in values]


def _of_one_type(values: Iterable[Any]) -> list[Any]:
    listed = list(values)
    if all(value is None or _is_number(value) for value in listed):
        return listed
    return [None if value is None else value if isinstance(value, str) else json.dumps(value) for value in listed]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rank(name: str) -> tuple[int, str]:
    prefix = name.partition("/")[0]
    order = ("test", "val", "eval", "train")
    return (order.index(prefix) if prefix in order else len(order), name)
