"""The gallery: a grid of items in one mount, filtered by label, layer and score in the browser without a rerun."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from mediastore.draw.overlay import Record, UrlOf, drawn_item, item_id, item_problem, item_values
from mediastore.serve import media_url, thumb_url
from mediastore.view import components, links
from mediastore.view.choice import Choice

_mount = components.component("gallery", "tile.js", "gallery.js", style="gallery.css")


@dataclass(frozen=True)
class Group:
    """Items that stand together, a run's as a rule: what it is called, what is said beside, and its records."""

    title: str
    records: Sequence[Record]
    note: str = ""
    color: str = ""
    empty: str = ""


def tile(
    record: Record, *, group: int = 0, where: str | None = None, current: bool = False, url_of: UrlOf = thumb_url
) -> dict[str, Any]:
    """One item as the components take it; `url_of` makes the URL of its picture, or of the media itself."""
    identity = item_id(record)
    path = record.get("path")
    return {
        **drawn_item(record, media_url),
        "id": identity,
        "group": group,
        "kind": record.get("kind"),
        "href": f"item?{urlencode(links.item_link(*identity))}",
        "src": url_of(path) if path else None,
        "caption": record.get("caption"),
        "where": f"step {record['step']}" if where is None else where,
        "values": item_values(record),
        "problem": item_problem(record),
        "current": current,
    }


def show(
    groups: Sequence[Group],
    *,
    colors: Mapping[str, str],
    key: str,
    total: int | None = None,
    choice: Choice | None = None,
    known: Mapping[str, Any] | None = None,
    columns: bool = False,
) -> None:
    """Draw groups of items with the filter bar; an item that is opened is gone to at once.

    `total` is how many items there are beyond this page, `choice` what the link asks for, `known` the labels, layers
    and score range of items that are not on the page. When not all items are here (`total`), a filter that changed
    reruns the script, so that the store can answer for the rest.
    """
    tiles = [tile(record, group=at, where="") for at, group in enumerate(groups) for record in group.records]
    choice = choice or Choice()
    count = len(tiles) if total is None else total
    data = {
        "key": key,
        "tiles": tiles,
        "colors": dict(colors),
        "filters": True,
        "url": True,
        "total": count,
        "partial": count > len(tiles) or choice.active,
        "choice": choice.to_data(),
        "known": dict(known or {}),
        "layout": "columns" if columns else "rows",
        "groups": [heading(at, group) for at, group in enumerate(groups)],
    }
    _opened(data, key)


def strip(records: Sequence[Record], *, colors: Mapping[str, str], key: str, current: int) -> None:
    """Items in one line that scrolls, without filters; `current` is the place of the one in hand."""
    tiles = [tile(record, current=at == current) for at, record in enumerate(records)]
    _opened({"key": key, "tiles": tiles, "colors": dict(colors), "layout": "strip"}, key)


def heading(at: int, group: Group) -> dict[str, Any]:
    """What stands above a group, as the components take it."""
    return {"id": at, "title": group.title, "note": group.note, "color": group.color, "empty": group.empty}


def _opened(data: Mapping[str, Any], key: str) -> None:
    result = _mount(key=key, data=components.versioned(data), on_opened_change=ignore, on_narrowed_change=ignore)
    if result.opened:
        links.open_item(*result.opened)


def ignore() -> None:
    """Does nothing: Streamlit keeps a trigger only where a callback is named."""
