"""Bodies in space: files as they are, points as PLY.

Source of the format: http://paulbourke.net/dataformats/ply/.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediastore.encode.encoded import Encoded, beginning, kept_as_is
from mediastore.errors import MediaStoreValueError
from mediastore.payload import Payload

_MEDIA_TYPES = {
    "obj": "model/obj",
    "gltf": "model/gltf+json",
    "glb": "model/gltf-binary",
    "stl": "model/stl",
    "ply": "model/ply",
}
_COLUMNS = {3: (), 4: (("class", "<i4", "int"),), 6: tuple((name, "u1", "uchar") for name in ("red", "green", "blue"))}


def encode_object3d(payload: Payload, options: dict[str, Any]) -> Encoded:
    """A body as a file; facts: `points` of an array, and the `scene` of boxes and vectors given with it."""
    scene = {"scene": options["scene"]} if "scene" in options else {}
    if payload.array is not None:
        points = _as_points(payload.array)
        return Encoded("model/ply", "ply", _ply(points), facts={"points": len(points)} | scene)
    ending = str(options.get("file_type") or Path(payload.name).suffix).lower().lstrip(".")
    if ending not in _MEDIA_TYPES:
        known = ", ".join(_MEDIA_TYPES)
        return kept_as_is(payload, "body", f"it is none of {known} (it begins with {beginning(payload)!r})")
    return Encoded(_MEDIA_TYPES[ending], ending, payload.content, payload.path, scene)


def _as_points(array: NDArray[Any]) -> NDArray[np.float64]:
    if array.ndim != 2 or array.shape[1] not in _COLUMNS:
        raise MediaStoreValueError(
            f"points must have shape (N, 3), (N, 4) with a class or (N, 6) with a colour, got {array.shape}; reshape it"
        )
    points = array.astype(np.float64)
    if not np.isfinite(points).all():
        count = int((~np.isfinite(points)).any(axis=1).sum())
        raise MediaStoreValueError(f"points must be finite, got {count} that are not of {len(points)}; drop them")
    return points


def _ply(points: NDArray[np.float64]) -> bytes:
    further = _COLUMNS[points.shape[1]]
    columns = [(name, "<f4", "float") for name in "xyz"] + list(further)
    rows = np.empty(len(points), dtype=[(name, form) for name, form, _ in columns])
    for position, (name, form, _) in enumerate(columns):
        values = points[:, position]
        rows[name] = np.clip(values, 0, 255) if form == "u1" else values
    properties = "".join(f"property {word} {name}\n" for name, _, word in columns)
    header = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\n{properties}end_header\n"
    return header.encode("ascii") + rows.tobytes()
