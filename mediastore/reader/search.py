"""What is looked for among the annotations, as one frozen value and as the parameters of a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Self

from mediastore.errors import MediaStoreValueError

Range = tuple[float | None, float | None]
SEPARATOR = ".."
ORDERS = {
    "score": "score",
    "step": "step",
    "label": "label",
    "layer": "layer",
    "key": "key",
    "run": "project || '/' || run",
    "area": "(x1 - x0) * (y1 - y0)",
}
BINS_OF_ORDERS = {"score": "greatest(-1e5, least(1e5, floor(place * 1000)))", "area": "least(1e5, floor(place / 100))"}
FIRST_ORDER = "-score"
NAMES = {"labels": "label", "layers": "layer", "keys": "key", "runs": "of"}
RANGES = ("score", "steps", "area", "aspect")
PARAMS = (*NAMES.values(), *RANGES, "text", "sort")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for: everything in the runs `view` that satisfies each field that is given.

    view, runs: `project/run`; labels, layers: "" stands for none. score, steps, area (square pixels) and aspect (width
    over height) are (lowest, highest), inclusive, None leaves an end open. text: a part of text, sample or label, in
    any case. sort: one of ORDERS, last first with a leading "-". Raises MediaStoreValueError for another.
    """

    view: tuple[str, ...]
    labels: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    score: Range | None = None
    steps: Range | None = None
    area: Range | None = None
    aspect: Range | None = None
    text: str = ""
    sort: str = FIRST_ORDER

    def __post_init__(self) -> None:
        if self.sort.removeprefix("-") not in ORDERS:
            raise MediaStoreValueError(
                f"sort must be one of {', '.join(ORDERS)}, got {self.sort!r}; choose one of them"
            )

    @classmethod
    def from_params(cls, view: Sequence[str], params: Mapping[str, Sequence[str]]) -> Self:
        """The search that a link carries in PARAMS; what cannot be read there counts as not asked."""
        last = {name: values[-1] for name, values in params.items() if values}
        sort = last.get("sort", FIRST_ORDER)
        return cls(
            view=tuple(view),
            **{name: tuple(params.get(param, ())) for name, param in NAMES.items()},
            **{name: read_range(last.get(name, "")) for name in RANGES},
            text=last.get("text", ""),
            sort=sort if sort.removeprefix("-") in ORDERS else FIRST_ORDER,
        )

    def to_params(self) -> dict[str, list[str]]:
        """The parameters of a link that carries this search; what is not asked is not there."""
        found = {param: list(getattr(self, name)) for name, param in NAMES.items()}
        found |= {name: [written_range(getattr(self, name))] for name in RANGES if getattr(self, name)}
        found |= {"text": [self.text] if self.text else [], "sort": [self.sort] if self.sort != FIRST_ORDER else []}
        return {name: values for name, values in found.items() if values}


def read_range(text: str) -> Range | None:
    """`"0.5..0.9"` as (0.5, 0.9), `"..3"` as (None, 3.0); None for anything else."""
    low, separator, high = text.partition(SEPARATOR)
    try:
        ends = tuple(float(end) if end else None for end in (low, high))
    except ValueError:
        return None
    given = [end for end in ends if end is not None]
    return ends if separator and given and given == sorted(given) and all(map(isfinite, given)) else None


def written_range(ends: Range) -> str:
    """A range as `read_range` takes it."""
    return SEPARATOR.join("" if end is None else f"{end:.12g}" for end in ends)
