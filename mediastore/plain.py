"""Values of any library as the types that JSON has."""

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Any


def number(value: float) -> float | str:
    """A float as JSON can hold it: "NaN", "Infinity" and "-Infinity" are strings."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def plain(value: Any, of_float: Callable[[float], Any] = number) -> Any:
    """`value` as JSON types alone: numpy's and tensors' numbers and arrays, paths, sets, dataclass-like objects.

    of_float: what becomes of a float; by default NaN and infinities become strings.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return of_float(float(value))
    if isinstance(value, Mapping):
        return {str(key): plain(entry, of_float) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(entry, of_float) for entry in value]
    return _foreign(value, of_float)


def with_tolist(value: Any) -> Any:
    """A tensor that only numpy can read as numpy's array (TensorFlow has no `tolist`), anything else as it is."""
    return value if hasattr(value, "tolist") or not hasattr(value, "__array__") else value.__array__()


def _foreign(value: Any, of_float: Callable[[float], Any]) -> Any:
    value = with_tolist(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if hasattr(value, "tolist"):
        listed = value.tolist()
        return plain(listed, of_float) if isinstance(listed, (bool, int, float, str, list, bytes)) else str(value)
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "__dict__") and not isinstance(value, type) and not callable(value):
        fields = {name: plain(entry, of_float) for name, entry in vars(value).items() if not name.startswith("_")}
        return fields if fields or not vars(value) else str(value)
    return plain(list(value), of_float) if isinstance(value, Iterable) else str(value)
