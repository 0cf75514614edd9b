"""What to look for, as one frozen value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from mediastore.errors import MediaStoreTypeError, MediaStoreValueError
from mediastore.reader import expressions

Names = str | Iterable[str] | None
Range = tuple[float | None, float | None]
Wanted = float | str | bool | Range | list[Any]
LATEST = "latest"
LISTS = "run project status tag key kind sample index label labels_all labels_none layer type track".split()
RANGES = ("score", "area", "area_share", "aspect")
FIELDS = ("config", "summary", "values", "scores")
OF_RUNS = ("run", "project", "status", "tag", "config", "summary", "where")
OF_ITEMS = ("kind", "values", "caption", "problem", "where", "labels_all", "labels_none")
QUALIFIERS = ("layer", "type", "score", "scores", "area", "area_share", "aspect", "text", "track", "frame")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Each filter narrows; None leaves a field open. Where one or several are taken, one of them must fit.

    Of the run: run (its id, or `project/run`), project, status, tag: one or several. config, summary: conditions by
    name, `{"lr": (0.001, None), "model": "x", "optimizer.name": ["adam", "sgd"]}`.

    Of the item: key, kind, sample, index: one or several. step: one, (first, last), or "latest" of each run and key.
    caption: a text that it contains, in any case. problem: True has one, False has none, a text is contained in it.
    values: conditions by name. where: a text of conditions, see mediastore.reader.expressions.

    Of an annotation: label, layer, type, track: one or several. score; scores: conditions by name on the further ones.
    area: of its box, in pixels; area_share: the same as a share (0..1) of the picture; aspect: width / height of its
    box. text: a text that it contains, in any case. frame: one, or (first, last). An item is wanted when all of these
    hold for one and the same annotation of it.
    labels_all: of each of these labels the item has an annotation for which all but `label` hold.
    labels_none: of none of these labels the item has such an annotation. Where only these two name labels, the other
    conditions on annotations speak about them, and an item without annotations has none of the labels.

    Ranges are (lowest, highest), both inclusive; an end that is None is open. A condition by name is a range, one
    number, text or truth that it equals, or a list of these, of which one fits.
    """

    run: Names = None
    project: Names = None
    status: Names = None
    tag: Names = None
    config: Mapping[str, Wanted] | None = None
    summary: Mapping[str, Wanted] | None = None
    where: str | None = None
    key: Names = None
    step: int | tuple[int | None, int | None] | str | None = None
    kind: Names = None
    sample: Names = None
    index: int | Iterable[int] | None = None
    caption: str | None = None
    problem: bool | str | None = None
    values: Mapping[str, Wanted] | None = None
    label: Names = None
    labels_all: Names = None
    labels_none: Names = None
    layer: Names = None
    type: Names = None
    score: Range | None = None
    scores: Mapping[str, Wanted] | None = None
    area: Range | None = None
    area_share: Range | None = None
    aspect: Range | None = None
    text: str | None = None
    track: Names | int | Iterable[int] = None
    frame: int | tuple[int | None, int | None] | None = None

    def __post_init__(self) -> None:
        for name in LISTS:
            object.__setattr__(self, name, _several(name, getattr(self, name)))
        for name in RANGES:
            if getattr(self, name) is not None:
                check_pair(name, getattr(self, name))
        for name in FIELDS:
            object.__setattr__(self, name, _conditions(name, getattr(self, name)))
        for name in ("step", "frame"):
            _check_whole(name, getattr(self, name))
        for name in ("caption", "text", "where"):
            if not isinstance(getattr(self, name), str | None):
                raise MediaStoreTypeError(f"{name} must be a text, got {getattr(self, name)!r}; None leaves it open")

    @property
    def on_annotations(self) -> bool:
        """Whether one annotation must fit: labels_all and labels_none take the other conditions to themselves."""
        alone = self.labels_all is None and self.labels_none is None
        return self.label is not None or (alone and any(getattr(self, name) is not None for name in QUALIFIERS))

    @property
    def on_annotations_alone(self) -> bool:
        """Whether the annotations tell which items are wanted, so that the items need not be looked at."""
        return self.on_annotations and all(getattr(self, name) is None for name in OF_ITEMS)

    @property
    def given(self) -> dict[str, Any]:
        """The filters that narrow, by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if value is not None}

    def without(self, *names: str) -> "Filters":
        """The same with these left open."""
        return Filters(**{name: value for name, value in self.given.items() if name not in names})


def pick(names: Iterable[str], filters: Mapping[str, Any], question: str) -> Filters:
    """Filters of which a question takes only some. Raises MediaStoreTypeError for another one."""
    accepted = list(names)
    if unknown := [name for name in filters if name not in accepted]:
        raise MediaStoreTypeError(f"{question} must be asked by {', '.join(accepted)}, got {unknown[0]}; leave it out")
    if isinstance(filters.get("where"), str) and expressions.speaks_of_items(filters["where"]):
        raise MediaStoreValueError(
            f"where must speak of runs in {question}, got {filters['where']!r}, which asks for something of items; "
            "compare config., summary. or columns of runs"
        )
    return Filters(**filters)


def _several(name: str, value: Any) -> tuple | None:
    accepted = (int,) if name == "index" else (str, int) if name == "track" else (str,)
    if value is None:
        return None
    values = (value,) if isinstance(value, str | int) else tuple(value)
    if not all(isinstance(entry, accepted) for entry in values):
        raise MediaStoreTypeError(
            f"{name} must be one {accepted[0].__name__} or several, got {value!r}; give None to leave it open"
        )
    return tuple(str(entry) for entry in values) if name == "track" else values


def _check_whole(name: str, value: Any) -> None:
    also = f" or {LATEST!r}" if name == "step" else ""
    if isinstance(value, tuple):
        check_pair(name, value)
    elif not (value is None or isinstance(value, int) or (also and value == LATEST)):
        raise MediaStoreTypeError(f"{name} must be a number, (first, last){also}, got {value!r}; give one of these")


def check_pair(name: str, pair: Any) -> None:
    """Raises MediaStoreValueError unless it is a range: two numbers in order, or None for an open end."""
    whole = isinstance(pair, tuple | list) and len(pair) == 2
    if not whole or not all(end is None or (_is_number(end) and end == end) for end in pair):
        raise MediaStoreValueError(
            f"{name} must be two numbers (lowest, highest), got {pair!r}; None leaves one end open"
        )
    if None not in pair and pair[0] > pair[1]:
        raise MediaStoreValueError(f"{name} must go from the lowest to the highest, got {pair!r}; swap the two")


def _conditions(name: str, given: Any) -> dict[str, Wanted] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or not all(isinstance(field, str) for field in given):
        raise MediaStoreTypeError(
            f"{name} must be conditions by name, got {given!r}; give {{'lr': (0.001, None)}}, or a text as where="
        )
    for field, wanted in given.items():
        if isinstance(wanted, tuple):
            check_pair(f"{name}[{field!r}]", wanted)
        elif not all(isinstance(one, str | bool) or _is_number(one) for one in _listed(wanted)):
            raise MediaStoreTypeError(
                f"{name}[{field!r}] must be a range, a number, a text, a truth or a list of these, got {wanted!r}; "
                "give one of these"
            )
    return dict(given)


def _listed(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
