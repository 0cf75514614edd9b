"""What is fed with bytes of strangers, one function a door: each takes any bytes, and raises only where we are wrong.

The same functions are driven by atheris (`make fuzz`) and by the corpus that was kept (`test_corpus.py`).
"""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import material

from mediastore import naming, serve, sidecar, zips
from mediastore.draw.overlay import drawn_item, item_id, item_problem, item_values
from mediastore.encode import encode, playable, thumbnail
from mediastore.encode.crop import crop
from mediastore.encode.thumbnail import Picture
from mediastore.errors import MediaStoreError, QueryError
from mediastore.media_file import media_file
from mediastore.payload import Payload
from mediastore.reader.search import PARAMS, Search
from mediastore.reader.well_formed import well_formed

DOCUMENTS = ("table", "histogram", "text", "html", "plotly", "object3d")
SECRET = "a-treasure-that-no-answer-may-hold"
PLACE = Path(tempfile.mkdtemp(prefix="mediastore-fuzz-"))


@dataclass(frozen=True)
class Target:
    """A door. seeds: what to begin with; is_bounded: whether this process's memory is held to a bound."""

    feed: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    is_bounded: bool = True


def _media(kind: str, content: bytes, ending: str = ".bin") -> None:
    """All that the app and the writer do with a file of a kind."""
    file = PLACE / f"given{ending}"
    file.write_bytes(content)
    for way in ("", "log", "mel") if kind == "audio" else ("",):
        with suppress(MediaStoreError):
            assert thumbnail.thumbnail(file, kind, way)
    if kind in ("image", "video"):
        with suppress(MediaStoreError):
            assert crop(file, (0, 0, 8, 8), 1 if kind == "video" else None)
    if kind == "video":
        with suppress(MediaStoreError):
            playable.make_playable(file, PLACE / "copy.mp4")
    made = encode(kind, Payload(content=content, name="given.bin"), {})
    assert made.content is not None or made.path is not None


def picture(content: bytes) -> None:
    _media("image", content)


def sound(content: bytes) -> None:
    _media("audio", content)


def film(content: bytes) -> None:
    _media("video", content, ".mp4")


def document(content: bytes) -> None:
    """The first byte says which kind the rest is."""
    if content:
        _media(DOCUMENTS[content[0] % len(DOCUMENTS)], content[1:], ".ply")


def record(content: bytes) -> None:
    """A sidecar or a line of a journal, until it is drawn."""
    try:
        found = well_formed(sidecar.parse(content, "it"))
    except MediaStoreError as error:
        assert str(error).startswith("it must")
        return
    assert json.loads(sidecar.to_line(found)) is not None
    shown = {"path": "p/r/media/x.png", "project": "p", "run": "r", "key": "k", "step": 0, "index": 0} | found
    drawn_item(shown, str), item_id(shown), item_values(shown), item_problem(shown)


def store(content: bytes) -> None:
    """The first byte says whether the rest is a run's record, a sidecar, or lines of items or metrics."""
    from mediastore import audit
    from mediastore.reader.reindex import reindex
    from mediastore.reader.store import Store

    root = PLACE / "sick"
    shutil.rmtree(root, ignore_errors=True)
    run = root / "p/run-1"
    for folder in ("items", "metrics", "media"):
        (run / folder).mkdir(parents=True)
    given, place = content[1:], (content or b"\0")[0] % 4
    line = material.line(material.sidecar())
    (run / "run.json").write_bytes(given if place == 0 else b'{"format": 1, "project": "p", "run": "run-1"}')
    (run / "media/000000000-00-aa.json").write_bytes(given if place == 1 else line)
    (run / "items/aa-0001.jsonl").write_bytes(line + given + b"\n" + line if place == 2 else line)
    (run / "metrics/aa-0001.jsonl").write_bytes(given if place == 3 else b'{"step": 1, "values": {"loss": 1}}\n')
    for is_indexed in (False, True):
        for one in reindex(root) if is_indexed else ():
            one.update()
        found = Store(root)
        found.runs(), found.metrics(), found.items(), found.annotations(), found.labels(), found.keys()
        found.records(label="cat", sort="score"), found.count(score=(0, 1)), found.problems()
    audit.check(root)


def words(content: bytes) -> None:
    """Keys, names and captions."""
    said = content.decode("utf-8", "surrogatepass" if len(content) % 2 else "replace") if _is_text(content) else ""
    with suppress(MediaStoreError):
        folder = naming.encode_key(said)
        assert not any(part in ("", ".", "..") or set(part) & set('\0\\:*?"<>|') for part in folder.split("/"))
    with suppress(MediaStoreError):
        part = naming.encode_part(said)
        assert naming.decode_part(part) == said
    naming.decode_part(said)
    assert thumbnail.card(said, said)
    zips.read_id(said)


