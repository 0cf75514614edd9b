"""Where each page is, and links to one item of the store."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

SECTIONS = {
    "Overview": (
        ("runs", "Runs", ":material/table_rows:"),
        ("curves", "Curves", ":material/show_chart:"),
        ("progress", "Progress", ":material/trending_up:"),
    ),
    "Look": (
        ("gallery", "Gallery", ":material/grid_view:"),
        ("item", "Item", ":material/image:"),
        ("compare", "Compare", ":material/compare:"),
        ("audio", "Audio", ":material/graphic_eq:"),
        ("video", "Video", ":material/movie:"),
    ),
    "Find": (
        ("predictions", "Predictions", ":material/frame_inspect:"),
        ("mistakes", "Mistakes", ":material/rule:"),
        ("changed", "What changed", ":material/difference:"),
        ("measures", "Labels and masks", ":material/category:"),
        ("tables", "Tables", ":material/table_chart:"),
        ("sql", "SQL", ":material/database_search:"),
    ),
    "Show": (("present", "Present", ":material/slideshow:"),),
}
"""What the sidebar lists: section → (script of the page, title, icon)."""

HOME = "runs"
SQL = "sql"
PRESENT = "present"
PICKED = "picked"
"""The parameter that names one annotation of an item, by its place in the item's list."""

_HERE = Path(__file__).parent
_FOLDER = "../_app/pages" if (_HERE / "../_app/pages").is_dir() else "../../pages"


def page(name: str) -> str:
    """The script of a page, as `st.Page`, `st.switch_page` and `st.page_link` want it: relative to main.py."""
    return f"{_FOLDER}/{name}.py"


def title_of(name: str) -> str:
    """What the sidebar calls a page; a name that is none as it is."""
    return next((title for pages in SECTIONS.values() for page, title, _ in pages if page == name), name)


def icon_of(name: str) -> str:
    """The icon of a page, as Streamlit takes it."""
    return next((icon for pages in SECTIONS.values() for page, _, icon in pages if page == name), ":material/link:")


def item_link(project: str, run: str, key: str, step: int, index: int) -> dict[str, str]:
    """The query parameters that name one item on the Item page."""
    return {"run_at": f"{project}/{run}", "key_at": key, "step_at": str(step), "index_at": str(index)}


def annotation_link(project: str, run: str, key: str, step: int, index: int, position: int) -> dict[str, str]:
    """The query parameters that name one annotation of an item on the Item page."""
    return {**item_link(project, run, key, step, index), PICKED: str(position)}


def open_annotation(project: str, run: str, key: str, step: int, index: int, position: int) -> None:
    """Go to the Item page with one annotation of it marked. Ends the script run."""
    st.switch_page(page("item"), query_params=annotation_link(project, run, key, step, index, position))


def open_item(project: str, run: str, key: str, step: int, index: int) -> None:
    """Go to the Item page of one item. Ends the script run, as `st.switch_page` does."""
    st.switch_page(page("item"), query_params=item_link(project, run, key, step, index))


def open_compare(key: str, places: Sequence[str], sample: str | None = None) -> None:
    """Go to the Compare page with up to four places, `project/run@step` each. Ends the script run."""
    asked: dict[str, str | list[str]] = {"key": key, "places": list(dict.fromkeys(places))[:4]}
    asked["run"] = st.query_params.get_all("run")
    st.switch_page(page("compare"), query_params=asked | ({"sample": sample} if sample else {}))


def open_curve(metric: str, step: int) -> None:
    """Go to the Curves page with one metric and step. Ends the script run."""
    st.switch_page(page("curves"), query_params={"metric": metric, "at": str(step)})


def open_mistakes(asked: Mapping[str, str]) -> None:
    """Go to the Mistakes page with these parameters. Ends the script run."""
    st.switch_page(page("mistakes"), query_params=dict(asked))


def to_compare(key: str, places: Sequence[str], least: float) -> None:
    """Draw a link to the Compare page with these places, `project/run@step` each, and scores from `least` on."""
    asked = {"key": key, "places": list(dict.fromkeys(places)), "run": st.query_params.get_all("run")}
    asked |= {"score": f"{least:g}..{max(1.0, least):g}", "order": "most broken"}
    st.page_link(page("compare"), label="Side by side in Compare", icon=icon_of("compare"), query_params=asked)


def to_changed(key: str, before: str, after: str, least: float) -> None:
    """Draw a link to What changed from one place to another, `project/run@step` each, and scores from `least` on."""
    asked: dict[str, str | list[str]] = {"key": key, "run": st.query_params.get_all("run"), "least": f"{least:g}"}
    for side, place in (("before", before), ("after", after)):
        asked[f"of_{side}"], _, asked[f"step_{side}"] = place.rpartition("@")
    st.page_link(page("changed"), label="All that changed", icon=icon_of("changed"), query_params=asked)


def to_gallery(label: str, key: str, step: int | None) -> None:
    """Draw a link to the Gallery at a key and step; None is its last step."""
    asked: dict[str, str | list[str]] = {"key": key, "run": st.query_params.get_all("run")}
    if step is not None:
        asked["step"] = str(step)
    st.page_link(page("gallery"), label=label, icon=":material/grid_view:", query_params=asked)
