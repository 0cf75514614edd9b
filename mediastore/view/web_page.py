"""A page that was logged: shown after a click, in a frame that is no part of this app and reaches no other host."""

from mediastore.draw.overlay import Record
from mediastore.serve import media_url
from mediastore.view import components

_page = components.component("web_page", "web_page.js", style="web_page.css")


def show(record: Record) -> None:
    """A button, then the page in a sandboxed frame: its scripts run without our origin, cookies or store."""
    _page(key="item-page", data={"url": media_url(record["path"]), "bytes": record.get("bytes") or 0})
