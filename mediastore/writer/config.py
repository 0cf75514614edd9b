"""`run.config` and `run.summary`: dictionaries with attribute access, and what becomes of a metric's values."""

import argparse
import dataclasses
import fnmatch
import math
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from mediastore import sidecar
from mediastore.errors import MediaStoreValueError


def as_mapping(given: Any) -> dict[str, Any]:
    """A config as a dictionary of JSON types: a mapping, an argparse namespace, a dataclass or an object's fields."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {str(name): sidecar.plain(value) for name, value in given.items()}
    if isinstance(given, argparse.Namespace):
        return as_mapping(vars(given))
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return as_mapping(dataclasses.asdict(given))
    if hasattr(given, "to_dict"):
        return as_mapping(given.to_dict())
    if hasattr(given, "__dict__"):
        return as_mapping({name: value for name, value in vars(given).items() if not name.startswith("_")})
    raise MediaStoreValueError(f"config must be a dictionary or an object with fields, got {type(given).__name__}")


class Fields(MutableMapping[str, Any]):
    """A dictionary whose entries are attributes too; `version` counts its changes."""

    def __init__(self, given: Any = None) -> None:
        object.__setattr__(self, "_entries", as_mapping(given))
        object.__setattr__(self, "version", 0)

    def __getitem__(self, name: str) -> Any:
        return self._entries[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._entries[str(name)] = sidecar.plain(value)
        object.__setattr__(self, "version", self.version + 1)

    def __delitem__(self, name: str) -> None:
        del self._entries[name]
        object.__setattr__(self, "version", self.version + 1)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._entries[name]
        except KeyError:
            raise AttributeError(f"there is no {name!r}; there are {', '.join(self._entries) or 'none yet'}") from None

    __setattr__ = __setitem__
    __delattr__ = __delitem__

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return repr(self._entries)

    def as_dict(self) -> dict[str, Any]:
        """A copy."""
        return dict(self._entries)


class Config(Fields):
    """The run's settings: `config.lr`, `config["lr"]`, `config.update(args)`."""

    def update(self, given: Any = None, allow_val_change: bool | None = None, **more: Any) -> None:  # type: ignore[override]
        """Add or change settings from anything that `config=` of `init` takes."""
        for name, value in (as_mapping(given) | as_mapping(more)).items():
            self[name] = value

    def setdefaults(self, given: Any) -> None:
        """Add the settings that are not there yet."""
        for name, value in as_mapping(given).items():
            self.setdefault(name, value)


class Summary(Fields):
    """One value a metric: the last one logged, or as `define` said; what the user sets stays."""

    def __init__(self, given: Any = None) -> None:
        super().__init__(given)
        object.__setattr__(self, "_rules", {})
        object.__setattr__(self, "_counts", {})
        object.__setattr__(self, "_fixed", set())

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self._fixed.add(str(name))

    __setattr__ = __setitem__

    def define(self, pattern: str, rules: list[str]) -> None:
        """For metrics that match `pattern` (`*` allowed) keep min, max, mean, first, last; an empty list keeps nothing.

        `["last"]` keeps the value itself, other rules a dictionary: `summary["loss"]["min"]`.
        """
        self._rules[pattern] = rules

    def note(self, name: str, value: Any) -> None:
        """Take a newly logged value in."""
        if name in self._fixed:
            return
        rules = self._rules_of(name)
        if rules is None or rules == ["last"]:
            self._entries[name] = value
        elif isinstance(value, (int, float)):
            for rule in rules:
                self._note_by(name, rule, float(value))
        object.__setattr__(self, "version", self.version + 1)

    def _rules_of(self, name: str) -> list[str] | None:
        if not self._rules:
            return None
        for pattern, rules in self._rules.items():
            if pattern == name or fnmatch.fnmatchcase(name, pattern):
                return rules
        return None

    def _note_by(self, name: str, rule: str, value: float) -> None:
        known = self._entries.get(name)
        entry = dict(known) if isinstance(known, dict) else {}
        before = entry.get(rule)
        if rule == "mean":
            count = self._counts[name] = self._counts.get(name, 0) + 1
            entry[rule] = value if before is None else before + (value - before) / count
        else:
            entry[rule] = value if before is None or math.isnan(before) else _RULES[rule](before, value)
        self._entries[name] = entry


_RULES: dict[str, Callable[[float, float], float]] = {
    "min": min,
    "max": max,
    "first": lambda before, value: before,
    "last": lambda before, value: value,
}
