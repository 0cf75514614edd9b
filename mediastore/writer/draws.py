"""The settings of a sweep: every combination of a grid, or one draw of each parameter."""

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mediastore.errors import MediaStoreValueError, shortened

Parameters = Mapping[str, Any]

_random = random.Random()


def grid(parameters: Parameters) -> Iterator[dict[str, Any]]:
    """Every combination, the last parameter changing first. Raises MediaStoreValueError for one that is continuous."""
    choices = [_choices(name, said) for name, said in parameters.items()]
    return (dict(zip(parameters, chosen, strict=True)) for chosen in itertools.product(*choices))


def drawn(parameters: Parameters) -> dict[str, Any]:
    """One value of each parameter by its distribution. Raises MediaStoreValueError for what has no clear meaning."""
    return {name: _drawn(name, said) for name, said in parameters.items()}


def _choices(name: str, said: Any) -> Sequence[Any]:
    said = _checked(name, said)
    if "parameters" in said:
        return list(grid(said["parameters"]))
    if "value" in said:
        return [said["value"]]
    if "values" in said:
        return list(said["values"])
    low, high = _bounds(name, said)
    if isinstance(low, int) and isinstance(high, int) and said.get("distribution", "int_uniform") == "int_uniform":
        return range(low, high + 1)
    raise MediaStoreValueError(
        f"{name} must have values for a grid, got {shortened(said)}; list them, or draw at random"
    )


def _drawn(name: str, said: Any) -> Any:
    said = _checked(name, said)
    if "parameters" in said:
        return drawn(said["parameters"])
    if "value" in said:
        return said["value"]
    if "values" in said:
        return _random.choices(list(said["values"]), said.get("probabilities"))[0]
    form = said.get("distribution") or _usual(name, said)
    step = None
    if form.startswith("q_"):
        form, step = form[2:], said.get("q", 1)
    if form not in _DRAWS:
        known = ", ".join([*_DRAWS, *(f"q_{known}" for known in _DRAWS if known != "int_uniform")])
        raise MediaStoreValueError(
            f"the distribution of {name} must be one of {known}, got {form!r}; choose one of them"
        )
    value = _DRAWS[form](name, said)
    return value if step is None else round(value / step) * step


def _usual(name: str, said: Parameters) -> str:
    if "mu" in said or "sigma" in said:
        return "normal"
    return "int_uniform" if all(isinstance(bound, int) for bound in _bounds(name, said)) else "uniform"


def _checked(name: str, said: Any) -> Parameters:
    if isinstance(said, Mapping) and ("values" not in said or said["values"]):
        return said
    raise MediaStoreValueError(
        f"{name} must be a dictionary with value, values, or min and max, got {shortened(said)}; give one of them"
    )


def _bounds(name: str, said: Parameters) -> tuple[float, float]:
    low, high = said.get("min"), said.get("max")
    if isinstance(low, int | float) and isinstance(high, int | float) and low <= high:
        return low, high
    raise MediaStoreValueError(f"{name} must have min <= max, both numbers, got {shortened(said)}; give both")


def _positive(name: str, said: Parameters) -> tuple[float, float]:
    low, high = _bounds(name, said)
    if low > 0:
        return low, high
    raise MediaStoreValueError(f"min of {name} must be above 0 for a logarithm, got {low}; raise it")


def _normal(said: Parameters) -> float:
    return _random.gauss(said.get("mu", 0.0), said.get("sigma", 1.0))


def _log_uniform_values(name: str, said: Parameters) -> float:
    low, high = _positive(name, said)
    return min(max(math.exp(_random.uniform(math.log(low), math.log(high))), low), high)


_DRAWS: dict[str, Callable[[str, Parameters], Any]] = {
    "int_uniform": lambda name, said: _random.randint(*map(int, _bounds(name, said))),
    "uniform": lambda name, said: _random.uniform(*_bounds(name, said)),
    "log_uniform": lambda name, said: math.exp(_random.uniform(*_bounds(name, said))),
    "log_uniform_values": _log_uniform_values,
    "normal": lambda name, said: _normal(said),
    "log_normal": lambda name, said: math.exp(_normal(said)),
}
