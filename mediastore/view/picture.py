"""One picture large, zoomed by plotly or, with very many annotations, by the canvas itself, and its annotations."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from mediastore.draw.colors import PALETTE
from mediastore.draw.overlay import Record, drawn_item, item_id
from mediastore.serve import media_url, plotly_url
from mediastore.view import components
from mediastore.view.choice import from_url
from mediastore.view.gallery import colors_of

PLOTLY_MOST = 1000
SCRIPTS = ("levels.js", "looks.js", "plotly.js", "stage.js", "axes.js", "annotation_table.js", "viewer.js")

_viewer = components.component("viewer", *SCRIPTS, style=("gallery.css", "viewer.css"))


def show(record: Record, *, colors: Mapping[str, str], key: str, is_bare: bool = False) -> None:
    """The picture of a record with its annotations drawn over it and listed beside it; its view stands in the link.

    is_bare: without tools and list, as a slide shows it; its filters stay.
    """
    item = sheet(record)
    data = {
        "item": item,
        "id": item_id(record),
        "name": PurePosixPath(str(record["path"])).stem,
        "colors": colors_of([record], colors),
        "palette": PALETTE,
        "choice": from_url().to_data(),
        "plotly": plotly_url(),
        "plotly_most": PLOTLY_MOST,
        "url": True,
        "bare": is_bare,
    }
    _viewer(key=key, data=data)


def sheet(record: Record) -> dict[str, Any]:
    """A picture of known size as the stage takes it: its URL at full size, its annotations by their place."""
    item = drawn_item(record, media_url)
    for place, annotation in enumerate(item["annotations"]):
        annotation["place"] = place
    return item | {"src": media_url(record["path"]), "caption": record.get("caption")}
