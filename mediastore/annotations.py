"""What is said about a picture, a sound or a video: boxes, polygons, masks, keypoints, spans, labels.

Coordinates are pixels (floats, origin top left) or seconds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mediastore.annotation import Annotation, Size, is_finite, numbers, optional_number
from mediastore.errors import shortened
from mediastore.geometry import mask_to_rle, rle_to_mask


@dataclass(frozen=True)
class Box(Annotation):
    """A box by two corners (x0, y0, x1, y1) in pixels, x0 <= x1, y0 <= y1."""

    type = "box"

    xyxy: Sequence[float] = ()
    in_fractions: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.given is None:
            self._settle("given", self.xyxy)
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

    def doubt(self, size_wh: Size | None = None) -> str | None:
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
    """An outline by its corners [(x, y), …] in pixels, three or more; `holes` are outlines cut out of it."""

    type = "polygon"

    points: Sequence[Sequence[float]] = ()
    holes: Sequence[Sequence[Sequence[float]]] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._settle("points", tuple(numbers(point, 2) for point in self.points))
        self._settle("holes", tuple(tuple(numbers(point, 2) for point in hole) for hole in self.holes))

    def _geometry_fault(self, size_wh: Size | None) -> str | None:
        for outline in (self.points, *self.holes):
            if len(outline) < 3 or not all(is_finite(point) for point in outline):
                return f"polygon must have three or more finite (x, y) points, got {shortened(outline)}; drop it"
        return None

    def geometry(self, size_wh: Size | None = None) -> dict[str, Any]:
        holes = {"holes": [[list(point) for point in hole] for hole in self.holes]} if self.holes else {}
        return {"points": [list(point) for point in self.points]} | holes


@dataclass(frozen=True)
class Mask(Annotation):
    """The pixels of one object, shape (height, width), non-zero inside; or, with `classes`, a label map.

    A label map holds one integer class a pixel, and `classes` maps those integers to labels. Pixels whose class is not
    in `classes` belong to none. `path` names a picture file that holds the pixels instead.
    """

    type = "mask"

    pixels: ArrayLike | None = None
    classes: Mapping[int, str] | None = field(default=None, kw_only=True)
    rle: Mapping[str, Any] | None = field(default=None, kw_only=True, repr=False)
    path: Any = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.classes is not None:
            self._settle("classes", {int(value): str(label) for value, label in self.classes.items()})
        if self.pixels is not None:
            array = np.asarray(self.pixels)
            array = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
            self._settle("pixels", array.copy() if self.is_label_map else array.astype(bool))

    @classmethod
    def from_rle(cls, rle: Mapping[str, Any], **fields: Any) -> Self:
        """COCO run lengths `{"size": [height, width], "counts": …}`, compressed or a list."""
        return cls(None, rle=rle, **fields)

    @property
    def is_label_map(self) -> bool:
        return self.classes is not None

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the pixels hold."""
        return int(getattr(self.pixels, "nbytes", 0))

    def with_pixels(self, pixels: ArrayLike) -> Self:
        """The same mask, its pixels read from its `path`."""
        return replace(self, pixels=pixels, path=None)

    def array(self) -> NDArray[Any]:
        """The pixels, shape (height, width): bool, or integers of a label map."""
        return rle_to_mask(self.rle) if self.pixels is None and self.rle is not None else np.asarray(self.pixels)

    def _geometry_fault(self, size_wh: Size | None) -> str | None:
        try:
            array = self.array()
        except (KeyError, TypeError, ValueError) as error:
            return f"mask must be run lengths with size and counts, got {shortened(self.rle)}: {error}"
        if array.ndim != 2 or array.dtype.kind not in "buif":
            return f"mask must have shape (height, width), got {array.shape} of {array.dtype}; pass one mask at a time"
        if size_wh is not None and array.shape != (size_wh[1], size_wh[0]):
            return f"mask must have the picture's shape {(size_wh[1], size_wh[0])}, got {array.shape}; resize it first"
        if self.is_label_map and array.size and not (0 <= float(array.min()) and float(array.max()) <= 65535):
            return f"label map must hold classes 0..65535, got {array.min()}..{array.max()}; renumber them"
        return None

    def geometry(self, size_wh: Size | None = None) -> dict[str, Any]:
        if self.is_label_map:
            return {"classes": {str(value): label for value, label in (self.classes or {}).items()}}
        return {"rle": mask_to_rle(self.array())}


@dataclass(frozen=True)
class Keypoints(Annotation):
    """Named points of one object: [(x, y) or (x, y, score or None), …] in pixels; a point that is absent is None.

    names: one a point. skeleton: pairs of point positions that are joined by a line.
    """

    type = "keypoints"

    points: Sequence[Sequence[float | None] | None] = ()
    names: Sequence[str] | None = field(default=None, kw_only=True)
    skeleton: Sequence[Sequence[int]] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._settle("points", tuple(self._point(point) for point in self.points))
        if self.names is not None:
            self._settle("names", tuple(str(name) for name in self.names))
        if self.skeleton is not None:
            self._settle("skeleton", tuple((int(first), int(second)) for first, second in self.skeleton))

    @staticmethod
    def _point(point: Any) -> tuple[float | None, float | None, float | None]:
        if point is None:
            return (None, None, None)
        x, y = numbers(list(point)[:2], 2)
        return (x, y, optional_number(point[2]) if len(point) > 2 else None)

    def _geometry_fault(self, size_wh: Size | None) -> str | None:
        count = len(self.points)
        if not all(is_finite([value for value in point if value is not None]) for point in self.points):
            return f"keypoints must be finite (x, y) or (x, y, score), got {shortened(self.points)}; pass None for one"
        if self.names is not None and len(self.names) != count:
            return f"keypoints must have one name a point, got {len(self.names)} names for {count} points"
        if any(not 0 <= end < count for pair in self.skeleton or () for end in pair):
            return f"skeleton must join points 0..{count - 1}, got {shortened(self.skeleton)}; count from 0"
        return None

    def geometry(self, size_wh: Size | None = None) -> dict[str, Any]:
        fields: dict[str, Any] = {"points": [list(point) for point in self.points]}
        if self.names is not None:
            fields["names"] = list(self.names)
        if self.skeleton is not None:
            fields["skeleton"] = [list(pair) for pair in self.skeleton]
        return fields


@dataclass(frozen=True)
class Span(Annotation):
    """A stretch of time [start_s, end_s) of a sound or video, in seconds."""

    type = "span"

    start_s: float = math.nan
    end_s: float = math.nan

    def __post_init__(self) -> None:
        super().__post_init__()
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
