"""The keyboard shortcuts of every page, in one list behind `?` and a small button."""

import streamlit as st

from mediastore.view import components, links, slides

Keys = tuple[tuple[str, str], ...]
"""What is pressed, and what it does."""

EVERYWHERE: Keys = (("?", "this list"), ("Tab", "to the next control"), ("Esc", "close what is open"))
TILES: Keys = (("← → ↑ ↓", "among the tiles, once one has the focus"), ("Enter", "open the tile"))
STEPS: Keys = (("← →", "step before or after"),)
STEPS_OUTSIDE: Keys = (("← →", "step before or after, outside the player"),)
PICTURE: Keys = (
    ("+ −", "zoom in or out, once the picture has the focus"),
    ("0", "whole picture"),
    ("1", "one pixel of it a pixel of the screen"),
    ("Shift and arrows", "move the picture"),
)
CHARTS: Keys = (("drag", "zoom into a chart"), ("double-click", "zoom out again"))
PLAYER: Keys = (
    ("Space", "play or pause, once the player has the focus"),
    ("[ ]", "begin and end a loop here"),
    ("l", "loop on or off"),
    ("Esc", "forget the loop"),
)
SOUND: Keys = (
    *PLAYER,
    ("← →", "one second back or on"),
    (", .", "a tenth of a second"),
    ("PgUp PgDn", "ten seconds"),
    ("drag", "loop what you draw over"),
    ("o", "the other take, same second"),
)
FILM: Keys = (
    *PLAYER,
    ("← → or , .", "one frame back or on"),
    ("PgUp PgDn", "ten frames"),
    ("Home End", "first and last frame"),
)
BY_PAGE: dict[str, Keys] = {
    "runs": CHARTS,
    "curves": (*CHARTS, *TILES),
    "progress": CHARTS,
    "gallery": (*STEPS, *TILES),
    "item": (("← →", "item before or after"), ("↓ ↑", "same sample, step before or after"), *PICTURE),
    "compare": (("← →", "sample before or after"), *PICTURE),
    "audio": (*SOUND, *STEPS_OUTSIDE),
    "video": (*FILM, *STEPS_OUTSIDE),
    "predictions": TILES,
    "mistakes": TILES,
    "changed": TILES,
    "measures": TILES,
    "tables": STEPS,
    "sql": (("Ctrl+Enter", "ask, while in the query"),),
    "present": (("← →", "slide before or after"), ("f", "fill the screen"), ("Esc", "end the show")),
}

_mount = components.component("shortcuts", "shortcuts.js", style="shortcuts.css")


def show(page: str) -> None:
    """The button and the key that open the list of what can be pressed on a page; on a slide the key alone."""
    lists = [(links.title_of(page), BY_PAGE.get(page, ())), ("Everywhere", EVERYWHERE)]
    is_slide = page == links.PRESENT and slides.SLIDE in st.query_params
    data: dict[str, object] = {"quiet": is_slide}
    data |= {"lists": [{"title": title, "keys": [list(row) for row in keys]} for title, keys in lists if keys]}
    _mount(key="shortcuts", data=data)
