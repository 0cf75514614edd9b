"""Rows with media in their cells: a table whose pictures open their items, a page at a time."""

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mediastore.reader.store import Store
from mediastore.serve import thumb_url
from mediastore.view import links

PAGE_ROWS = 200
ROW_HEIGHT, MEDIA_ROW_HEIGHT, HEIGHT_MAX = 35, 64, 620
MEDIA_PATH = re.compile(
    r"[^/:]+/[^:]+/media/[^:]+\.(png|jpe?g|webp|gif|avif|bmp|tiff?|wav|flac|ogg|mp3|mp4|webm)", re.IGNORECASE
)
ITEM = ("project", "run", "key", "step", "index")

Place = Sequence[Any]
ItemOf = Callable[[Any, str], Place | None]


def media_columns(frame: pd.DataFrame) -> list[str]:
    """The columns that hold paths of media of the store."""
    texts = [name for name in frame if pd.api.types.is_string_dtype(frame[name])]
    return [name for name in texts if _is_path(next(iter(frame[name].dropna()), None))]


def show(frame: pd.DataFrame, media: Sequence[str], item_of: ItemOf, *, key: str, page_key: str) -> None:
    """The rows, `PAGE_ROWS` at a time; the columns `media` hold paths, shown as pictures, which open their item.

    item_of: what an item is called for a row and a column of the table: project, run, key, step, index.
    """
    part = _part(-(-len(frame) // PAGE_ROWS), page_key)
    start = (part - 1) * PAGE_ROWS
    shown = frame.iloc[start : start + PAGE_ROWS]
    pictures = {name: shown[name].map(_thumbnail) for name in media}
    height = MEDIA_ROW_HEIGHT if media else ROW_HEIGHT
    picked = st.dataframe(
        shown.assign(**pictures),
        key=f"{key}-{part}",
        hide_index=True,
        placeholder="–",
        row_height=height,
        height="content" if len(shown) * height < HEIGHT_MAX else HEIGHT_MAX,
        column_config={name: st.column_config.ImageColumn(name, width=84) for name in media},
        on_select="rerun" if media else "ignore",
        selection_mode="single-cell",
    )
    if len(frame) > PAGE_ROWS:
        st.caption(f"Rows {start + 1:,}–{start + len(shown):,} of {len(frame):,}")
    if media and picked.selection.cells:
        row, column = picked.selection.cells[0]
        place = item_of(shown.iloc[row], column) if column in media else None
        if place is not None:
            links.open_item(*place)


def item_by_path(store: Store, frame: pd.DataFrame) -> ItemOf:
    """Finds an item by the row's own project, run, key, step and index, else by its path."""
    is_named = all(name in frame for name in ITEM)

    def find(row: Any, column: str) -> Place | None:
        if is_named:
            return [*(str(row[name]) for name in ITEM[:3]), *(int(row[name]) for name in ITEM[3:])]
        return store.item_at(str(row[column]))

    return find


def with_unique_names(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a number behind each name that came before."""
    names: list[str] = []
    for name in map(str, frame.columns):
        count = 2
        unique = name
        while unique in names:
            unique, count = f"{name} {count}", count + 1
        names.append(unique)
    return frame.set_axis(names, axis="columns")


def _thumbnail(path: Hashable) -> str | None:
    return thumb_url(path) if isinstance(path, str) and _is_path(path) else None


def _is_path(value: Any) -> bool:
    return (
        isinstance(value, str) and ".." not in value and "//" not in value and MEDIA_PATH.fullmatch(value) is not None
    )


def _part(count: int, key: str) -> int:
    if count < 2:
        return 1
    if st.session_state.get(key, 1) > count:
        st.session_state[key] = count
    return st.pagination(count, key=key, bind="query-params")
