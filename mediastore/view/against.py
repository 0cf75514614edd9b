"""The picture in hand beside the same sample at another step or in another run, under a slider."""

import streamlit as st

from mediastore.draw.overlay import Record
from mediastore.reader.store import Store
from mediastore.view import changes, choice, compare, detail, epochs, frame, links, places
from mediastore.view.places import Column

AGAINST = "against"


def show(store: Store, record: Record) -> None:
    """A choice among the other places of the sample, and the two pictures; nothing where there is no other."""
    if record["kind"] != "image" or not record.get("sample"):
        return
    here = Column(detail.ref_of(record), int(record["step"]))
    refs = list(dict.fromkeys([*frame.selected_runs(store), here.ref, *_linked()]))
    found = store.step_counts(key=record["key"], sample=record["sample"], kind="image", run=refs)
    known = [Column(ref, int(step)) for ref, step in found[["ref", "step"]].itertuples(index=False)]
    others = {column.text: column for column in known if column != here}
    if not others:
        return
    st.subheader("Before and after", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        other = _choose(store, others)
        if st.button("Compare", icon=":material/compare:", help="Two to four steps or runs, with what changed"):
            columns = [other, here] if other else [here]
            links.open_compare(record["key"], [column.text for column in columns], str(record["sample"]))
    if other is None:
        return
    columns = [other, here]
    same = {"key": record["key"], "sample": record["sample"], "kind": "image", "limit": 1}
    records = [*store.records(run=other.ref, step=other.step, **same), record]
    score = choice.from_url().score
    changed = changes.between(store, record["key"], columns, score[0] if score else 0.0)
    compare.show(store, columns, records, changed, key="item-compare", mode="slider", is_linked=False)


def _linked() -> list[str]:
    """The run that the link lays the picture against."""
    return [st.query_params[AGAINST].rpartition("@")[0]] if AGAINST in st.query_params else []


def _choose(store: Store, others: dict[str, Column]) -> Column | None:
    names, known_epochs = frame.run_names(store), epochs.of(store, list({one.ref for one in others.values()}))
    asked = st.query_params.get(AGAINST, "")
    texts = list(others)
    chosen = st.selectbox(
        f"Against one of the {len(texts):,} other places of this sample in the runs in view",
        texts,
        index=texts.index(asked) if asked in others else None,
        format_func=lambda text: places.said(others[text], names, known_epochs),
        key=f"chosen-{AGAINST}",
        placeholder="Choose a run and step",
        width=420,
    )
    places.keep(AGAINST, [chosen] if chosen else [])
    return others.get(chosen or "")
