"""What all annotations share, whatever their geometry.

Nothing is checked while an annotation is made, so that a model that diverges cannot stop its training: `fault()` says
what contradicts itself, `doubt()` what is merely odd, and the writer decides what to do about it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Size = tuple[int, int]

PREDICTIONS = "predictions"


def numbers(values: Any, count: int) -> tuple[float, ...]:
    """`count` floats, or as many NaN where the values are something else: `fault()` then names them."""
    try:
        floats = tuple(float(value) for value in values)
    except (TypeError, ValueError):
        return (math.nan,) * count
    return floats if len(floats) == count else (math.nan,) * count


def optional_number(value: Any) -> float | None:
    """A float, or None for None."""
    return None if value is None else numbers([value], 1)[0]


def is_finite(values: Sequence[float]) -> bool:
    """Whether no value is NaN or infinite."""
    return all(math.isfinite(value) for value in values)


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What all kinds share.

    label: class of the object. score: confidence, any finite number, usually 0..1. scores: further numbers by name.
    layer: the set it belongs to ("predictions", "ground_truth", any name). text: free text. track: identity over
    frames. frame: frame number in a video, from 0. color: "#rrggbb", only where the reader's own must give way.
    attrs: anything else that JSON can hold.
    """

    type = "annotation"

    label: Any = None
    score: Any = None
    layer: str = PREDICTIONS
    scores: Mapping[str, Any] | None = None
    text: str | None = None
    track: Any = None
    frame: int | None = None
    color: str | None = None
    attrs: Mapping[str, Any] | None = None
    given: Any = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._settle("label", None if self.label is None else str(self.label))
        self._settle("score", optional_number(self.score))
        self._settle("layer", str(self.layer))
        self._settle("track", None if self.track is None else str(self.track))
        self._settle("frame", None if self.frame is None else int(self.frame))
        if self.scores is not None:
            self._settle("scores", {str(name): optional_number(value) for name, value in self.scores.items()})

    def _settle(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def fault(self, size_wh: Size | None = None) -> str | None:
        """One sentence when the annotation contradicts itself and has to be refused, else None."""
        for name, value in [("score", self.score), *(self.scores or {}).items()]:
            if value is not None and not math.isfinite(value):
                return f"{name} of a {self.type} must be a finite number, got {value}; drop it or leave it out"
        return self._geometry_fault(size_wh)

    def _geometry_fault(self, size_wh: Size | None) -> str | None:
        return None

    def doubt(self, size_wh: Size | None = None) -> str | None:
        """One sentence when the annotation is kept but looks wrong, else None."""
        return None

    def geometry(self, size_wh: Size | None = None) -> dict[str, Any]:
        """The fields of the record that are particular to this type."""
        return {}

    def record(self, size_wh: Size | None = None) -> dict[str, Any]:
        """The annotation as the store format has it; `size_wh` turns fractions of the picture into pixels."""
        shared = {
            "layer": self.layer,
            "type": self.type,
            "label": self.label,
            "score": self.score,
            "scores": self.scores or None,
            "text": self.text,
            "track": self.track,
            "frame": self.frame,
            "color": self.color,
            "attrs": dict(self.attrs) if self.attrs else None,
        }
        return {name: value for name, value in shared.items() if value is not None} | self.geometry(size_wh)
