"""Annotations found anywhere in the runs in view, one object a tile or a row, with the filters that find them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from mediastore.downloads import annotations_url
from mediastore.draw.cutout import cutout
from mediastore.draw.overlay import item_id
from mediastore.reader.finding import Extent, Spread
from mediastore.reader.search import NAMES, ORDERS, PARAMS, RANGES, Search
from mediastore.reader.store import Store
from mediastore.serve import crop_url, media_url, thumb_url
from mediastore.view import choice, components, epochs, frame, links

KEY = "finder"
PAGE = "part"
PAGE_OBJECTS = 60
VIEWS = ("tiles", "table")
EXPORTS = (
    ("csv", "CSV", "One row an annotation, for a spreadsheet"),
    ("parquet", "Parquet", "One row an annotation, with its types, for DuckDB or pandas"),
    ("json", "JSON", "One object an annotation"),
    ("coco", "COCO", "Boxes, polygons, masks and keypoints of pictures, with scores, as one COCO file"),
)

_mount = components.component("finder", "objects.js", "finderbar.js", "finder.js", style=("gallery.css", "finder.css"))


def from_url(store: Store) -> Search:
    """The search that the link carries, in the runs in view."""
    params = {name: st.query_params.get_all(name) for name in PARAMS}
    return Search.from_params(frame.selected_runs(store), params)


def extent(store: Store, search: Search) -> Extent:
    """What there is to find in the runs in view."""
    return store.extent(search.view)


def show(store: Store, search: Search, within: Extent) -> None:
    """Draw the filters and one page of what is found; an object that is opened is gone to at once."""
    spread = store.spread(search, within)
    part = _part(-(-spread.found // PAGE_OBJECTS))
    rows = store.find(search, limit=PAGE_OBJECTS, offset=(part - 1) * PAGE_OBJECTS)
    names, run_colors = frame.run_names(store), frame.run_colors(store)
    known = epochs.of(store, search.view)
    told = [name for name in ("run", "key") if len(spread.names.get(f"{name}s", ())) > 1]
    data = {
        "search": _asked(search, part),
        "facets": _facets_data(spread, within, names, run_colors, frame.label_colors(store)),
        "total": within.annotations,
        "found": spread.found,
        "first": (part - 1) * PAGE_OBJECTS,
        "page": PAGE_OBJECTS,
        "aside": f"in {len(search.view)} of {len(names)} runs" if len(names) > 1 else "",
        "orders": [sign + name for name in ORDERS for sign in ("-", "")],
        "tiles": [tile(row, names, known, told) for row in rows],
        "colors": frame.label_colors(store),
        "exports": [{"name": name, "help": told, "url": annotations_url(form, search)} for form, name, told in EXPORTS],
    }
    found = _mount(
        key=KEY,
        data=data,
        on_searched_change=choice.follow(KEY, "searched", (*PARAMS, PAGE, "view")),
        on_opened_change=components.ignore,
    )
    if found.opened:
        links.open_annotation(*found.opened)


def tile(
    row: Mapping[str, Any], names: Mapping[str, str], known: epochs.Epochs, told: Collection[str] = ("run", "key")
) -> dict[str, Any]:
    """One object as the component takes it; `told` says whether its run and its key are to be named."""
    shown = cutout(row, media_url)
    place = [*item_id(row), int(row["position"])]
    ref = f"{row['project']}/{row['run']}"
    run = names.get(ref, row["run"])
    said = [
        epochs.briefly(known, ref, row["step"]),
        run if "run" in told else "",
        row["key"] if "key" in told else "",
        row.get("caption") or row.get("sample") or "",
    ]
    sides = shown["annotation"].get("box")
    span = shown["annotation"].get("span")
    return {
        **shown,
        "id": place,
        "href": f"item?{urlencode(links.annotation_link(*place))}",
        "src": _source(row, shown["window"]),
        "kind": row.get("kind"),
        "problem": row.get("problem"),
        "label": row["label"] or "",
        "score": row["score"],
        "layer": row["layer"],
        "where": " · ".join(part for part in said if part),
        "run": run,
        "key": row["key"],
        "step": row["step"],
        "sample": row.get("caption") or row["sample"],
        "size": f"{sides[2] - sides[0]:.0f} × {sides[3] - sides[1]:.0f}" if sides else "",
        "text": row["text"] or (f"{span[0]:.2f}–{span[1]:.2f} s" if span else ""),
    }


def _source(row: Mapping[str, Any], window: Sequence[int] | None) -> str | None:
    if not row["path"] or row.get("problem") or row.get("kind") not in ("image", "video", "audio"):
        return None
    if window is None or row["kind"] == "audio":
        return thumb_url(row["path"])
    return crop_url(row["path"], window, int(row["frame"] or 0) if row["kind"] == "video" else None)


def _part(count: int) -> int:
    asked = st.query_params.get(PAGE, "1")
    return min(max(1, int(asked) if asked.isdecimal() else 1), max(1, count))


def _asked(search: Search, part: int) -> dict[str, Any]:
    view = st.query_params.get("view")
    asked = {name: list(getattr(search, name)) for name in NAMES} | {name: getattr(search, name) for name in RANGES}
    return asked | {"text": search.text, "sort": search.sort, "part": part, "view": view if view in VIEWS else VIEWS[0]}


def _facets_data(
    spread: Spread,
    within: Extent,
    names: Mapping[str, str],
    run_colors: Mapping[str, str],
    label_colors: Mapping[str, str],
) -> dict[str, Any]:
    found: dict[str, Any] = {
        facet: [{"name": name, "count": count} for name, count in counted] for facet, counted in spread.names.items()
    }
    for entry in found.get("labels", []):
        entry["color"] = label_colors.get(entry["name"])
    for entry in found.get("runs", []):
        entry |= {"title": names.get(entry["name"], entry["name"]), "color": run_colors.get(entry["name"])}
    low, high = within.scores
    score = {"low": low, "high": high, "counts": list(spread.scores)} if spread.scores else None
    return found | {"score": score, "ranges": dict(within.ranges)}
