"""Behind its seal a decoder draws every format as this process does, though it can open nothing."""

from collections.abc import Callable
from pathlib import Path

import material
import pytest
from targets import DOCUMENTS, TARGETS

from mediastore.decoders import DECODERS
from mediastore.encode import crop, measure, thumbnail
from mediastore.errors import MediaStoreError

MEDIA = material.media() | {
    kind: (kind, content[1:]) for kind, content in zip(DOCUMENTS, TARGETS["document"].seeds(), strict=True)
}


def said(function: Callable[..., object], *asked: object) -> object:
    try:
        return function(*asked)
    except MediaStoreError as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of what it passes over
@pytest.mark.parametrize("name", MEDIA)
def test_a_picture_made_behind_the_seal_is_the_same(tmp_path: Path, name: str) -> None:
    kind, content = MEDIA[name]
    file = tmp_path / "given.ply"
    file.write_bytes(content)
    for way in ("", "log", "mel") if kind == "audio" else ("",):
        assert said(DECODERS.thumbnail, file, kind, way) == said(thumbnail.thumbnail, file, kind, way)
    window, frame = (0, 0, 8, 8), 1 if kind == "video" else None
    assert said(DECODERS.crop, file, window, frame) == said(crop.crop, file, window, frame)
    assert DECODERS.measure(file, kind) == measure.measure(file, kind)
    if kind == "audio":
        assert DECODERS.channel_peaks(file, 9) == [side.tolist() for side in thumbnail.channel_peaks(file, 9)]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", MEDIA)
def test_half_a_file_is_drawn_or_refused_as_without_the_seal(tmp_path: Path, name: str) -> None:
    kind, content = MEDIA[name]
    file = tmp_path / "half.ply"
    file.write_bytes(content[: len(content) // 2])
    behind, here = said(DECODERS.thumbnail, file, kind), said(thumbnail.thumbnail, file, kind)
    assert type(behind) is type(here)
    assert isinstance(here, bytes) or behind == here
