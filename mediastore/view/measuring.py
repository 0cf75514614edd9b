"""How bright, sharp and loud the media of a key are: measured once, beside the app; the page says how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from mediastore.draw.correlations import measured_numbers
from mediastore.measured import KINDS, Measured
from mediastore.reader.store import Store
from mediastore.view import live

FILES_MOST = 2000
ITEMS_MOST = 50_000
WORDS = {
    "image": "Brightness (mean luma) and sharpness (variance of the Laplacian, at most 320 px)",
    "audio": "Loudness (RMS)",
}


@dataclass(frozen=True)
class OfMedia:
    """Rows as `Store.media_numbers` has them, how many files of the items were measured, and that in words."""

    numbers: pd.DataFrame
    done: int
    said: str = ""
    is_whole: bool = True


def of_media(store: Store, key: str, refs: Sequence[str]) -> OfMedia:
    """What is known now; what is not yet is begun with."""
    items = _files(str(store.root), store.version, key, tuple(refs), store)
    files = items.drop_duplicates("path").head(FILES_MOST)
    known = _measured(str(store.root)).of(zip(files["path"], files["kind"], strict=True))
    if files.empty:
        return OfMedia(measured_numbers(items, known), 0)
    covered = int(items["path"].isin(known).sum())
    words = " · ".join(WORDS[kind] for kind in KINDS if kind in set(files["kind"]))
    going_on = len(known) < len(files)
    said = f"{words} of {covered:,} of {items['found'].iloc[0]:,} items{' so far' if going_on else ''}."
    return OfMedia(measured_numbers(items, known), len(known), said, not going_on)


def say(found: OfMedia) -> None:
    """The words; while it goes on, the fragment around this is drawn again and again."""
    if found.said:
        st.caption(found.said)
    if not found.is_whole:
        live.pulse("measuring-pulse")


@st.cache_resource(show_spinner=False)
def _measured(root: str) -> Measured:
    return Measured(Path(root))


@st.cache_data(show_spinner=False, max_entries=8)
def _files(root: str, version: str, key: str, refs: tuple[str, ...], _store: Store) -> pd.DataFrame:
    return _store.media_files(key, list(refs), kind=list(KINDS), limit=ITEMS_MOST)
