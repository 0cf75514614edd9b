"""Players: sounds with waveform and spans, films with the annotations of the frame that is shown."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from mediastore.draw.overlay import Record, playable_path
from mediastore.encode.thumbnail import peaks
from mediastore.errors import MediaStoreError
from mediastore.serve import media_file, media_url, thumb_url
from mediastore.view import choice, components, links
from mediastore.view.gallery import colors_of, tile
from mediastore.view.selection import Group, Selection

PEAK_COLUMNS = 1200
PEAK_REACH = 127

_sounds = components.component("sounds", "lanes.js", "audio.js", "sounds.js", style="player.css")
_film = components.component("film", "lanes.js", "tracks.js", "video.js", style="player.css")


def sounds(found: Selection, *, root: Path, colors: Mapping[str, str], key: str) -> None:
    """A list of sounds, each with its waveform, its spans and its own playhead; a title that is clicked opens it."""
    items = [_sound(record, at, group, root) for at, group in enumerate(found.groups) for record in group.records]
    data = {"items": items, "colors": colors_of(found.records, colors)} | found.to_data()
    result = _sounds(
        key=key,
        data=components.versioned(data),
        on_opened_change=components.ignore,
        on_narrowed_change=choice.follow(key, "narrowed"),
    )
    if result.opened:
        links.open_item(*result.opened)


def film(record: Record, *, colors: Mapping[str, str], key: str, chosen: choice.Choice) -> None:
    """One film, streamed, with its boxes drawn over the frame that is on screen and its tracks in time below."""
    item = {
        **tile(record),
        "src": media_url(playable_path(record) or ""),
        "download": media_url(record["path"]),
        "poster": thumb_url(record["path"]),
        "fps": record.get("fps"),
        "frames": record.get("frames"),
        "duration": record.get("duration_s"),
    }
    data = {"items": [item], "colors": colors_of([record], colors), "choice": chosen.to_data(), "url": True}
    _film(key=key, data=components.versioned(data))


def _sound(record: Record, place: int, group: Group, root: Path) -> dict[str, Any]:
    file = media_file(root, record.get("path") or "")
    state = file.stat() if file else None
    is_playable = state is not None and not record.get("problem")
    return {
        **tile(record, group=place, where=group.note if not group.title else "", url_of=media_url),
        "duration": record.get("duration_s"),
        "peaks": _waveform(str(file), state.st_size, state.st_mtime_ns) if is_playable and state else [],
    }


@st.cache_data(show_spinner=False, max_entries=2000)
def _waveform(file: str, size: int, changed_ns: int) -> list[int]:
    """Lowest and highest sample of each column in turn, -127..127; empty where the file cannot be decoded here."""
    try:
        low, high = peaks(Path(file), PEAK_COLUMNS)
    except (MediaStoreError, RuntimeError, OSError):
        return []
    return [round(PEAK_REACH * float(value)) for pair in zip(low, high, strict=True) for value in pair]
