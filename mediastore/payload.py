"""What users hand in (paths, bytes, tensors, figures, lists) as the bytes of a file, a path or an array."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from mediastore.buffers import copied, held_bytes
from mediastore.errors import MediaStoreError, MediaStoreTypeError, MediaStoreValueError, NotFoundError, shortened
from mediastore.tensors import to_array

IN_MEMORY_BYTES_MAX = 16 * 2**20


@dataclass(frozen=True)
class Payload:
    """Exactly one of: `content` (the bytes of a file), `path` (a file too large for memory), `array`.

    An array may share its memory with what was given, until `private`.
    name: the file's name as it was given, "" where there was none.
    """

    content: bytes | None = None
    path: Path | None = None
    array: NDArray[Any] | None = None
    name: str = ""

    @property
    def nbytes(self) -> int:
        """The memory that it holds."""
        if self.array is not None:
            return held_bytes(int(self.array.nbytes))
        return len(self.content or b"")

    def private(self) -> "Payload":
        """The same with a contiguous copy of the array, which no later change of the giver's can reach."""
        return self if self.array is None else Payload(array=copied(self.array), name=self.name)


def freeze(data: Any, what: str) -> Payload:
    """The content of `data`; `what` names it in errors ("image").

    Accepts a path, bytes, a file object, a matplotlib figure, a Pillow image, a tensor of any framework that numpy
    can read, an array, or nested lists. Raises MediaStoreError children that say what is wrong with it.
    """
    if isinstance(data, (str, Path)):
        return read_file(Path(data), what)
    if isinstance(data, (bytes, bytearray, memoryview)):
        return Payload(content=bytes(data))
    if hasattr(data, "savefig"):
        return Payload(content=_drawn(data))
    if hasattr(data, "read"):
        return Payload(content=data.getvalue() if hasattr(data, "getvalue") else data.read())
    return Payload(array=as_array(data, what))


def read_file(path: Path, what: str) -> Payload:
    """The file's content, or its path where it is too large to hold."""
    try:
        if path.stat().st_size > IN_MEMORY_BYTES_MAX:
            return Payload(path=path, name=path.name)
        return Payload(content=path.read_bytes(), name=path.name)
    except FileNotFoundError as error:
        raise NotFoundError(f"{what} must be a file that exists, got {str(path)!r}; check the path") from error
    except (OSError, ValueError) as error:
        raise MediaStoreValueError(f"{what} must be a readable file, got {str(path)!r}: {error}") from error


def as_array(data: Any, what: str) -> NDArray[Any]:
    """An array of numbers, which shares memory with what was given where it can."""
    try:
        array = to_array(_plain_mode(data))
    except MediaStoreError:
        raise
    except Exception as error:
        raise MediaStoreTypeError(
            f"{what} must be a path, bytes, an array, a tensor or a figure, got {type(data).__name__} "
            f"{shortened(data)}: {error}"
        ) from error
    if array.dtype.kind not in "buif":
        raise MediaStoreTypeError(
            f"{what} must hold numbers, got {type(data).__name__} with dtype {array.dtype}; pass a path, bytes or array"
        )
    if array.size == 0:
        raise MediaStoreValueError(f"{what} must not be empty, got shape {array.shape}; skip it")
    return array


def _plain_mode(data: Any) -> Any:
    """A Pillow image whose numbers are its colours; anything else as it is."""
    if not hasattr(data, "getbands") or data.mode not in _INDIRECT_MODES:
        return data
    return data.convert("RGBA" if data.mode in _WITH_ALPHA or "transparency" in data.info else "RGB")


_WITH_ALPHA = frozenset({"PA", "LA", "La", "RGBa"})
_INDIRECT_MODES = _WITH_ALPHA | {"P", "CMYK", "YCbCr", "LAB", "HSV", "RGBX"}


def _drawn(figure: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
