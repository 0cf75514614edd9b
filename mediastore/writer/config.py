"""`run.config`: a dictionary with attribute access, taken from whatever a script keeps its settings in."""

import argparse
import dataclasses
import warnings
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from mediastore.errors import MediaStoreValueError, MediaStoreWarning, shortened
from mediastore.plain import plain
from mediastore.writer.once import note_once


def as_mapping(given: Any) -> dict[str, Any]:
    """Settings as a dictionary of JSON types, floats as they are.

    Takes a mapping, an argparse namespace, a dataclass, or an object with `to_dict` or fields.
    """
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {str(name): _kept(value) for name, value in given.items()}
    if isinstance(given, argparse.Namespace):
        return as_mapping(vars(given))
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return as_mapping(dataclasses.asdict(given))
    for name in ("to_dict", "flag_values_dict"):
        if hasattr(given, name):
            return as_mapping(getattr(given, name)())
    if hasattr(given, "__dict__"):
        return as_mapping({name: value for name, value in vars(given).items() if not name.startswith("_")})
    raise MediaStoreValueError(
        f"config must be a dictionary or an object with fields, got {shortened(given)}; pass a dictionary"
    )


def _kept(value: Any) -> Any:
    return plain(value, of_float=float)


class Fields(MutableMapping[str, Any]):
    """A dictionary whose entries are attributes too."""

    def __init__(self, given: Any = None) -> None:
        object.__setattr__(self, "_entries", as_mapping(given))
        object.__setattr__(self, "_changes", 0)

    def __getitem__(self, name: str) -> Any:
        return self._entries[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._entries[str(name)] = _kept(value)
        self._count_change()

    def __delitem__(self, name: str) -> None:
        del self._entries[name]
        self._count_change()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
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

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self.as_dict(),)

    def as_dict(self) -> dict[str, Any]:
        """A copy."""
        return dict(self._entries)

    def _count_change(self) -> None:
        object.__setattr__(self, "_changes", self._changes + 1)


def changes(fields: Fields) -> int:
    """How often the fields changed. A function, so that every name stays free for an entry."""
    return fields._changes


class Config(Fields):
    """The run's settings: `config.lr`, `config["lr"]`, `config.update(args)`."""

    def __init__(self, given: Any = None) -> None:
        super().__init__(given)
        object.__setattr__(self, "_locked", frozenset())

    def lock(self, names: Iterable[str]) -> None:
        """Let these settings stay as they are: a sweep laid them down."""
        object.__setattr__(self, "_locked", self._locked | set(names))

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self._locked:
            note_once(f"config.{name} stays as the sweep set it; what the script sets is left out")
        else:
            super().__setitem__(name, value)

    __setattr__ = __setitem__

    def update(self, given: Any = None, allow_val_change: bool | None = None, **more: Any) -> None:  # type: ignore[override]
        """Add or change settings from anything that `config=` of `init` takes.

        A setting that gets another value is warned of, unless allow_val_change is True.
        """
        for name, value in (as_mapping(given) | as_mapping(more)).items():
            if not allow_val_change and name not in self._locked and name in self and self[name] != value:
                warnings.warn(
                    f"config.{name} must keep its value unless allow_val_change=True, got {shortened(value)} after "
                    f"{shortened(self[name])}; the new value is taken",
                    MediaStoreWarning,
                    stacklevel=2,
                )
            self[name] = value

    def setdefaults(self, given: Any) -> None:
        """Add the settings that are not there yet."""
        for name, value in as_mapping(given).items():
            self.setdefault(name, value)
