"""Media of the store over HTTP, by URL: streamed with Range, never read into memory, never run as a page.

Only regular files in the `media` and `code` folders of a run are served, reached through no symbolic link. Types come
from a list; whatever is not on it is a download. Everything is sandboxed, so that a file with a false ending stays
what the browser draws and nothing more.
"""

import os
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mediastore.encode.spectrogram import WAYS
from mediastore.encode.thumbnail import Picture
from mediastore.media_file import media_file
from mediastore.shown import SIGN_HEADER, SIGN_VARIABLE, address
from mediastore.stored_file import StoredFile, is_known

STORE_PREFIX = "/app/static/store"
THUMB_PREFIX = "/app/static/thumb"
CROP_PREFIX = "/app/static/crop"
PLOTLY_URL = f"/app/static/library/plotly-{version('plotly')}.min.js"
PLOTLY_FILE = Path(find_spec("plotly").origin).with_name("package_data") / "plotly.min.js"
YEAR_S, WEEK_S, DAY_S, MINUTE_S = 365 * 86400, 7 * 86400, 86400, 60
DRAWN_AT_ONCE = 4
LOOPBACK_HOSTS = ("localhost", "127.0.0.1")

INLINE_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".webm": "video/webm",
}
MEDIA_HEADERS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; img-src 'self'; media-src 'self'; "
    "style-src 'unsafe-inline'; sandbox",
}
PAGE_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
}


def media_url(path: str) -> str:
    """The URL of a media file of the store in view; `path` is relative to the root, as `store.items()` gives it."""
    return f"{address.base}{STORE_PREFIX}{address.part}/{quote(path)}"


def thumb_url(path: str, way: str = "") -> str:
    """The URL of the picture that stands for a media file: WebP, 320 px on the long side.

    way: `log` or `mel` for a sound's spectrogram of 1024 by 256 pixels, as encode/spectrogram.py draws it.
    """
    return f"{address.base}{THUMB_PREFIX}{address.part}/{quote(path)}" + (f"?way={way}" if way else "")


def crop_url(path: str, window: Sequence[int], frame: int | None = None) -> str:
    """The URL of a part of a picture, x0, y0, x1, y1 in pixels, or of one of a film's frames."""
    asked = ",".join(str(side) for side in window) + ("" if frame is None else f"&frame={frame}")
    return f"{address.base}{CROP_PREFIX}{address.part}/{quote(path)}?window={asked}"


def plotly_url() -> str:
    """The URL of the drawing library."""
    return f"{address.base}{PLOTLY_URL}"


def routes(
    roots: Path | Sequence[Path],
    thumbnail: Callable[..., Picture],
    crop: Callable[..., Picture] | None = None,
    base: str = "",
) -> list[Route]:
    """The routes of the stores at `roots`; `base` is the app's base path.

    `thumbnail` makes the picture of a file; `crop` that of a window of it and, for a film, a frame.
    """
    prefix = f"/{base.strip('/')}" if base.strip("/") else ""
    roots = [roots] if isinstance(roots, Path) else roots
    drawing = CapacityLimiter(DRAWN_AT_ONCE)

    async def media(request: Request) -> Response:
        file = await _requested_file(roots, request)
        headers = {**MEDIA_HEADERS, "cache-control": f"private, max-age={DAY_S}"}
        kind = INLINE_TYPES.get(file.suffix.lower())
        if kind is None or "download" in request.query_params:
            headers["content-disposition"] = f"attachment; filename*=utf-8''{quote(file.name)}"
        return StoredFile(file, headers, kind or "application/octet-stream")

    async def thumb(request: Request) -> Response:
        file = await _requested_file(roots, request)
        asked = [way for way in (request.query_params.get("way"),) if way in WAYS]
        return _pictured(request, await to_thread.run_sync(thumbnail, file, *asked, limiter=drawing))

    async def part(request: Request) -> Response:
        file = await _requested_file(roots, request)
        window, frame = _window(request), request.query_params.get("frame", "")
        if window is None or crop is None:
            raise HTTPException(404)
        number = int(frame) if frame.isdecimal() and len(frame) < 10 else None
        picture = await to_thread.run_sync(crop, file, window, number, limiter=drawing)
        return _pictured(request, picture)

    async def plotly(request: Request) -> Response:
        headers = {"cache-control": f"public, max-age={YEAR_S}, immutable"}
        return FileResponse(PLOTLY_FILE, headers=headers, media_type="text/javascript")

    async def not_here(request: Request) -> Response:
        return Response(status_code=304)

    return [
        # On a deep link the page first looks for its server below the link; a 404 there is an error in its console.
        Route(f"{prefix}/{{page}}/_stcore/{{probe}}", not_here, methods=["GET"]),
        Route(f"{prefix}{PLOTLY_URL}", plotly, methods=["GET", "HEAD"]),
        Route(f"{prefix}{STORE_PREFIX}/{{path:path}}", media, methods=["GET", "HEAD"]),
        Route(f"{prefix}{THUMB_PREFIX}/{{path:path}}", thumb, methods=["GET", "HEAD"]),
        Route(f"{prefix}{CROP_PREFIX}/{{path:path}}", part, methods=["GET", "HEAD"]),
    ]


def middleware(allowed_hosts: Sequence[str] = ()) -> list[Middleware]:
    """What stands before every request: hosts that are not ours are refused, pages may not be framed or sniffed."""
    hosts = list(allowed_hosts or LOOPBACK_HOSTS)
    return [Middleware(TrustedHostMiddleware, allowed_hosts=hosts), Middleware(SecurityHeaders)]


class SecurityHeaders:
    """Adds PAGE_HEADERS to every response that does not set them itself, and the sign that this app was given."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = PAGE_HEADERS | ({SIGN_HEADER: sign} if (sign := os.environ.get(SIGN_VARIABLE)) else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


async def _requested_file(roots: Sequence[Path], request: Request) -> Path:
    """The file of a path, which begins with `@1` for the second store: no project's folder begins so."""
    path = request.path_params["path"]
    number = 0
    if path.startswith("@"):
        digits, _, path = path[1:].partition("/")
        number = int(digits) if digits.isdecimal() and len(digits) < 4 else len(roots)
    file = await to_thread.run_sync(media_file, roots[number], path) if number < len(roots) else None
    if file is None:
        raise HTTPException(404)
    return file


def _window(request: Request) -> tuple[int, ...] | None:
    sides = request.query_params.get("window", "").split(",")
    is_window = len(sides) == 4 and all(side.isascii() and side.isdecimal() and len(side) < 10 for side in sides)
    return tuple(int(side) for side in sides) if is_window else None


def _pictured(request: Request, picture: Picture) -> Response:
    headers = {
        **MEDIA_HEADERS,
        "etag": f'"{picture.tag}"',
        "cache-control": f"private, max-age={WEEK_S if picture.lasting else MINUTE_S}",
    }
    if is_known(request.headers.get("if-none-match", ""), headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(picture.data, headers=headers, media_type="image/webp")
