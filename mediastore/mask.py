"""The pixels of an object, and label maps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mediastore.annotation import Annotation, Size
from mediastore.errors import shortened
from mediastore.geometry import mask_to_rle, polygons_to_mask, rle_to_mask
from mediastore.tensors import to_array


@dataclass(frozen=True)
class Mask(Annotation):
    """The pixels of one object, shape (height, width), non-zero inside; or, with `classes`, a label map.

    A label map holds one integer class a pixel, and `classes` maps those integers to labels. Pixels whose class is not
    in `classes` belong to none; empty `classes` name every class that occurs: class_0, class_1 ….
    `path` names a picture file that holds the pixels instead.
    """

    type = "mask"

    pixels: ArrayLike | None = None
    classes: Mapping[int, str] | None = field(default=None, kw_only=True)
    rle: Mapping[str, Any] | None = field(default=None, kw_only=True, repr=False)
    path: Any = field(default=None, kw_only=True)

    def _normalise(self) -> None:
        super()._normalise()
        if self.classes is not None:
            self._settle("classes", {int(value): str(label) for value, label in self.classes.items()})
        if self.pixels is not None:
            array = _flat(to_array(self.pixels))
            self._settle("pixels", array.copy() if self.is_label_map else array.astype(bool))

    @classmethod
    def from_rle(cls, rle: Mapping[str, Any], **fields: Any) -> Self:
        """COCO run lengths `{"size": [height, width], "counts": …}`, compressed or a list."""
        return cls(None, rle=rle, **fields)

    @classmethod
    def from_polygons(cls, polygons: Sequence[Any], size_wh: Size, **fields: Any) -> Self:
        """Outlines, each [(x, y), …] or COCO's flat list, filled by the even-odd rule on a picture of `size_wh`.

        One that cannot be filled becomes a mask that is refused when it is logged.
        """
        try:
            return cls(polygons_to_mask(polygons, size_wh), given=polygons, **fields)
        except (TypeError, ValueError):
            return cls(None, given=polygons, **fields)

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
        if self.pixels is None and self.rle is None:
            return f"mask must have pixels, run lengths or outlines, got {shortened(self.given)}; pass one of them"
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
            classes = self.classes or {value: f"class_{value}" for value in np.unique(self.array()).tolist()}
            return {"classes": {str(value): label for value, label in classes.items()}}
        return {"rle": mask_to_rle(self.array())}


def _flat(array: NDArray[Any]) -> NDArray[Any]:
    """One of three axes that has a single entry, first or last, is left out."""
    if array.ndim != 3 or 1 not in (array.shape[0], array.shape[2]):
        return array
    return array[..., 0] if array.shape[2] == 1 else array[0]
