"""Filters as SQL conditions. Values are bound under names; texts of ours alone become SQL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from mediastore.reader import expressions
from mediastore.reader.filters import LATEST, RANGES, Filters, Wanted
from mediastore.reader.sql import conditions as texts

WHOLE_MAX = 2**63 - 1


@dataclass(slots=True)
class Conditions:
    """SQL conditions with the values they bind."""

    values: dict[str, Any] = field(default_factory=dict)

    def of_items(self, filters: Filters, *, has_annotation: bool = False) -> str:
        """The condition under which an item is wanted; of one that `has_annotation` that fits, what else is asked."""
        found = self._either(filters) + self._items(filters)
        if filters.on_annotations and not has_annotation:
            inner = self._either(filters) + self._annotations(filters)
            found.append(texts.ITEM_OF_ANNOTATION.format(conditions=_all(inner)))
        return _all(found)

    def of_annotations(self, filters: Filters) -> str:
        """The condition under which an annotation is wanted."""
        found = self._either(filters) + self._annotations(filters)
        if of_items := self._items(filters):
            found.append(texts.ANNOTATION_OF_ITEM.format(conditions=_all(self._either(filters) + of_items)))
        return _all(found)

    def of_metrics(self, filters: Filters, name: Iterable[str] | str | None) -> str:
        """The condition under which a metric's value is wanted: by run, step and name."""
        names = None if name is None else [name] if isinstance(name, str) else list(name)
        named = [] if names is None else [texts.METRIC_NAME.format(marks=self.marks("name", names))]
        return _all(self._run(filters) + self._whole(filters, "step") + named)

    def of_steps(self, filters: Filters) -> str:
        """The condition on the step alone."""
        return _all(self._whole(filters, "step"))

    def of_runs(self, filters: Filters) -> str:
        """The condition under which a run is wanted."""
        return _all(self._among(filters, ("run",)) + self._of_runs(filters))

    def marks(self, name: str, values: Iterable[Any]) -> str:
        """Placeholders for these values, which are bound under `name`."""
        bound = {f"{name}_{number}": value for number, value in enumerate(values)}
        self.values |= bound
        return ", ".join(f"${mark}" for mark in bound) or "null"

    def field(self, column: str, name: str, wanted: Wanted, mark: str) -> str:
        """The condition on one field of a JSON column."""
        if wanted == []:
            return "false"
        at = self.marks(f"{mark}_field", [name])
        if isinstance(wanted, tuple):
            low, high = _ends(wanted, -inf, inf)
            ends = {"low": self.marks(f"{mark}_low", [low]), "high": self.marks(f"{mark}_high", [high])}
            return texts.NUMBER_AMONG.format(column=column, field=at, **ends)
        listed = wanted if isinstance(wanted, list) else [wanted]
        either = [
            (texts.TEXT_IS if isinstance(one, str | bool) else texts.NUMBER_IS).format(
                column=column, field=at, mark=self.marks(f"{mark}_{number}", [_spelt(one)])
            )
            for number, one in enumerate(listed)
        ]
        return f"({' or '.join(either)})"

    def _either(self, filters: Filters) -> list[str]:
        found = self._run(filters) + self._among(filters, ("key", "sample", "index"))
        if filters.step == LATEST:
            others = self._run(filters) + self._among(filters, ("key",))
            return [*found, texts.LATEST.format(others=_all(others))]
        return found + self._whole(filters, "step")

    def _run(self, filters: Filters) -> list[str]:
        found = self._among(filters, ("run",))
        if of_runs := self._of_runs(filters):
            found.append(texts.OF_RUN.format(conditions=_all(of_runs)))
        return found

    def _of_runs(self, filters: Filters) -> list[str]:
        found = self._among(filters, ("project", "status", "tag"))
        found += self._fields(filters.config, "config", "config") + self._fields(filters.summary, "summary", "summary")
        return found + self._where(filters, "run")

    def _items(self, filters: Filters) -> list[str]:
        found = self._among(filters, ("kind",)) + self._fields(filters.values, "values", "values")
        if filters.caption:
            self.values["caption"] = filters.caption
            found.append(texts.ITEMS["caption"])
        if isinstance(filters.problem, str):
            self.values["problem"] = filters.problem
            found.append(texts.ITEMS["problem_text"])
        elif filters.problem is not None:
            found.append(texts.ITEMS["problem" if filters.problem else "no_problem"])
        return found + self._where(filters, "item") + self._labels(filters)

    def _labels(self, filters: Filters) -> list[str]:
        if filters.labels_all is None and filters.labels_none is None:
            return []
        fits = _all(self._either(filters) + self._annotations(filters.without("label")))
        found = [
            texts.LABEL_OF_ALL.format(conditions=fits, mark=self.marks(f"labels_all_{number}", [label]))
            for number, label in enumerate(filters.labels_all or ())
        ]
        if filters.labels_none:
            marks = self.marks("labels_none", filters.labels_none)
            found.append(texts.LABELS_NONE.format(conditions=fits, marks=marks))
        return found

    def _annotations(self, filters: Filters) -> list[str]:
        found = self._among(filters, ("label", "layer", "type", "track"))
        for name in RANGES:
            if (given := getattr(filters, name)) is not None:
                self._bind_ends(name, _ends(given, -inf, inf))
                found.append(texts.ANNOTATIONS[name])
        if filters.text:
            self.values["text"] = filters.text
            found.append(texts.ANNOTATIONS["text"])
        return found + self._whole(filters, "frame") + self._fields(filters.scores, texts.SCORES, "scores")

    def _whole(self, filters: Filters, name: str) -> list[str]:
        given = getattr(filters, name)
        if given is None:
            return []
        self._bind_ends(name, _ends(given if isinstance(given, tuple) else (given, given), 0, WHOLE_MAX))
        return [_SNIPPETS[name]]

    def _fields(self, given: Mapping[str, Wanted] | None, column: str, mark: str) -> list[str]:
        return [
            self.field(column, name, wanted, f"{mark}_{number}")
            for number, (name, wanted) in enumerate((given or {}).items())
        ]

    def _where(self, filters: Filters, about: str) -> list[str]:
        return [] if filters.where is None else expressions.conditions(filters.where, about, self)

    def _among(self, filters: Filters, names: Iterable[str]) -> list[str]:
        found = []
        for name in names:
            if (values := getattr(filters, name)) is not None:
                more = {"runs": self.marks("run_id", _run_ids(values))} if name == "run" else {}
                found.append(_SNIPPETS[name].format(marks=self.marks(name, values), **more))
        return found

    def _bind_ends(self, name: str, ends: tuple[float, float]) -> None:
        self.values |= {f"{name}_low": ends[0], f"{name}_high": ends[1]}


_SNIPPETS = {**texts.EITHER, **texts.RUNS, **texts.ITEMS, **texts.ANNOTATIONS}


def _all(conditions: list[str]) -> str:
    return " and ".join(conditions) or "true"


def _ends(pair: tuple[float | None, float | None], lowest: float, highest: float) -> tuple[float, float]:
    low, high = pair
    return (lowest if low is None else low), (highest if high is None else high)


def _run_ids(runs: Iterable[str]) -> list[str]:
    """What may be the ids: in `project/run` either may hold slashes."""
    starts = {run: [0, *(at + 1 for at, character in enumerate(run) if character == "/")] for run in runs}
    return sorted({run[at:] for run, begins in starts.items() for at in begins})


def _spelt(value: Any) -> Any:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value
