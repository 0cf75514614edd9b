"""Media that are neither picture, sound nor film: pages, figures, texts and bodies in space."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from mediastore.errors import MediaStoreTypeError, shortened
from mediastore.media import Media
from mediastore.payload import Payload, freeze, read_file
from mediastore.plain import plain


class Html(Media):
    """A page: its text, a path that ends in .html, or an open file. It is stored, and shown apart from the app."""

    kind = "html"

    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False, **fields: Any) -> None:
        super().__init__(data, **fields)
        self._is_text = data_is_not_path

    def payloads(self) -> list[Payload]:
        if not self._is_text and _is_file(self.data, (".html", ".htm")):
            return [read_file(Path(self.data), self.kind)]
        return [_text(self.data, self.kind)]


class Text(Media):
    """A text of any length, as an item of its own."""

    kind = "text"

    def payloads(self) -> list[Payload]:
        return [_text(self.data, self.kind)]


class Plotly(Media):
    """A plotly figure (the object, its dictionary, its JSON or a path to that), kept as JSON that plotly.js draws.

    A matplotlib figure is stored as a picture.
    """

    kind = "plotly"

    def __init__(self, val: Any, **fields: Any) -> None:
        super().__init__(val, **fields)
        if hasattr(self.data, "savefig"):
            self.kind = "image"  # type: ignore[misc]

    def payloads(self) -> list[Payload]:
        if self.kind == "image":
            return super().payloads()
        if hasattr(self.data, "to_json"):
            return [_text(self.data.to_json(), self.kind)]
        if isinstance(self.data, Mapping):
            return [_text(json.dumps(plain(self.data), separators=(",", ":")), self.kind)]
        if _is_file(self.data, (".json",)):
            return [read_file(Path(self.data), self.kind)]
        return [_text(self.data, self.kind)]


class Object3D(Media):
    """A body in space: a path to .obj, .gltf, .glb, .stl or .ply, an open file, or points as an array.

    Points have shape (N, 3): x, y, z; (N, 4): with a class; (N, 6): with red, green, blue 0..255. wandb's dictionary
    {"points", "boxes", "vectors"} is taken too: boxes and vectors stand in the record. file_type: "obj" …, needed with
    an open file.
    """

    kind = "object3d"
    endings: ClassVar[tuple[str, ...]] = ("obj", "gltf", "glb", "stl", "ply")

    def __init__(self, data_or_path: Any, caption: str | None = None, *, file_type: str | None = None, **fields: Any):
        scene = data_or_path if isinstance(data_or_path, Mapping) else {}
        parts = {name: plain(scene[name]) for name in ("boxes", "vectors") if name in scene}
        super().__init__(
            scene.get("points") if scene else data_or_path,
            caption=caption,
            file_type=file_type,
            scene=parts or None,
            **fields,
        )

    @classmethod
    def from_file(cls, data_or_path: Any, file_type: str | None = None) -> Self:
        """The same as the constructor, by wandb's name."""
        return cls(data_or_path, file_type=file_type)

    @classmethod
    def from_numpy(cls, data: Any) -> Self:
        """The same as the constructor, by wandb's name."""
        return cls(data)

    @classmethod
    def from_point_cloud(cls, points: Any, boxes: Any = (), vectors: Any = None, **more: Any) -> Self:
        """Points with boxes (of `corners`, `label`, `color`) and vectors, as wandb writes them."""
        return cls({"points": points, "boxes": list(boxes), "vectors": list(vectors or ())})

    def payloads(self) -> list[Payload]:
        return [freeze(self.data, self.kind)]


def _is_file(data: Any, endings: tuple[str, ...]) -> bool:
    """Whether a path was given: a `Path`, or a text that ends like one and is one."""
    if isinstance(data, Path):
        return True
    return isinstance(data, str) and len(data) < 4096 and data.lower().endswith(endings) and Path(data).is_file()


def _text(data: Any, what: str) -> Payload:
    if hasattr(data, "read"):
        data = data.getvalue() if hasattr(data, "getvalue") else data.read()
    if isinstance(data, str):
        return Payload(content=data.encode("utf-8", "replace"))
    if isinstance(data, (bytes, bytearray, memoryview)):
        return Payload(content=bytes(data))
    raise MediaStoreTypeError(f"{what} must be a text, bytes, a file or a path, got {shortened(data)}; pass its text")
