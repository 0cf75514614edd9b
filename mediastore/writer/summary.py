"""`run.summary`: what becomes of a metric's values."""

import fnmatch
import math
from collections.abc import Mapping
from typing import Any

from mediastore.errors import MediaStoreValueError
from mediastore.writer.config import Fields

OPERATIONS = ("min", "max", "mean", "first", "last", "best", "copy", "none")


def rules_from(summary: str | None, goal: str | None = None) -> dict[str, str] | None:
    """What is kept of a metric, by name, from wandb's "min,max" and goal; None for the last value itself.

    Raises MediaStoreValueError for words that mean nothing.
    """
    names = [name.strip() for name in (summary or "").split(",") if name.strip()]
    goals = {None: "min", "minimize": "min", "maximize": "max"}
    if not set(names) <= set(OPERATIONS) or goal not in goals:
        raise MediaStoreValueError(
            f"summary must be of {', '.join(OPERATIONS)} and goal 'minimize' or 'maximize', "
            f"got {summary!r} and {goal!r}"
        )
    if not names or "copy" in names or names == ["last"]:
        return None
    return {name: goals[goal] if name == "best" else name for name in names if name != "none"}


class Summary(Fields):
    """One value a metric: the last one logged, or as `define` said; what the user sets stays."""

    def __init__(self, given: Any = None) -> None:
        super().__init__(given)
        object.__setattr__(self, "_rules", {})
        object.__setattr__(self, "_fixed", set())

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self._fixed.add(str(name))

    __setattr__ = __setitem__

    def define(self, pattern: str, rules: Mapping[str, str] | None) -> None:
        """What is kept of the metrics that match `pattern` (`*` allowed); the later of two patterns counts.

        None keeps the last value itself, rules (see `rules_from`) a dictionary: `summary["loss"]["min"]`.
        """
        self._rules.pop(pattern, None)
        self._rules[pattern] = rules

    def note(self, name: str, value: Any) -> None:
        """Take a newly logged value in."""
        if name in self._fixed:
            return
        rules = self._rules_of(name) if self._rules else None
        if rules is None:
            self._entries[name] = value
        elif isinstance(value, (int, float)):
            for kept, operation in rules.items():
                self._note_by(name, kept, operation, value)
        self._count_change()

    def _rules_of(self, name: str) -> Mapping[str, str] | None:
        if name in self._rules:
            return self._rules[name]
        matching = [rules for pattern, rules in self._rules.items() if fnmatch.fnmatchcase(name, pattern)]
        return matching[-1] if matching else None

    def _note_by(self, name: str, kept: str, operation: str, value: float) -> None:
        known = self._entries.get(name)
        entry = dict(known) if isinstance(known, dict) else {}
        before = entry.get(kept)
        if operation == "mean":
            entry["count"] = count = entry.get("count", 0) + 1
            entry[kept] = value if before is None else before + (value - before) / count
        elif before is None or operation == "last" or _is_nan(before):
            entry[kept] = value
        elif operation in ("min", "max") and not _is_nan(value):
            entry[kept] = min(before, value) if operation == "min" else max(before, value)
        self._entries[name] = entry


def _is_nan(value: Any) -> bool:
    return not isinstance(value, (int, float)) or math.isnan(value)
