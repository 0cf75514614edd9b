"""What all annotations share, whatever their geometry.

Nothing is refused while an annotation is made, so that a model that diverges cannot stop its training: `fault()` says
what contradicts itself, `doubt()` what is merely odd, and the writer decides what to do about it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mediastore.colors import color_code
from mediastore.errors import shortened

Size = tuple[int, int]

PREDICTIONS = "predictions"


def numbers(values: Any, count: int) -> tuple[float, ...]:
    """`count` floats, or as many NaN where the values are something else: `fault()` then names them."""
    try:
        floats = tuple(map(float, values))
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return (math.nan,) * count
    return floats if len(floats) == count else (math.nan,) * count


def optional_number(value: Any) -> float | None:
    """A float, or None for None."""
    return None if value is None else numbers([value], 1)[0]


def optional_text(value: Any) -> str | None:
    """A text, or None for None; a tensor or numpy scalar is the number or text that it holds."""
    if value is None or isinstance(value, str):
        return value
    return str(value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value)


def is_finite(values: Sequence[float]) -> bool:
    """Whether no value is NaN or infinite."""
    return all(math.isfinite(value) for value in values)


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What all kinds share.

    label: class of the object. score: confidence, any finite number, usually 0..1. scores: further numbers by name.
    layer: the set it belongs to ("predictions", "ground_truth", any name). text: free text. track: identity over
    frames. frame: frame number in a video, from 0. color: "#rrggbb", a plain name or three numbers (0..255, or floats
    0..1), only where the reader's own must give way. attrs: anything else that JSON can hold.
    """

    type = "annotation"
    malformed = None

    label: Any = None
    score: Any = None
    layer: str = PREDICTIONS
    scores: Mapping[str, Any] | None = None
    text: str | None = None
    track: Any = None
    frame: int | None = None
    color: Any = None
    attrs: Mapping[str, Any] | None = None
    given: Any = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.given is None:
            self._settle("given", self._handed())
        try:
            self._normalise()
        except Exception as error:  # whatever a stranger's object raises when it is read as numbers
            sentence = f"{self.type} must be made of numbers and names, got {shortened(self.given)}: {error}; check it"
            self._settle("malformed", sentence)

    def _handed(self) -> Any:
        """The geometry as it was given, for the sentence that refuses it."""
        return None

    def _normalise(self) -> None:
        known = vars(self)  # a step with ten boxes waits for this, and `object.__setattr__` is slow
        if not isinstance(self.label, str):
            known["label"] = optional_text(self.label)
        if type(self.score) is not float:
            known["score"] = optional_number(self.score)
        if not isinstance(self.layer, str):
            known["layer"] = str(self.layer)
        if self.text is not None:
            known["text"] = str(self.text)
        if self.track is not None:
            known["track"] = optional_text(self.track)
        if self.frame is not None:
            known["frame"] = int(self.frame)
        if self.scores is not None:
            known["scores"] = {str(name): optional_number(value) for name, value in self.scores.items()}
        if self.attrs is not None:
            known["attrs"] = dict(self.attrs)

    def _settle(self, name: str, value: Any) -> None:
        vars(self)[name] = value

    def fault(self, size_wh: Size | None = None) -> str | None:
        """One sentence when the annotation contradicts itself and has to be refused, else None."""
        if self.malformed:
            return self.malformed
        for name, value in [("score", self.score), *(self.scores or {}).items()]:
            if value is not None and not math.isfinite(value):
                return f"{name} of a {self.type} must be a finite number, got {value}; drop it or leave it out"
        if self.frame is not None and self.frame < 0:
            return f"frame of a {self.type} must be 0 or more, got {self.frame}; count frames from 0"
        return self._geometry_fault(size_wh)

    def _geometry_fault(self, size_wh: Size | None) -> str | None:
        return None

    def doubt(self, size_wh: Size | None = None) -> str | None:
        """One sentence when the annotation is kept but looks wrong, else None."""
        if self.color is not None and color_code(self.color) is None:
            return f"color must be '#rrggbb' or three numbers, got {shortened(self.color)}; the reader chooses one"
        return self._geometry_doubt(size_wh)

    def _geometry_doubt(self, size_wh: Size | None) -> str | None:
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
            "color": None if self.color is None else color_code(self.color),
            "attrs": self.attrs or None,
        }
        known = {name: value for name, value in shared.items() if value is not None}
        return known if self.malformed else known | self.geometry(size_wh)
