"""What is said about a picture, a sound or a video: boxes, polygons, masks, keypoints, spans, labels.

Coordinates are pixels (floats, origin top left) or seconds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from mediastore.annotation import Annotation, Size, is_finite, numbers
from mediastore.errors import shortened
from mediastore.geometry import rotated_to_corners
from mediastore.keypoints import Keypoints
from mediastore.mask import Mask

__all__ = ["Box", "Keypoints", "Label", "Mask", "Polygon", "Span"]


@dataclass(frozen=True)
class Box(Annotation):
    """A box by two corners (x0, y0, x1, y1) in pixels, x0 <= x1, y0 <= y1."""

    type = "box"

    xyxy: Sequence[float] = ()
    in_fractions: bool = field(default=False, kw_only=True)

    def _handed(self) -> Any:
        return self.xyxy

    def _normalise(self) -> None:
        super()._normalise()
        self._settle("xyxy", numbers(self.xyxy, 4))

    @classmethod
    def from_xywh(cls, xywh: Sequence[float], **fields: Any) -> Self:
        """Corner and size (x, y, width, height) in pixels."""
        x, y, width, height = numbers(xywh, 4)
        return cls((x, y, x + width, y + height), given=xywh, **fields)

    @classmethod
    def from_cxcywh(cls, cxcywh: Sequence[float], **fields: Any) -> Self:
        """Centre and size (x, y, width, height) in pixels, or in fractions with `in_fractions=True`."""
        x, y, width, height = numbers(cxcywh, 4)
        return cls((x - width / 2, y - height / 2, x + width / 2, y + height / 2), given=cxcywh, **fields)

    @classmethod
    def from_fractions(cls, xyxy: Sequence[float], **fields: Any) -> Self:
        """Two corners as fractions 0..1 of the picture's width and height."""
        return cls(xyxy, in_fractions=True, **fields)

    def pixels(self, size_wh: Size | None) -> tuple[float, ...]:
        """The corners in pixels of a picture of `size_wh`."""
        if not self.in_fractions or size_wh is None:
            return tuple(self.xyxy)
        return tuple(value * size_wh[axis % 2] for axis, value in enumerate(self.xyxy))

    def _geometry_fault(self, size_wh: Size | None) -> str | None:
        x0, y0, x1, y1 = self.xyxy
        if not is_finite(self.xyxy):
            return f"box must be four finite numbers, got {shortened(self.given)}; check the model's output"
        if x0 > x1 or y0 > y1:
            return f"box must have x0 <= x1 and y0 <= y1, got {shortened(self.given)}; swap its corners"
        if self.in_fractions and size_wh is None:
            return "a box in fractions must be on a picture of known size, got none; give pixels"
        return None

    def _geometry_doubt(self, size_wh: Size | None) -> str | None:
        if size_wh is None:
            return None
        x0, y0, x1, y1 = self.pixels(size_wh)
        if x1 <= 0 or y1 <= 0 or x0 >= size_wh[0] or y0 >= size_wh[1]:
            corners = ", ".join(f"{value:g}" for value in (x0, y0, x1, y1))
            return (
                f"box should touch its picture of {size_wh[0]}×{size_wh[1]} pixels, got ({corners}); "
                "check whether it is in fractions or pixels"
            )
        return None

    def geometry(self, size_wh: Size | None = None) -> dict[str, Any]:
        return {"box": list(self.pixels(size_wh))}


@dataclass(frozen=True)
class Polygon(Annotation):
    """An outline by its corners in pixels, three or more; `holes` are outlines cut out of it.

    An outline is [(x, y), …], an array of shape (N, 2) or OpenCV's (N, 1, 2), or COCO's flat [x0, y0, x1, y1, …].
    """

    type = "polygon"

    points: Sequence[Sequence[float]] = ()
    holes: Sequence[Sequence[Sequence[float]]] = field(default=(), kw_only=True)

    @classmethod
    def from_rotated(cls, cxcywh: Sequence[float], angle_deg: float, **fields: Any) -> Self:
        """A rotated box by centre, size and its angle in degrees, clockwise on screen as OpenCV counts them."""
        corners = rotated_to_corners([numbers(cxcywh, 4)], numbers([angle_deg], 1))[0]
        return cls(corners.tolist(), given=cxcywh, **fields)

    def _handed(self) -> Any:
        return self.points

    def _normalise(self) -> None:
        super()._normalise()
        self._settle("points", _outline(self.points))
        self._settle("holes", tuple(_outline(hole) for hole in self.holes))

    def _geometry_fault(self, size_wh: Size | None) -> str | None:
        for outline in (self.points, *self.holes):
            if len(outline) < 3 or not all(is_finite(point) for point in outline):
                return f"polygon must have three or more finite (x, y) points, got {shortened(outline)}; drop it"
        return None

    def geometry(self, size_wh: Size | None = None) -> dict[str, Any]:
        holes = {"holes": [[list(point) for point in hole] for hole in self.holes]} if self.holes else {}
        return {"points": [list(point) for point in self.points]} | holes


@dataclass(frozen=True)
class Span(Annotation):
    """A stretch of time [start_s, end_s) of a sound or video, in seconds."""

    type = "span"

    start_s: float = math.nan
    end_s: float = math.nan

    def _handed(self) -> Any:
        return [self.start_s, self.end_s]

    def _normalise(self) -> None:
        super()._normalise()
        start_s, end_s = numbers((self.start_s, self.end_s), 2)
        self._settle("start_s", start_s)
        self._settle("end_s", end_s)

    def _geometry_fault(self, size_wh: Size | None) -> str | None:
        if not (is_finite((self.start_s, self.end_s)) and 0 <= self.start_s <= self.end_s):
            return f"span must have 0 <= start_s <= end_s, got [{self.start_s}, {self.end_s}); give seconds"
        return None

    def geometry(self, size_wh: Size | None = None) -> dict[str, Any]:
        return {"span": [self.start_s, self.end_s]}


@dataclass(frozen=True, init=False)
class Label(Annotation):
    """A classification of the whole item: `Label("cat", score=0.9)`."""

    type = "label"

    def __init__(self, label: Any, **fields: Any) -> None:
        super().__init__(label=label, **fields)


def _outline(points: Any) -> tuple[tuple[float, ...], ...]:
    if hasattr(points, "tolist"):
        points = points.tolist()
    points = list(points)
    if points and isinstance(points[0], (int, float)):
        return tuple(numbers(points[at : at + 2], 2) for at in range(0, len(points), 2))
    return tuple(numbers(point[0] if len(point) == 1 else point, 2) for point in points)
