"""How our browser components are put together: plain scripts and styles from `assets/`, joined, mounted once a name."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).parent / "assets"
SHARED_SCRIPTS = ("dom.js", "rle.js", "png16.js", "masks.js", "names.js", "overlay.js", "filters.js")

Mount = Callable[..., Any]


def joined(*names: str) -> str:
    """The text of several assets, one after the other."""
    return "\n".join((ASSETS / name).read_text("utf-8") for name in names)


def component(name: str, *scripts: str, style: str | Sequence[str]) -> Mount:
    """A component made of the shared scripts and its own; the last script has the default export."""
    styles = (style,) if isinstance(style, str) else style
    return mounting(name, js=joined(*SHARED_SCRIPTS, *scripts), css=joined("frame.css", *styles), html="")


def mounting(name: str, **how: Any) -> Mount:
    """Registers a component, and mounts it with `versioned` data; how: as `st.components.v2.component` takes it."""
    mount = st.components.v2.component(f"mediastore_{name}", **how)
    return lambda *, data, **how: mount(data=versioned(data), **how)


def versioned(data: Mapping[str, Any]) -> bytes:
    """The data as JSON, with their digest as `version`: a component draws anew only when it changed.

    Numbers that are not finite, which JSON has no word for, become None. In bytes, as Streamlit turns what else it is
    given into JSON twice.
    """
    text = json.dumps(data, default=str)
    if "NaN" in text or "Infinity" in text:
        text = json.dumps(_finite(data), default=str)
    version = blake2b(text.encode(), digest_size=8).hexdigest()
    return f'{{"version": "{version}", {text[1:]}'.encode()


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def ignore() -> None:
    """Does nothing: Streamlit keeps a trigger only where a callback is named."""
