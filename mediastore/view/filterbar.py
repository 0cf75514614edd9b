"""The filter by label, layer and score above something that the server draws."""

from collections.abc import Mapping, Sequence
from typing import Any

from mediastore.view import choice, components

FACETS = ("label", "layer", "score", "classes")

_bar = components.component("bar", "bar.js", style="gallery.css")


def show(annotations: Sequence[Mapping[str, Any]], *, colors: Mapping[str, str], key: str) -> choice.Choice:
    """The bar over these annotations; what is chosen there stands in the link and is returned."""
    chosen = choice.from_url()
    facets = [{name: one[name] for name in FACETS if one.get(name) is not None} for one in annotations]
    data = {"annotations": facets, "colors": dict(colors), "choice": chosen.to_data()}
    _bar(key=key, data=components.versioned(data), on_chosen_change=choice.follow(key, "chosen"))
    return chosen
