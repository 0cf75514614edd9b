"""One item in place, by its kind: a picture, a sound, a film, or what can be said of anything else."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mediastore.draw.overlay import Record, item_problem, with_classes
from mediastore.reader.store import Store
from mediastore.view import picture, player, web_page
from mediastore.view.choice import from_url
from mediastore.view.selection import Group, Selection
from mediastore.view.steps import plain


def show(store: Store, record: Record, colors: Mapping[str, str], *, is_bare: bool = False) -> list[Mapping[str, Any]]:
    """Draw the item; returns those of its annotations that are to be listed elsewhere: a picture lists its own.

    is_bare: a picture without its tools.
    """
    colors = with_classes(colors, [record])
    annotations = record.get("annotations") or []
    chosen = from_url()
    problem = item_problem(record)
    if problem:
        st.warning(plain(problem), icon=":material/warning:")
    elif record["kind"] == "audio":
        found = Selection([Group("", [record])], chosen, total=1, is_linked=True)
        player.sounds(found, root=store.root, colors=colors, key="item-sound")
    elif record["kind"] == "video":
        player.film(record, colors=colors, key="item-film", chosen=chosen)
    elif record["kind"] == "image" and record.get("width"):
        picture.show(record, colors=colors, key="item-picture", is_bare=is_bare)
        return []
    elif record["kind"] == "html" and record.get("path"):
        web_page.show(record)
    else:
        st.info(f"Items of kind {plain(str(record['kind']))} are kept and can be downloaded.", icon=":material/draft:")
    return [one for one in annotations if chosen.shows(one)]
