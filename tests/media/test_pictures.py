"""What a picture may be given as, and which pixels come back."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

import mediastore

Logged = Callable[..., list[dict]]
PHOTO = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
GREY = PHOTO[..., 0].copy()


class Tensor:
    """A tensor as torch hands it out: with a gradient, on a device, in a type that numpy lacks."""

    def __init__(self, array: np.ndarray, dtype: str = "torch.float32") -> None:
        self.array, self.dtype = array, dtype

    def detach(self) -> "Tensor":
        return self

    cpu = detach

    def float(self) -> "Tensor":
        return Tensor(self.array)

    def numpy(self) -> np.ndarray:
        if self.dtype == "torch.bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.array


CASES = {
    "uint8 colour": (PHOTO, PHOTO),
    "uint8 grey": (GREY, GREY),
    "one channel last": (GREY[..., None], GREY),
    "one channel first": (GREY[None], GREY),
    "channels first": (PHOTO.transpose(2, 0, 1), PHOTO),
    "not contiguous": (PHOTO[::-1, ::2], PHOTO[::-1, ::2]),
    "with alpha": (np.dstack([PHOTO, GREY]), np.dstack([PHOTO, GREY])),
    "bool": (GREY > 60, (GREY > 60) * np.uint8(255)),
    "float 0..1": (PHOTO / np.float32(255), PHOTO),
    "float levels": (PHOTO.astype(np.float64), PHOTO),
    "int64 levels": (PHOTO.astype(np.int64), PHOTO),
    "uint16": (GREY.astype(np.uint16) * 300, GREY.astype(np.uint16) * 300),
    "nested lists": (GREY.tolist(), GREY),
    "tensor": (Tensor(PHOTO), PHOTO),
    "bfloat16 tensor": (Tensor(PHOTO / np.float32(255), "torch.bfloat16"), PHOTO),
    "Pillow": (Pillow.fromarray(PHOTO), PHOTO),
    "Pillow palette": (Pillow.fromarray(GREY).convert("P"), np.dstack([GREY] * 3)),
    "Pillow grey with alpha": (
        Pillow.merge("LA", [Pillow.fromarray(GREY), Pillow.fromarray(GREY[::-1].copy())]),
        np.dstack([GREY] * 3 + [GREY[::-1]]),
    ),
    "Pillow one bit": (Pillow.fromarray(GREY > 60), (GREY > 60) * np.uint8(255)),
}


def pixels(record: dict) -> np.ndarray:
    with Pillow.open(record["at"]) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_the_pixels_of_every_array_come_back(logged: Logged, given: object, expected: np.ndarray) -> None:
    [record] = logged(mediastore.Image(given))
    assert (pixels(record) == expected).all()
    assert (record["width"], record["height"]) == (expected.shape[1], expected.shape[0])


def encoded(form: str) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(PHOTO).save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("how", ["path", "text", "bytes", "file", "image"])
def test_files_are_kept_byte_for_byte(logged: Logged, tmp_path: Path, form: str, how: str) -> None:
    content = encoded(form)
    path = tmp_path / "given"
    path.write_bytes(content)
    ways = {
        "path": path,
        "text": str(path),
        "bytes": content,
        "file": io.BytesIO(content),
        "image": mediastore.Image(path),
    }
    [record] = logged(mediastore.Image(ways[how], caption="c"))
    assert record["at"].read_bytes() == content
    assert (record["width"], record["height"], record["caption"]) == (8, 6, "c")


def test_a_batch_is_several_items_and_a_list_may_mix_sizes(logged: Logged) -> None:
    batch = np.stack([PHOTO, PHOTO[::-1]])
    records = logged([mediastore.Image(batch), mediastore.Image(GREY, caption="last"), mediastore.Image(PHOTO[:2, :3])])
    assert [record["index"] for record in records] == [0, 1, 2, 3]
    assert [(record["height"], record["width"]) for record in records] == [(6, 8), (6, 8), (6, 8), (2, 3)]
    assert [record.get("caption") for record in records] == [None, None, "last", None]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros((7, 5, 2)), "shape"),
        (np.zeros((4,)), "shape"),
        (np.zeros((0, 4)), "must not be empty"),
        (np.full((4, 4), np.nan), "finite"),
        (np.full((4, 4), -3.0), "value_range"),
        ([[1, 2], [3]], "must be a path"),
        ({"a": 1}, "must"),
        ("no-such-file.png", "exists"),
        (np.zeros((4, 4), dtype=complex), "numbers"),
    ],
)
def test_what_is_no_picture_is_kept_with_the_reason(logged: Logged, given: object, words: str) -> None:
    with pytest.raises(mediastore.MediaStoreError, match=words):
        logged(mediastore.Image(given))
    with pytest.warns(mediastore.MediaStoreWarning, match=words):
        [record] = logged(mediastore.Image(given), strict=False)
    assert words in record["problem"]


def test_levels_can_be_said_to_be_unscaled_and_modes_converted(logged: Logged) -> None:
    floats = np.array([[0.0, 100.4], [200.6, 255.0]], dtype=np.float32)
    [record] = logged(mediastore.Image(floats, normalize=False))
    assert pixels(record).tolist() == [[0, 100], [201, 255]]
    [record] = logged(mediastore.Image(PHOTO, mode="L"))
    assert pixels(record).shape == (6, 8)
