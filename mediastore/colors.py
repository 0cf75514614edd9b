"""Colours as users write them, as the one code that a record holds."""

import re
from typing import Any

_CODE = re.compile(r"#[0-9a-fA-F]{6}")
_SHORT = re.compile(r"#[0-9a-fA-F]{3}")
_NAMES = {
    "black": "#000000",
    "white": "#ffffff",
    "gray": "#808080",
    "red": "#ff0000",
    "green": "#008000",
    "blue": "#0000ff",
    "yellow": "#ffff00",
    "orange": "#ffa500",
    "purple": "#800080",
    "pink": "#ffc0cb",
    "brown": "#a52a2a",
    "cyan": "#00ffff",
    "magenta": "#ff00ff",
}


def color_code(given: Any) -> str | None:
    """`#rrggbb` from a code, a plain name, three integers 0..255 or three floats 0..1; None for anything else."""
    if isinstance(given, str):
        return _from_text(given.strip())
    try:
        parts = [part.item() if hasattr(part, "item") else part for part in given][:3]
        scale = 255 if all(isinstance(part, float) and part <= 1 for part in parts) else 1
        levels = [round(part * scale) for part in parts]
    except (TypeError, ValueError, OverflowError):
        return None
    if len(levels) != 3 or not all(0 <= level <= 255 for level in levels):
        return None
    return "#" + "".join(f"{level:02x}" for level in levels)


def _from_text(text: str) -> str | None:
    if _CODE.fullmatch(text):
        return text.lower()
    if _SHORT.fullmatch(text):
        return "#" + "".join(digit * 2 for digit in text[1:].lower())
    return _NAMES.get(text.lower())
