"""Changing what runs say of themselves, setting them aside, and removing them so that it can be undone."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from mediastore import trash
from mediastore.errors import MediaStoreError
from mediastore.reader.named import named_run
from mediastore.reader.store import Store
from mediastore.view import access, frame
from mediastore.view.run_filter import ARCHIVE_TAG
from mediastore.view.steps import plain

REMOVED = "removed_runs"


def show(store: Store, known: pd.DataFrame) -> None:
    """Buttons for the ticked runs, and the way back for those just removed; nothing where one may only look."""
    if not access.can_change():
        return
    chosen = known[known["ref"].isin(frame.selected_runs(store))]
    if len(chosen):
        count = f"{len(chosen):,} ticked run{'s' if len(chosen) > 1 else ''}"
        with st.popover(f"Edit {count}", icon=":material/edit:"):
            _form(store, chosen)
        with st.popover("Set aside", icon=":material/inventory_2:"):
            _aside(store, chosen, count)
    _undo(store)


def _form(store: Store, chosen: pd.DataFrame) -> None:
    one = chosen.iloc[0] if len(chosen) == 1 else None
    tags = sorted({tag for listed in chosen["tags"] for tag in listed})
    with st.form(f"edit_{hash(tuple(chosen['ref']))}", border=False):
        name = st.text_input("Name", "" if one is None else one["name"] or "", disabled=one is None)
        common = [tag for tag in tags if all(tag in listed for listed in chosen["tags"])]
        wanted = st.multiselect(
            "Tags of all of them", tags, common, accept_new_options=True, placeholder="choose or type a new one"
        )
        notes = st.text_area("Notes", "" if one is None else one["notes"] or "", disabled=one is None)
        if not st.form_submit_button("Save", type="primary"):
            return
    for row in chosen.to_dict("records"):
        kept = [tag for tag in row["tags"] if tag not in common]
        fields = {"tags": list(dict.fromkeys([*kept, *wanted]))} | (
            {} if one is None else {"name": name, "notes": notes}
        )
        _try(lambda ref=row["ref"], fields=fields: store.run(ref).update(**fields))
    st.rerun()


def _aside(store: Store, chosen: pd.DataFrame, count: str) -> None:
    st.caption(f"Archived runs stay where they are and leave this list; removed ones go to the store's trash. {count}.")
    archived = [ARCHIVE_TAG in listed for listed in chosen["tags"]]
    if all(archived):
        st.button("Bring back", on_click=_archive, args=(store, chosen, False), icon=":material/unarchive:")
    else:
        st.button("Archive", on_click=_archive, args=(store, chosen, True), icon=":material/archive:")
    st.button("Remove", on_click=_remove, args=(store, chosen["ref"].tolist()), icon=":material/delete:")


def _archive(store: Store, chosen: pd.DataFrame, is_wanted: bool) -> None:
    for row in chosen.to_dict("records"):
        tags = [tag for tag in row["tags"] if tag != ARCHIVE_TAG] + ([ARCHIVE_TAG] if is_wanted else [])
        _try(lambda ref=row["ref"], tags=tags: store.run(ref).update(tags=tags))
    if is_wanted:
        frame.select_runs([])


def _remove(store: Store, refs: Sequence[str]) -> None:
    removed = []
    for ref in refs:
        _try(lambda ref=ref: removed.append(trash.remove(store.root, named_run(store.root, ref))))
    st.session_state[REMOVED] = removed
    frame.select_runs([])


def _undo(store: Store) -> None:
    removed = st.session_state.get(REMOVED) or []
    if not removed:
        return

    def put_back() -> None:
        for entry in st.session_state.pop(REMOVED, []):
            _try(lambda entry=entry: trash.restore(store.root, entry))
        frame.select_runs([entry.ref for entry in removed])

    st.text(f"{len(removed):,} removed, kept in the store's trash.", width="content")
    st.button("Undo", on_click=put_back, icon=":material/undo:", type="tertiary")


def _try(change: Callable[[], object]) -> None:
    try:
        change()
    except (MediaStoreError, OSError) as error:
        st.toast(plain(str(error)), icon=":material/warning:", duration="long")
