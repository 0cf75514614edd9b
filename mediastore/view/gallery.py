"""The gallery: a grid of items in one mount, filtered by label, layer and score in the browser without a rerun."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from mediastore import shown, zips
from mediastore.draw.colors import PALETTE
from mediastore.draw.overlay import Record, UrlOf, drawn_item, item_id, item_problem, item_values, with_classes
from mediastore.serve import media_url, thumb_url
from mediastore.view import choice, components, links, pinning
from mediastore.view.selection import PAGE, SORT, Group, Selection

Where = Callable[[Record], str]

_mount = components.component("gallery", "levels.js", "looks.js", "tile.js", "gallery.js", style="gallery.css")


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
        "sample": record.get("sample"),
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
    selection: Selection | None = None,
    can_tick: bool = True,
) -> None:
    """Draw groups of items with the filter bar; an item that is opened is gone to at once.

    With a `selection` the filters start as its choice says and stand in the link from then on. Items can be ticked, to
    be compared, pinned or downloaded, where `can_tick`; else there are only filters, as on a slide.
    """
    found = selection or Selection(groups)
    tiles = [
        tile(record, group=place, where="" if group.title or selection else None)
        for place, group in enumerate(groups)
        for record in group.records
    ]
    layout = "columns" if st.query_params.get("layout") == "columns" else "rows"
    data = {"key": key, "tiles": tiles, "colors": colors_of(found.records, colors), "filters": True, "layout": layout}
    data |= {
        "palette": PALETTE,
        "aligned": len(found.groups) > 1,
        "zip": zips.items_url() if can_tick else "",
        "zip_most": zips.ITEMS_MOST,
        "pins": not shown.is_read_only(),
        "bare": not can_tick,
    }
    data |= {
        "parts": found.parts,
        "more": f"More: {len(found.records):,} of {found.found:,} are here" if found.parts else "",
    }
    result = _mounted(data | found.to_data(), key)
    if result.opened:
        links.open_item(*result.opened)
    if result.compared:
        items = sorted(result.compared["items"], key=lambda item: (item[1], item[3]))
        links.open_compare(items[0][2], [f"{project}/{run}@{step}" for project, run, _, step, _ in items])
    if result.pinned:
        pinning.ask([tuple(one) for one in result.pinned["items"]])


def strip(
    records: Sequence[Record], *, colors: Mapping[str, str], key: str, current: int | None, where: Where | None = None
) -> list[Any] | None:
    """Items in one line that scrolls, without filters; `current` is the place of the one in hand.

    Returns the id of an item that was clicked: project, run, key, step, index.
    """
    said = where or (lambda record: f"step {record['step']}")
    tiles = [tile(record, current=at == current, where=said(record)) for at, record in enumerate(records)]
    data = {"key": key, "tiles": tiles, "colors": colors_of(records, colors), "palette": PALETTE, "layout": "strip"}
    return _mounted(data, key).opened


def colors_of(records: Sequence[Record], colors: Mapping[str, str]) -> dict[str, str]:
    """The colours of the labels that these records carry, and of no others."""
    drawn = [one for record in records for one in record.get("annotations") or ()]
    labels = {str(one.get("label")) for one in drawn} | {
        str(label) for one in drawn for label in (one.get("classes") or {}).values()
    }
    return {label: color for label, color in with_classes(colors, records).items() if label in labels}


def _mounted(data: Mapping[str, Any], key: str) -> Any:
    return _mount(
        key=key,
        data=data,
        on_opened_change=components.ignore,
        on_narrowed_change=choice.follow(key, "narrowed"),
        on_more_change=_follow(key, "more", PAGE),
        on_sorted_change=_follow(key, "sorted", SORT),
        on_compared_change=components.ignore,
        on_pinned_change=components.ignore,
    )


def _follow(key: str, trigger: str, param: str) -> Callable[[], None]:
    """The callback of a trigger whose value is a parameter of the link."""

    def put() -> None:
        value = st.session_state[key].get(trigger)
        if value is not None:
            st.query_params[param] = str(value)

    return put
