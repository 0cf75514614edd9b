"""The films of a selection: posters in a line, and the one in hand playing."""

from collections.abc import Mapping

import streamlit as st

from mediastore.draw.overlay import Record, item_id, item_problem
from mediastore.view import facts, gallery, player
from mediastore.view.choice import Choice
from mediastore.view.selection import Selection

FILM = "film"


def show(found: Selection, *, colors: Mapping[str, str], choice: Choice) -> None:
    """The film that the link names, else the first, and the others to choose from."""
    records = found.records
    if not records:
        return
    names = [player.name_of(item_id(record)) for record in records]
    asked = st.query_params.get(FILM)
    place = names.index(asked) if asked in names else 0
    sides = [_said(group.title, group.note) for group in found.groups for _ in group.records]
    said = dict(zip(names, sides, strict=True))
    if len(records) > 1:
        st.caption(f"{len(records)} of {found.total} films")
        picked = gallery.strip(
            records, colors=colors, key="films", current=place, where=lambda one: said[player.name_of(item_id(one))]
        )
        if picked:
            st.query_params[FILM] = player.name_of(picked)
            st.rerun()
    one(records[place], said[names[place]], colors=colors, choice=choice)


def one(record: Record, said: str, *, colors: Mapping[str, str], choice: Choice) -> None:
    """One film with what is known of it; a film that cannot be shown says why, and can be downloaded."""
    st.text(" · ".join(part for part in (record.get("caption"), said) if part))
    if problem := item_problem(record):
        facts.cannot_show(record, problem)
    else:
        player.film(record, colors=colors, key="film-player", chosen=choice)


def _said(title: str, note: str) -> str:
    return " · ".join(part for part in (title, note) if part)
