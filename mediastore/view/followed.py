"""Tracks of films: CLEAR MOT and HOTA by step, the true tracks of one step; a row opens its film."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mediastore.reader.store import Store
from mediastore.view import measured

SUMMED = {"HOTA": "HOTA", "DetA": "DetA", "AssA": "AssA", "MOTA": "MOTA", "MOTP": "MOTP"}


def show(store: Store, asked: Mapping[str, Any], step: int) -> None:
    """Numbers by step, then each true track and each overlap of HOTA at one step."""
    st.subheader("Tracks", anchor=False)
    iou = st.slider("Overlap (IoU) from", 0.05, 0.95, 0.5, 0.05, key="track_iou", bind="query-params", width=220)
    measured.by_step(store.tracks(**asked, iou=iou).summary(), SUMMED, step)
    found = store.tracks(**asked, iou=iou, step=step)
    tracks = found.by_track()
    told = tracks.drop(columns=["project", "run", "key", "step"])
    title = f"{measured.counted(len(tracks), 'true track')}; press a row to open its film"
    measured.open_row(tracks, measured.table(title, told, "true_tracks"))
    with st.expander("HOTA at each overlap"):
        measured.table("", found.hota().drop(columns=["project", "run", "step", "association", "overlap"]))
    st.caption(
        "HOTA, DetA and AssA are means over 19 overlaps (Luiten and others 2021), whatever the slider says; MOTA and "
        "MOTP are those of CLEAR MOT (Bernardin and Stiefelhagen 2008) at the overlap of the slider."
    )
