"""The pictures of what is no picture, how they are kept within a bound, and what is refused."""

import io
import json
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

import mediastore
from mediastore import cli, serve, warming
from mediastore.encode import thumbnail
from mediastore.errors import MediaStoreValueError
from mediastore.thumbnails import Thumbnails, forget_oldest


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGBA")


def written(folder: Path, name: str, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / name).write_text(text, "utf-8")
    return folder / name


HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m" * 50
CASES = [
    ("table", ["t.jsonl", *({"name": f"row {n}", "score": n / 7, HOSTILE: HOSTILE} for n in range(40))]),
    ("table", ["empty.jsonl"]),
    ("table", ["media.jsonl", {"picture": {"item": {"kind": "image", "key": "a", "step": 0, "index": 0}}}]),
    ("histogram", ["h.jsonl", {"low": 0, "high": 1, "count": 3}, {"low": 1, "high": 2, "count": 0}]),
    ("text", ["a.txt", "first", HOSTILE, *(["more"] * 100)]),
    ("text", ["none.txt"]),
    ("html", ["p.html", "<title>T</title><script>run()</script><p>words<img src=https://evil.example/x.png>"]),
    ("plotly", ["f.plotly", {"data": [{"type": "bar", "name": HOSTILE}], "layout": {"title": {"text": "T"}}}]),
    ("object3d", ["b.ply", "ply", "format ascii 1.0", "element vertex 12", "end_header"]),
    ("object3d", ["scene.glb", "\x00\x01"]),
]


@pytest.mark.parametrize(("kind", "content"), CASES, ids=[f"{kind}-{content[0]}" for kind, content in CASES])
def test_every_kind_has_a_picture_of_one_size(tmp_path: Path, kind: str, content: list) -> None:
    image = opened(thumbnail.thumbnail(written(tmp_path, *content), kind))
    assert image.size == (320, 240)


def test_a_table_looks_different_with_other_rows(tmp_path: Path) -> None:
    pictures = {
        thumbnail.thumbnail(written(tmp_path, "t.jsonl", *rows), "table")
        for rows in ([{"a": 1}], [{"a": 2}], [{"b": 1}], [{"a": 1}, {"a": 1}])
    }
    assert len(pictures) == 4


@pytest.mark.parametrize("kind", ["table", "histogram", "plotly"])
@pytest.mark.parametrize("content", ["{", "[]", "[1, 2]", "null", "\0" * 50])
def test_what_is_not_of_its_kind_is_refused_in_words(tmp_path: Path, kind: str, content: str) -> None:
    with pytest.raises(MediaStoreValueError, match="this file must be"):
        thumbnail.thumbnail(written(tmp_path, "x.bin", content, content), kind)


def test_an_object_of_other_fields_is_refused_too(tmp_path: Path) -> None:
    file = written(tmp_path, "x.bin", {"data": 3, "low": 1})
    for kind in ("histogram", "plotly"):
        with pytest.raises(MediaStoreValueError, match="this file must be"):
            thumbnail.thumbnail(file, kind)


def bomb(path: Path, width: int, height: int) -> Path:
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize(("width", "height"), [(8001, 8000), (50_000, 50_000), (1, 2**31 - 1)])
def test_a_picture_of_too_many_pixels_is_not_decoded(tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(MediaStoreValueError, match=r"at most 64 million pixels|decompression bomb|cannot be decoded"):
        thumbnail.thumbnail(bomb(tmp_path / "bomb.png", width, height), "image")


def test_a_bomb_has_a_card_that_says_so(folder: Path) -> None:
    file = bomb(folder / "demo/run-1/media/val/bomb.png", 9000, 8000)
    said = "a picture must have at most 64 million pixels to be drawn small, got 9,000 × 8,000; open the file itself"
    assert Thumbnails().of(file).data == thumbnail.card("image", said)


def test_a_page_asks_for_a_spectrogram_by_the_same_route(folder: Path) -> None:
    client = TestClient(Starlette(routes=serve.routes(folder, Thumbnails().of)))
    path = "demo/run-1/media/val/tone.wav"
    plain, log, mel = (client.get(serve.thumb_url(path, way)) for way in ("", "log", "mel"))
    assert [opened(answer.content).size for answer in (plain, log, mel)] == [(320, 120), (1024, 256), (1024, 256)]
    assert len({answer.headers["etag"] for answer in (plain, log, mel)}) == 3
    assert client.get(serve.thumb_url(path, "../x")).content == plain.content


def test_those_not_looked_at_for_longest_go_first(folder: Path) -> None:
    thumbs = folder / "demo/run-1/index/thumbs"
    thumbs.mkdir(parents=True)
    for age in range(10):
        (thumbs / f"{age}.webp").write_bytes(b"x" * 1000)
        os.utime(thumbs / f"{age}.webp", (10**9 - age, 10**9 - age))
    assert forget_oldest(folder, 10_000) == 0
    assert forget_oldest(folder, 5_000) == 6
    assert sorted(path.stem for path in thumbs.iterdir()) == ["0", "1", "2", "3"]


def test_a_bound_holds_while_thumbnails_are_made(folder: Path) -> None:
    (folder / "mediastore.json").write_text('{"format": 1}')
    thumbnails = Thumbnails(limit_bytes=20_000)
    generator = np.random.default_rng(0)
    for number in range(30):
        file = folder / f"demo/run-1/media/val/{number:09d}-00-bb.png"
        Image.fromarray(generator.integers(0, 255, (48, 64, 3), dtype=np.uint8)).save(file)
        assert thumbnails.of(file).lasting
    assert sum(path.stat().st_size for path in folder.glob("demo/run-1/index/thumbs/*")) <= 25_000


def test_one_that_is_looked_at_counts_as_used(folder: Path) -> None:
    file = folder / "demo/run-1/media/val/000000001-00-aa.png"
    Thumbnails().of(file)
    [kept] = (folder / "demo/run-1/index/thumbs").iterdir()
    os.utime(kept, (10**9, 10**9))
    Thumbnails().of(file)
    assert kept.stat().st_mtime > 10**9 + 1


def test_index_makes_every_thumbnail(
    write_run: Callable[..., str], root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run("one", steps=range(3))
    assert cli.main(["index", "--thumbnails", "--root", str(root)]) == 0
    said = capsys.readouterr().err
    store = mediastore.Store(root)
    found = warming.paths(store)
    assert said == f"{len(found)} thumbnails, 0 cards instead of one\n"
    assert len(list(root.glob("*/*/index/thumbs/*.webp"))) == len({(root / path).read_bytes() for path in found})


def test_the_app_makes_what_is_looked_at_first(write_run: Callable[..., str], root: Path) -> None:
    write_run("one", steps=range(3))
    store = mediastore.Store(root)
    warming.begin(store).join(60)
    last = set(store.items(step=2)["path"])
    assert last
    made = {path.stem for path in root.glob("*/*/index/thumbs/*.webp")}
    assert {Thumbnails().of(root / path).tag for path in last} <= made
