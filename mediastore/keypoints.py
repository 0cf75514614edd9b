"""Named points of an object."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from mediastore.annotation import Annotation, Size, is_finite, numbers, optional_number
from mediastore.errors import shortened


@dataclass(frozen=True)
class Keypoints(Annotation):
    """Named points of one object: [(x, y) or (x, y, score or None), …] in pixels; a point that is absent is None.

    names: one a point. skeleton: pairs of point positions, from 0, that are joined by a line. visibility: one a point
    as COCO counts it, 0 not there, 1 hidden, 2 seen.
    """

    type = "keypoints"

    points: Sequence[Sequence[float | None] | None] = ()
    names: Sequence[str] | None = field(default=None, kw_only=True)
    skeleton: Sequence[Sequence[int]] | None = field(default=None, kw_only=True)
    visibility: Sequence[int] | None = field(default=None, kw_only=True)

    @classmethod
    def from_coco(cls, triples: Sequence[float], **fields: Any) -> Self:
        """COCO's flat [x, y, visibility, x, y, visibility, …]; points that are not there (0) become None."""
        flat = numbers(triples, len(triples) // 3 * 3)
        found = [tuple(flat[at : at + 3]) for at in range(0, len(flat), 3)]
        points = [(x, y) if seen else None for x, y, seen in found]
        whole = all(is_finite(point) for point in found)
        visibility = [int(seen) for _, _, seen in found] if whole else None
        return cls(points, visibility=visibility, given=triples, **fields)

    def _handed(self) -> Any:
        return self.points

    def _normalise(self) -> None:
        super()._normalise()
        self._settle("points", tuple(self._point(point) for point in self.points))
        if self.names is not None:
            self._settle("names", tuple(str(name) for name in self.names))
        if self.skeleton is not None:
            self._settle("skeleton", tuple((int(first), int(second)) for first, second in self.skeleton))
        if self.visibility is not None:
            self._settle("visibility", tuple(int(seen) for seen in self.visibility))

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
        if self.visibility is not None and (len(self.visibility) != count or not {*self.visibility} <= {0, 1, 2}):
            return f"visibility must be 0, 1 or 2 for each of {count} points, got {shortened(self.visibility)}; mend it"
        if any(not 0 <= end < count for pair in self.skeleton or () for end in pair):
            return f"skeleton must join points 0..{count - 1}, got {shortened(self.skeleton)}; count from 0"
        return None

    def geometry(self, size_wh: Size | None = None) -> dict[str, Any]:
        fields: dict[str, Any] = {"points": [list(point) for point in self.points]}
        if self.names is not None:
            fields["names"] = list(self.names)
        if self.skeleton is not None:
            fields["skeleton"] = [list(pair) for pair in self.skeleton]
        if self.visibility is not None:
            fields["visibility"] = list(self.visibility)
        return fields
