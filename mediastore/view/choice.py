"""The filter by label, layer and score: read from the link, handed to the browser and to the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

SCORE_SEPARATOR = ".."
PARAMS = ("label", "layer", "score")


@dataclass(frozen=True)
class Choice:
    """Labels and layers that are asked for (none: all) and a score range, inclusive (None: any)."""

    labels: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    score: tuple[float, float] | None = None

    @property
    def active(self) -> bool:
        return bool(self.labels or self.layers or self.score)

    def to_query(self) -> dict[str, Any]:
        """As filters of `Store.items`, `Store.count` and `Store.records`."""
        asked = {"label": list(self.labels), "layer": list(self.layers), "score": self.score}
        return {name: value for name, value in asked.items() if value}

    def to_data(self) -> dict[str, Any]:
        """As the browser's filter bar takes it."""
        return {"labels": list(self.labels), "layers": list(self.layers), "score": self.score}

    def shows(self, annotation: Mapping[str, Any]) -> bool:
        """Whether an annotation is drawn: a score range speaks about annotations that have a score."""
        names = set((annotation.get("classes") or {}).values()) or {annotation.get("label") or ""}
        score = annotation.get("score")
        return (
            (not self.labels or bool(names & set(self.labels)))
            and (not self.layers or (annotation.get("layer") or "") in self.layers)
            and (self.score is None or score is None or self.score[0] <= score <= self.score[1])
        )


def from_url() -> Choice:
    """The choice that the link carries; what cannot be read there counts as not asked."""
    params = st.query_params
    labels, layers = tuple(params.get_all("label")), tuple(params.get_all("layer"))
    return Choice(labels, layers, score_range(params.get("score", "")))


def follow(key: str, trigger: str, params: Sequence[str] = PARAMS) -> Callable[[], None]:
    """The callback of a component's trigger that carries a choice: puts it into the link, so that this rerun reads it.

    The browser has already written it there, but Streamlit tells the script of an address of its own.
    """

    def put() -> None:
        asked = st.session_state[key].get(trigger) or {}
        for name in params:
            st.query_params[name] = [str(value) for value in asked.get(name, [])]

    return put


def score_range(text: str) -> tuple[float, float] | None:
    """`"0.5..0.9"` as (0.5, 0.9); None for anything else."""
    low, _, high = text.partition(SCORE_SEPARATOR)
    try:
        return (float(low), float(high)) if float(low) <= float(high) else None
    except ValueError:
        return None
