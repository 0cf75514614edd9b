"""Media of the store over HTTP, by URL: streamed with Range, never read into memory, never run as a page."""

from urllib.parse import quote

STORE_PREFIX = "/app/static/store"
THUMB_PREFIX = "/app/static/thumb"


def media_url(path: str) -> str:
    """The URL of a media file; `path` is relative to the root, as `store.items()` gives it."""
    return f"{STORE_PREFIX}/{quote(path)}"


def thumb_url(path: str) -> str:
    """The URL of the picture that stands for a media file: WebP, 320 px on the long side."""
    return f"{THUMB_PREFIX}/{quote(path)}"
