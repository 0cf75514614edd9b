"""Items over HTTP as one archive, each media file with its sidecar: streamed, never whole in memory or on disk."""

import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from mediastore.media_file import media_file
from mediastore.naming import encode_part
from mediastore.reader.store import Store
from mediastore.shown import address, is_read_only

PREFIX = "/app/static/zip"
ITEMS_MOST = 200
CHUNK_BYTES = 1 << 18
HEADERS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "content-disposition": "attachment; filename=items.zip",
}
_REFUSED = "Ask for 1 to {most} items as item=[project, run, key, step, index]."


def items_url() -> str:
    """The URL of the archive of items of the store in view, which `item` parameters name."""
    return f"{address.base}{PREFIX}{address.part}/items.zip"


def routes(opened: Callable[[], Store], base: str = "", part: str = "") -> list[Route]:
    """The route of a store, which is asked for when it is needed.

    base: the app's base path; part: the store's place below the route.
    """
    prefix = f"/{base.strip('/')}" if base.strip("/") else ""

    def find(ids: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
        opened().refresh()
        return records(opened(), ids)

    async def send(request: Request) -> Response:
        ids = [read_id(text) for text in request.query_params.getlist("item")[: ITEMS_MOST + 1]]
        asked = [one for one in ids if one]
        if not 0 < len(asked) == len(ids) <= ITEMS_MOST:
            return PlainTextResponse(_REFUSED.format(most=ITEMS_MOST), 400)
        found = await to_thread.run_sync(find, asked)
        if not found:
            return PlainTextResponse("There are no such items.", 404)
        return StreamingResponse(archive(opened().root, found), media_type="application/zip", headers=HEADERS)

    return [Route(f"{prefix}{PREFIX}{part}/items.zip", send, methods=["GET"])]


def read_id(text: str) -> tuple[str, str, str, int, int] | None:
    """What names an item: project, run, key, step, index as JSON; None for anything else."""
    try:
        match json.loads(text):
            case [str(project), str(run), str(key), int(step), int(index)]:
                return project, run, key, step, index
    except (ValueError, RecursionError):
        pass
    return None


def records(store: Store, ids: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """The records of these items; those that are not there are left out."""
    return [
        record
        for project, run, key, step, index in ids
        for record in store.records(run=f"{project}/{run}", key=key, step=step, index=index, limit=1)
    ]


def archive(root: Path, found: Sequence[dict[str, Any]]) -> Iterator[bytes]:
    """The bytes of a ZIP of these items: `<run>/<key>/<step>-<index>` with the media's ending and `.json`."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as content:
        for record in found:
            name = _name(record)
            content.writestr(f"{name}.json", json.dumps(_as_shown(record), ensure_ascii=False))
            file = media_file(root, str(record.get("path") or ""))
            if file is not None:
                yield from _copied(content, pipe, file, name)
            yield pipe.taken()
    yield pipe.taken()


def _copied(content: zipfile.ZipFile, pipe: "_Pipe", file: Path, name: str) -> Iterator[bytes]:
    with file.open("rb") as media, content.open(f"{name}{file.suffix}", "w", force_zip64=True) as entry:
        while chunk := media.read(CHUNK_BYTES):
            entry.write(chunk)
            yield pipe.taken()


def _as_shown(record: dict[str, Any]) -> dict[str, Any]:
    """A sidecar; where the app is read only, without the place of media that lie outside the store."""
    hidden = {"reference": "not shown here"} if is_read_only() and "reference" in record else {}
    return record | hidden


def _name(record: dict[str, Any]) -> str:
    parts = [encode_part(str(record["run"])), *(encode_part(part) for part in str(record["key"]).split("/") if part)]
    return str(PurePosixPath(*parts, f"{int(record['step']):09d}-{int(record['index']):02d}"))


class _Pipe:
    """A file that only grows at its end, and whose beginning is taken away."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def taken(self) -> bytes:
        """What was written since this was last asked."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data
