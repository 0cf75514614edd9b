"""What one pin shows on its slide: an item, several, a curve with its media, sounds, a film, or the way to its page."""

from collections.abc import Callable

import streamlit as st

from mediastore.draw.curves import first_look
from mediastore.pins import Pin
from mediastore.reader.store import Store
from mediastore.view import (
    charts,
    choice,
    controls,
    detail,
    films,
    frame,
    gallery,
    links,
    player,
    selection,
    show_item,
    step_media,
    step_tools,
    steps,
)
from mediastore.view.selection import Group, Selection


def show(store: Store, pin: Pin) -> None:
    """Draw what a pin shows, by the parameters of the link; what is no longer there is said."""
    if pin.items:
        _items(store, pin)
        return
    _BY_PAGE.get(pin.page, _link)(store, pin)


def _items(store: Store, pin: Pin) -> None:
    records = [
        record
        for project, run, key, step, index in pin.items
        for record in store.records(run=f"{project}/{run}", key=key, step=step, index=index, limit=1)
    ]
    if not records:
        _gone(pin)
    elif len(pin.items) == 1:
        show_item.show(store, records[0], frame.label_colors(store), is_bare=True)
    else:
        missing = len(pin.items) - len(records)
        if missing:
            st.caption(f"{len(records)} of {len(pin.items)} items; {missing} are no longer in the store.")
        _group(store, Selection([Group("", records)], choice.from_url(), total=len(records), is_linked=True))


def _item(store: Store, pin: Pin) -> None:
    record = detail.named_by_link(store, frame.selected_runs(store))
    if record is None:
        _gone(pin)
        return
    show_item.show(store, record, frame.label_colors(store), is_bare=True)


def _gallery(store: Store, pin: Pin) -> None:
    if found := _selection(store, pin, ()):
        _group(store, found)


def _audio(store: Store, pin: Pin) -> None:
    if found := _selection(store, pin, ("audio",)):
        player.sounds(found, root=store.root, colors=frame.label_colors(store), key="slide-sounds")


def _video(store: Store, pin: Pin) -> None:
    if found := _selection(store, pin, ("video",)):
        films.show(found, colors=frame.label_colors(store), choice=choice.from_url())


def _selection(store: Store, pin: Pin, kinds: tuple[str, ...]) -> Selection | None:
    """The items that the page of the pin would show; None after saying that there are none."""
    refs, params = frame.selected_runs(store), st.query_params
    filters = {"run": refs} | ({"kind": list(kinds)} if kinds else {})
    key = params.get(steps.KEY) or next(iter(store.keys(run=refs)["key"]), "")
    known = store.steps(**filters, key=key)
    if not known:
        _gone(pin)
        return None
    asked = params.get(steps.STEP, "")
    place = steps.Place(key, int(asked) if asked.isdecimal() and len(asked) < 19 else known[-1])
    rule, sort = params.get(step_tools.RULE, steps.LATEST_BEFORE), params.get(selection.SORT, "")
    return selection.select(
        store,
        refs,
        place,
        choice.from_url(),
        kinds or None,
        keys=params.get_all(step_tools.BESIDE),
        rule=rule,
        sort=sort,
        is_endless=True,
    )


def _curves(store: Store, pin: Pin) -> None:
    refs, params = frame.selected_runs(store), st.query_params
    known = store.metric_names(run=refs)
    chosen = [name for name in params.get_all("metric") if name in known] or first_look(known)
    if not chosen:
        _gone(pin)
        return
    if point := charts.picked("slide-curves"):
        params[controls.STEP_PARAM] = str(point[1])
    asked = params.get(controls.STEP_PARAM, "")
    step = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    charts.show(store, {"": chosen}, key="slide-curves", mark=step, wide=True)
    key = params.get("media")
    if key:
        found = step_media.at_step(store, step, key)
        gallery.show(found.groups, colors=frame.label_colors(store), key="slide-media", selection=found, can_tick=False)


def _group(store: Store, found: Selection) -> None:
    gallery.show(found.groups, colors=frame.label_colors(store), key="slide-items", selection=found, can_tick=False)


def _link(store: Store, pin: Pin) -> None:
    title, icon = links.title_of(pin.page), links.icon_of(pin.page)
    if title == pin.page:
        st.text(f"This app has no page {pin.page!r}; the pin may come from a later version.")
        return
    params = {name: list(values) for name, values in pin.params.items()}
    with st.container(border=True, width="content", key="slide-link"):
        st.page_link(links.page(pin.page), label=f"Open {title}", icon=icon, query_params=params)


def _gone(pin: Pin) -> None:
    frame.nothing_found("What was pinned here is no longer in the store.", "Take this slide out, or pin it anew.")


_BY_PAGE: dict[str, Callable[[Store, Pin], None]] = {
    "item": _item,
    "gallery": _gallery,
    "audio": _audio,
    "video": _video,
    "curves": _curves,
}
