"""What to look for, as one frozen value, and the SQL conditions it stands for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from mediastore.errors import MediaStoreTypeError, MediaStoreValueError
from mediastore.reader.sql import conditions as texts

Names = str | Iterable[str] | None
Range = tuple[float | None, float | None]
LATEST = "latest"
STEP_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Each filter narrows; None leaves a field open. label, layer and score must hold for one and the same annotation.

    run: a run's id, or `project/run`, or several. key, kind, label, layer, sample: one or several.
    step: one, (first, last) inclusive, or "latest" of each run and key. score: (lowest, highest) inclusive; an end that
    is None is open. index: one or several. caption: a text that it contains, in any case.
    problem: True has one, False has none, a text is contained in it.
    """

    run: Names = None
    key: Names = None
    step: int | tuple[int | None, int | None] | str | None = None
    kind: Names = None
    label: Names = None
    layer: Names = None
    score: Range | None = None
    sample: Names = None
    problem: bool | str | None = None
    caption: str | None = None
    index: int | Iterable[int] | None = None

    def __post_init__(self) -> None:
        for name in ("run", "key", "kind", "label", "layer", "sample", "index"):
            object.__setattr__(self, name, _several(name, getattr(self, name)))
        _check_step(self.step)
        if self.score is not None:
            _check_pair("score", self.score)

    @property
    def on_annotations(self) -> bool:
        """Whether a filter asks for something of an annotation."""
        return any(value is not None for value in (self.label, self.layer, self.score))


@dataclass(slots=True)
class Conditions:
    """SQL conditions with the values they bind."""

    values: dict[str, Any] = field(default_factory=dict)

    def of_items(self, filters: Filters) -> str:
        """The condition under which an item is wanted."""
        found = self._either(filters) + self._items(filters)
        if filters.on_annotations:
            inner = self._either(filters) + self._annotations(filters)
            found.append(texts.ITEM_OF_ANNOTATION.format(conditions=_all(inner)))
        return _all(found)

    def of_annotations(self, filters: Filters) -> str:
        """The condition under which an annotation is wanted."""
        found = self._either(filters) + self._annotations(filters)
        if of_items := self._items(filters):
            found.append(texts.ANNOTATION_OF_ITEM.format(conditions=_all(self._either(filters) + of_items)))
        return _all(found)

    def of_metrics(self, filters: Filters, name: Names) -> str:
        """The condition under which a metric's value is wanted: by run, step and name."""
        named = [] if name is None else [texts.METRIC_NAME.format(marks=self._marks("name", _several("name", name)))]
        return _all(self._run(filters) + self._step(filters) + named)

    def _either(self, filters: Filters) -> list[str]:
        found = self._run(filters) + self._among(filters, ("key", "sample", "index"), texts.EITHER)
        if filters.step == LATEST:
            others = self._run(filters) + self._among(filters, ("key",), texts.EITHER)
            return [*found, texts.LATEST.format(others=_all(others))]
        return found + self._step(filters)

    def _run(self, filters: Filters) -> list[str]:
        if filters.run is None:
            return []
        runs = self._marks("run_id", sorted({run[at:] for run in filters.run for at in _starts(run)}))
        return [texts.EITHER["run"].format(runs=runs, marks=self._marks("run", filters.run))]

    def _step(self, filters: Filters) -> list[str]:
        if filters.step is None:
            return []
        low, high = filters.step if isinstance(filters.step, tuple) else (filters.step, filters.step)
        self.values |= {"step_low": 0 if low is None else low, "step_high": STEP_MAX if high is None else high}
        return [texts.EITHER["step"]]

    def _items(self, filters: Filters) -> list[str]:
        found = self._among(filters, ("kind",), texts.ITEMS)
        if filters.caption:
            self.values["caption"] = filters.caption
            found.append(texts.ITEMS["caption"])
        if isinstance(filters.problem, str):
            self.values["problem"] = filters.problem
            found.append(texts.ITEMS["problem_text"])
        elif filters.problem is not None:
            found.append(texts.ITEMS["problem" if filters.problem else "no_problem"])
        return found

    def _annotations(self, filters: Filters) -> list[str]:
        found = self._among(filters, ("label", "layer"), texts.ANNOTATIONS)
        if filters.score is not None:
            low, high = filters.score
            self.values |= {"score_low": -inf if low is None else low, "score_high": inf if high is None else high}
            found.append(texts.ANNOTATIONS["score"])
        return found

    def _among(self, filters: Filters, names: Iterable[str], snippets: Mapping[str, str]) -> list[str]:
        given = [(name, getattr(filters, name)) for name in names if getattr(filters, name) is not None]
        return [snippets[name].format(marks=self._marks(name, values)) for name, values in given]

    def _marks(self, name: str, values: Iterable[Any]) -> str:
        bound = {f"{name}_{number}": value for number, value in enumerate(values)}
        self.values |= bound
        return ", ".join(f"${mark}" for mark in bound) or "null"


def _all(conditions: list[str]) -> str:
    return " and ".join(conditions) or "true"


def _starts(run: str) -> list[int]:
    """Where the run's id may begin in `project/run`: either may hold slashes."""
    return [0, *(at + 1 for at, character in enumerate(run) if character == "/")]


def _several(name: str, value: Any) -> tuple | None:
    accepted = int if name == "index" else str
    if value is None:
        return None
    values = (value,) if isinstance(value, (str, int)) else tuple(value)
    if not all(isinstance(entry, accepted) for entry in values):
        raise MediaStoreTypeError(
            f"{name} must be one {accepted.__name__} or several, got {value!r}; give None to leave it open"
        )
    return values


def _check_step(step: Any) -> None:
    if isinstance(step, tuple):
        _check_pair("step", step)
    elif not (step is None or isinstance(step, int) or step == LATEST):
        raise MediaStoreTypeError(
            f"step must be a number, (first, last) or {LATEST!r}, got {step!r}; give one of these"
        )


def _check_pair(name: str, pair: Any) -> None:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise MediaStoreValueError(
            f"{name} must be two numbers (lowest, highest), got {pair!r}; None leaves one end open"
        )