def link(content: bytes) -> None:
    """A path, a query and a Range, line by line, as a browser would send them to the routes of our own."""
    path, _, rest = content.partition(b"\n")
    query, _, asked = rest.partition(b"\n")
    text = path.decode("utf-8", "replace")
    found = media_file(served(), text)
    assert found is None or (found.is_relative_to(served()) and found.suffix == ".png"), text
    params = parse_qs(query.decode("utf-8", "replace"))
    Search.from_params(["p/r"], {name: params.get(name, []) for name in PARAMS})
    for prefix in (serve.STORE_PREFIX, serve.CROP_PREFIX, serve.THUMB_PREFIX):
        status, headers, body = _run(_answered(f"{prefix}/{text}", query, asked))
        assert status in (200, 206, 304, 404, 416), (status, content)
        assert SECRET.encode() not in body
        assert status in (404, 416) or b"sandbox" in headers[b"content-security-policy"]


def sql(content: bytes) -> None:
    """A statement of a visitor's."""
    try:
        found = queried().sql(content.decode("utf-8", "replace"), limit_s=2)
    except QueryError as error:
        assert str(error)
        return
    assert SECRET not in found.to_csv()


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


@cache
def served() -> Path:
    """A store with one picture, and secrets around it."""
    root = (PLACE / "served").resolve()
    media = root / "p/r/media"
    media.mkdir(parents=True)
    (media / "x.png").write_bytes(material.picture("PNG"))
    (root / "p/r/run.json").write_text('{"format": 1}')
    (root / "mediastore.json").write_text('{"format": 1}')
    for place in (PLACE / "secret.txt", root / "p/r/secret.png", root / "secret.png", media / ".secret.png"):
        place.write_text(SECRET)
    (media / "link.png").symlink_to(PLACE / "secret.txt")
    return root


@cache
def _routes():
    from starlette.applications import Starlette

    drawn = Picture(b"drawn", "tag", lasting=True)
    return Starlette(routes=serve.routes(served(), lambda *_: drawn, lambda *_: drawn))


def _run(answer: Coroutine[Any, Any, Any]) -> Any:
    """Its result, by a thread of its own: this one may have a loop that runs, a browser's."""
    return _aside().submit(asyncio.run, answer).result()


@cache
def _aside() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


async def _answered(path: str, query: bytes, asked: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    messages = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "query_string": query.split(b"\r")[0],
        "headers": [(b"host", b"127.0.0.1"), (b"range", asked), (b"if-none-match", asked)],
        "http_version": "1.1",
        "scheme": "http",
    }
    hold = asyncio.Event()

    async def receive():
        await hold.wait()

    async def send(message) -> None:
        messages.append(message)

    await _routes()(scope, receive, send)
    return (
        messages[0]["status"],
        dict(messages[0]["headers"]),
        b"".join(message.get("body", b"") for message in messages[1:]),
    )


@cache
def queried():
    from mediastore.reader.store import Store

    return Store(served(), fenced=True)


def _of(kind: str) -> Callable[[], list[bytes]]:
    return lambda: [content for one, content in material.media().values() if one == kind]


def _lines() -> list[bytes]:
    return [material.line(material.sidecar()), b'{"format": 1, "step": 1, "values": {"loss": "NaN"}}']


def _documents() -> list[bytes]:
    return [
        b'\0{"a": 1, "b": {"item": {"kind": "image"}}}\n{"a": 2}\n',
        b'\1{"low": 0, "high": 1, "count": 3}\n',
        b"\2some words\n",
        b"\3<!doctype html><title>t</title><p>words<script>x</script>",
        b'\4{"data": [{"type": "bar", "name": "n"}], "layout": {"title": {"text": "t"}}}',
        b"\5ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nend_header\n0\n1\n",
    ]


def _statements() -> list[bytes]:
    return [
        b"select * from items",
        b"select label, count(*) from annotations group by all",
        f"select * from read_text('{PLACE}/secret.txt')".encode(),
        b"with recursive a as (select 1 as n union all select n + 1 from a) select count(*) from a",
        b"select list_transform(range(9), lambda x: x), struct_pack(a := 1), {'a': [1, null]}, '\\x00'::blob",
        b"from glob('/**')",
        b"select * from runs asof join metrics using (step)",
    ]


TARGETS = {
    "picture": Target(picture, _of("image")),
    "sound": Target(sound, _of("audio")),
    "film": Target(film, _of("video")),
    "document": Target(document, _documents),
    "record": Target(record, _lines),
    "words": Target(words, lambda: [b"val/x", "é ~e9@3 CON /../".encode(), b"~~", b'["p", "r", "k", 1, 2]']),
    "link": Target(link, lambda: [b"p/r/media/x.png\nwindow=1,2,3,4&frame=1\nbytes=0-1", b"@1/../x\nscore=0.1..1\n*"]),
    "store": Target(store, lambda: [bytes([kind]) + line for kind in range(4) for line in _lines()], is_bounded=False),
    "sql": Target(sql, _statements, is_bounded=False),
}
