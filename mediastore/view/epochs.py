"""Which epoch a step is the end of, where a run logged a metric of that name."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mediastore.reader.store import Store

METRIC = "epoch"
Epochs = Mapping[tuple[str, int], int]
"""Epoch by run (`project/run`) and step. Shared by all who look: not to be changed."""


def of(store: Store, refs: Sequence[str]) -> Epochs:
    """The epoch of each step at which these runs logged one."""
    return _epochs(str(store.root), store.version, tuple(refs), store)


def named(epochs: Epochs, ref: str, steps: Sequence[int]) -> dict[int, str]:
    """What each step of a run is called, if every one has an epoch of its own; else nothing."""
    known = {step: epochs[ref, step] for step in steps if (ref, step) in epochs}
    if len(known) < len(steps) or len(set(known.values())) < len(steps):
        return {}
    return {step: said(epochs, ref, step) for step in known}


def said(epochs: Epochs, ref: str, step: int) -> str:
    """A step of a run in words, after the epoch that it ends, if that is known: "epoch 8 · step 3,816"."""
    epoch = epochs.get((ref, step))
    return f"step {step:,}" if epoch is None else f"epoch {epoch:,} · step {step:,}"


def briefly(epochs: Epochs, ref: str, step: int) -> str:
    """A step of a run in words where there is little room: "epoch 8", where it ends one that is known."""
    epoch = epochs.get((ref, step))
    return f"step {step:,}" if epoch is None else f"epoch {epoch:,}"


@st.cache_resource(show_spinner=False, max_entries=8)
def _epochs(root: str, version: str, refs: tuple[str, ...], _store: Store) -> Epochs:
    rows = _store.metrics(METRIC, run=list(refs)).dropna(subset="value")
    whole = rows[(rows["value"] % 1 == 0) & (rows["value"].abs() < 2**53)]
    places = zip(whole["project"] + "/" + whole["run"], whole["step"].astype(int), strict=True)
    return dict(zip(places, whole["value"].astype(int), strict=True))
