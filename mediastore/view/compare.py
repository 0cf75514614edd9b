"""One sample in two to four places beside each other, with what changed between them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from mediastore.draw.colors import PALETTE
from mediastore.draw.overlay import Record, item_id, item_problem, with_classes
from mediastore.reader.store import Store
from mediastore.view import changes, choice, components, epochs, frame, links, picture
from mediastore.view.gallery import colors_of
from mediastore.view.places import Column, said_when
from mediastore.view.steps import plain

SCRIPTS = ("levels.js", "looks.js", "stage.js", "compare.js")

_mount = components.component("compare", *SCRIPTS, style=("gallery.css", "viewer.css", "compare.css"))


def samples(store: Store, key: str, columns: Sequence[Column]) -> dict[str, list[Record | None]]:
    """Sample → its record in each column, None where the column lacks it; those that stand in most columns first."""
    found: dict[str, list[Record | None]] = {}
    for at, column in enumerate(columns):
        for record in store.records(run=column.ref, key=key, step=column.step, kind="image", sort="index"):
            sample = record.get("sample")
            if sample:
                found.setdefault(str(sample), [None] * len(columns))[at] = record
    return dict(sorted(found.items(), key=lambda entry: entry[1].count(None)))


def captions(found: Mapping[str, Sequence[Record | None]]) -> dict[str, str]:
    """Sample → what it is called."""
    return {
        sample: " ".join(str(next((one["caption"] for one in records if one and one.get("caption")), sample)).split())
        for sample, records in found.items()
    }


def said(found: Mapping[str, Sequence[Record | None]], differences: Sequence[changes.Difference]) -> None:
    """How many samples stand in all of the places, and what changed from the first to the last."""
    everywhere = sum(None not in records for records in found.values())
    words = f"{everywhere:,} of {len(found):,} samples stand in all of these places."
    st.caption(plain(f"{words} {differences[-1].words if differences else ''}"))


def show(
    store: Store,
    columns: Sequence[Column],
    records: Sequence[Record | None],
    differences: Sequence[changes.Difference],
    *,
    key: str,
    mode: str = "side",
    is_linked: bool = True,
) -> None:
    """The records of one sample; a title that is clicked opens that item. Its view stands in the link where it may."""
    names, run_colors = frame.run_names(store), frame.run_colors(store)
    there = [record for record in records if record]
    known_epochs = epochs.of(store, list({column.ref for column in columns}))
    told = changes.told(differences, records)
    data = {
        "columns": [
            {
                "title": names.get(column.ref, column.ref),
                "note": said_when(column, known_epochs),
                "color": run_colors.get(column.ref, PALETTE[0]),
                **_content(record, of_record),
            }
            for column, record, of_record in zip(columns, records, told, strict=True)
        ],
        "counts": changes.counts(told[0], told[-1]) if differences else {},
        "colors": colors_of(there, with_classes(frame.label_colors(store), there)),
        "palette": PALETTE,
        "choice": choice.from_url().to_data(),
        "mode": mode,
        "url": is_linked,
    }
    opened = _mount(
        key=key,
        data=data,
        on_opened_change=components.ignore,
        on_narrowed_change=choice.follow(key, "narrowed"),
    ).opened
    if opened:
        links.open_item(*opened)


def _content(record: Record | None, told: changes.Told) -> dict[str, Any]:
    if record is None:
        return {"item": None, "empty": "This sample was not logged here."}
    problem = item_problem(record)
    link = {"id": item_id(record), "href": f"item?{urlencode(links.item_link(*item_id(record)))}"}
    if problem or not record.get("width"):
        return link | {"item": None, "empty": problem or "Its size is not known, so it cannot be drawn."}
    item = picture.sheet(record)
    for annotation in item["annotations"]:
        if annotation["place"] in told:
            annotation["change"], annotation["pair"] = told[annotation["place"]]
    return link | {"item": item}
