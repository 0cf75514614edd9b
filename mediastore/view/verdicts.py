"""Numbers of right and wrong as buttons, and the objects behind the one that was pressed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.draw.overlay import Record, drawn_annotation
from mediastore.reader.store import Store
from mediastore.serve import media_url
from mediastore.view import choice, components, epochs, finder, frame, links

PICK, PART = "pick", "part"
PAGE_OBJECTS = 40
_FLAT = ("label", "score", "layer", "type", "track", "text", "frame")

_mount = components.component("verdicts", "verdicts.js", style="verdicts.css")
_mount_objects = components.component(
    "judged", "objects.js", "judged.js", style=("gallery.css", "finder.css", "judged.css")
)


def show(blocks: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Draw matrices and bars; `picked()` tells which of their buttons is pressed."""
    data = {"blocks": list(blocks), "picked": picked()}
    _mount(key=key, data=data, on_picked_change=choice.follow(key, "picked", (PICK, PART)))


def picked() -> str:
    """The button that is pressed, as the link says it; empty for none."""
    return st.query_params.get(PICK, "")


def pick(name: str) -> None:
    """Press a button from elsewhere: in a callback, before the script runs."""
    st.query_params.pop(PART, None)
    st.query_params[PICK] = name


def forget() -> None:
    """Press none."""
    for name in (PICK, PART):
        st.query_params.pop(name, None)


def part(count: int) -> int:
    """Which page of objects the link asks for, from 1; `count` objects are there."""
    asked = st.query_params.get(PART, "1")
    return min(max(1, int(asked) if asked.isdecimal() else 1), max(1, -(-count // PAGE_OBJECTS)))


def objects(
    store: Store,
    groups: Sequence[Sequence[Mapping[str, Any]]],
    *,
    count: int,
    noun: str,
    key: str,
    titles: Sequence[str] = (),
) -> None:
    """Draw one page of objects as crops; a group of two stands side by side, as before and after.

    Each object names its place: project, run, key, step, index, position; `other_position`, unless it is negative, is
    drawn with it. count: how many there are in all. titles: what each group is called.
    """
    known = _records(store, [row for group in groups for row in group])
    names = frame.run_names(store)
    known_epochs = epochs.of(store, list({f"{row['project']}/{row['run']}" for group in groups for row in group}))
    tiles = [[_tile(row, known, names, known_epochs) for row in group] for group in groups]
    data = {
        "groups": [
            {"title": title, "tiles": group} for group, title in zip(tiles, titles or [""] * len(tiles), strict=True)
        ],
        "colors": frame.label_colors(store),
        "found": count,
        "noun": noun,
        "part": part(count),
        "page": PAGE_OBJECTS,
    }
    shown = _mount_objects(
        key=key,
        data=data,
        on_turned_change=choice.follow(key, "turned", (PART,)),
        on_opened_change=components.ignore,
    )
    if shown.opened:
        links.open_annotation(*shown.opened)


def _tile(
    row: Mapping[str, Any], known: Mapping[tuple, Record], names: Mapping[str, str], known_epochs: epochs.Epochs
) -> dict[str, Any]:
    record = known[_place(row)]
    annotations = record.get("annotations") or []
    annotation = annotations[int(row["position"])]
    flat = {name: annotation.get(name) for name in _FLAT}
    shown = {**record, **flat, "position": row["position"], "rest": json.dumps(annotation)}
    tile = finder.tile(shown, names, known_epochs, ())
    other = row.get("other_position", -1)
    if not pd.isna(other) and 0 <= int(other) < len(annotations):
        tile["others"] = [drawn_annotation(record, annotations[int(other)], media_url)]
    return {**tile, "note": row.get("note", "")}


def _place(row: Mapping[str, Any]) -> tuple:
    return row["project"], row["run"], row["key"], int(row["step"]), int(row["index"])


def _records(store: Store, rows: Sequence[Mapping[str, Any]]) -> dict[tuple, Record]:
    wanted: dict[tuple, set[int]] = {}
    for project, run, key, step, index in map(_place, rows):
        wanted.setdefault((f"{project}/{run}", key, step), set()).add(index)
    found = [
        record
        for (ref, key, step), indexes in wanted.items()
        for record in store.records(run=ref, key=key, step=step, index=sorted(indexes))
    ]
    return {_place(record): record for record in found}
