"""Players: sounds with waveform and spans, films with the annotations of the frame that is shown."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from mediastore.decoders import DECODERS
from mediastore.draw.overlay import Record, item_id, playable_path
from mediastore.encode.spectrogram import SIZE_WH, WAYS, frequencies
from mediastore.errors import MediaStoreError
from mediastore.serve import media_file, media_url, thumb_url
from mediastore.view import choice, components, links
from mediastore.view.gallery import colors_of, tile
from mediastore.view.selection import Group, Selection

PEAK_COLUMNS = 1200
PEAK_REACH = 127
TICKS_HZ = (100, 300, 1000, 3000, 10_000)

_sounds = components.component(
    "sounds",
    "playback.js",
    "lanes.js",
    "waves.js",
    "channels.js",
    "transcript.js",
    "audio.js",
    "sounds.js",
    style="player.css",
)
_film = components.component("film", "playback.js", "lanes.js", "tracks.js", "video.js", style="player.css")


def sounds(
    found: Selection,
    *,
    root: Path,
    colors: Mapping[str, str],
    key: str,
    takes: Mapping[str, int] | None = None,
    is_together: bool = False,
) -> list[Any] | None:
    """A list of sounds, each with its waveform, its spans and its own playhead; a title that is clicked opens it.

    takes: sample → how many others there are to compare a sound with; returns the id of one that is to be compared.
    Sounds that are together share one playhead and one length of time.
    """
    items = [
        {**_sound(record, at, group, root), "takes": (takes or {}).get(record.get("sample") or "", 0)}
        for at, group in enumerate(found.groups)
        for record in group.records
    ]
    data = {"items": items, "colors": colors_of(found.records, colors), "together": is_together} | found.to_data()
    result = _sounds(
        key=key,
        data=data,
        on_opened_change=components.ignore,
        on_narrowed_change=choice.follow(key, "narrowed"),
        on_compared_change=components.ignore,
    )
    if result.opened:
        links.open_item(*result.opened)
    return result.compared


def film(record: Record, *, colors: Mapping[str, str], key: str, chosen: choice.Choice) -> None:
    """One film, streamed, with its boxes drawn over the frame that is on screen and its tracks in time below."""
    item = {
        **tile(record),
        "name": name_of(item_id(record)),
        "src": media_url(playable_path(record) or ""),
        "download": media_url(record["path"]),
        "poster": thumb_url(record["path"]),
        "fps": record.get("fps"),
        "frames": record.get("frames"),
        "duration": record.get("duration_s"),
    }
    data = {"items": [item], "colors": colors_of([record], colors), "choice": chosen.to_data(), "url": True}
    _film(key=key, data=data)


def _sound(record: Record, place: int, group: Group, root: Path) -> dict[str, Any]:
    file = media_file(root, record.get("path") or "")
    state = file.stat() if file else None
    is_playable = state is not None and not record.get("problem")
    rate = record.get("sample_rate")
    return {
        **tile(record, group=place, where=group.note if not group.title else "", url_of=media_url),
        "name": name_of(item_id(record)),
        "duration": record.get("duration_s"),
        "peaks": _waveform(str(file), state.st_size, state.st_mtime_ns) if is_playable and state else [],
        "spectra": {way: thumb_url(record["path"], way) for way in WAYS} if is_playable and rate else None,
        "ticks": {way: _ticks(int(rate), way) for way in WAYS} if rate else {},
    }


def name_of(identity: Sequence[Any]) -> str:
    """`project/run/index`: what names a sound or a film among those of a key, at every step the same."""
    project, run, _, _, index = identity
    return f"{project}/{run}/{index}"


@lru_cache(maxsize=64)
def _ticks(rate: int, way: str) -> list[tuple[float, str]]:
    """Where frequencies stand on a spectrogram, as shares of its height from below, with their names."""
    edges = frequencies(rate, way, SIZE_WH[1])
    shares = np.linspace(0, 1, len(edges))
    known = [hertz for hertz in TICKS_HZ if edges[0] <= hertz <= edges[-1]]
    said = [f"{hertz // 1000} kHz" if hertz >= 1000 else f"{hertz} Hz" for hertz in known]
    return [(round(float(np.interp(hertz, edges, shares)), 4), name) for hertz, name in zip(known, said, strict=True)]


@st.cache_data(show_spinner=False, max_entries=2000)
def _waveform(file: str, size: int, changed_ns: int) -> list[list[int]]:
    """For each channel the lowest and highest sample of each column in turn, -127..127; empty where none is decoded."""
    try:
        low, high = map(np.asarray, DECODERS.channel_peaks(Path(file), PEAK_COLUMNS))
    except MediaStoreError:
        return []
    both = (PEAK_REACH * np.stack([low, high], axis=-1)).round().astype(int)
    return both.transpose(1, 0, 2).reshape(low.shape[1], -1).tolist()
