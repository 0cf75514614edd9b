"""What is found, over HTTP, as a file to keep: made whole aside, sent, removed."""

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mediastore import coco, export, scratch
from mediastore.errors import MediaStoreError
from mediastore.reader.search import PARAMS, Search
from mediastore.reader.store import Store
from mediastore.shown import address, without_paths

PREFIX = "/app/static/export"
LIMIT_S = 600.0
TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet", "json": "application/json"}
HEADERS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
NAMES = (*(f"query.{form}" for form in TYPES), *(f"annotations.{form}" for form in (*TYPES, "coco")))
AT_ONCE = 2


def annotations_url(form: str, search: Search) -> str:
    """The URL of all that a search finds: `form` is csv, parquet, json or coco."""
    asked = [("run", ref) for ref in search.view]
    asked += [(name, value) for name, values in search.to_params().items() for value in values]
    return f"{address.base}{PREFIX}{address.part}/annotations.{form}?{urlencode(asked)}"


def query_url(form: str, query: str) -> str:
    """The URL of the whole answer to a query: `form` is csv, parquet or json."""
    return f"{address.base}{PREFIX}{address.part}/query.{form}?{urlencode({'sql': query})}"


def routes(opened: Callable[[], Store], base: str = "", part: str = "") -> list[Route]:
    """The routes of a store, which is asked for when it is needed, and best fenced.

    base: the app's base path; part: the store's place below the route.
    """
    prefix = f"/{base.strip('/')}" if base.strip("/") else ""
    at_once = threading.BoundedSemaphore(AT_ONCE)

    def made(form: str, asked: Mapping[str, Sequence[str]], path: Path) -> None:
        with at_once:
            opened().refresh()
            write(opened(), form, asked, path)

    async def send(request: Request) -> Response:
        name = str(request.path_params["name"])
        if name not in NAMES:
            return PlainTextResponse("There is no such export.", 404, HEADERS)
        what, form = name.split(".")
        folder = scratch.new_folder("export")
        target = folder / (f"{what}-coco.json" if form == "coco" else name)
        asked = {param: request.query_params.getlist(param) for param in ("run", "sql", *PARAMS)}
        try:
            await to_thread.run_sync(made, form, asked, target)
        except MediaStoreError as error:
            shutil.rmtree(folder, ignore_errors=True)
            return PlainTextResponse(without_paths(str(error)), 400, HEADERS)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return _SentOnce(target, media_type=TYPES.get(form, TYPES["json"]), filename=target.name, headers=HEADERS)

    return [Route(f"{prefix}{PREFIX}{part}/{{name}}", send, methods=["GET"])]


class _SentOnce(FileResponse):
    """A file whose folder is removed after it was sent, or after whoever asked for it went away."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            shutil.rmtree(Path(self.path).parent, ignore_errors=True)


def write(store: Store, form: str, asked: Mapping[str, Sequence[str]], path: Path) -> None:
    """Write what a link asks for: the answer to its `sql`, else what it finds in its runs, or in all."""
    if asked.get("sql"):
        export.FORMS[form](export.batches(store.sql(asked["sql"][-1], limit_s=LIMIT_S)), path)
    else:
        search = Search.from_params(asked.get("run") or list(store.runs()["ref"]), asked)
        if form == "coco":
            coco.to_coco(store, path, search)
        else:
            export.FORMS[form](store.find_all(search), path)
