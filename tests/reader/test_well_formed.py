"""Records of any tool, made such that whatever computes with them can."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mediastore
from mediastore import sidecar
from mediastore.draw.overlay import drawn_item, item_values
from mediastore.draw.shapes import annotation_bounds, area_px
from mediastore.reader.well_formed import ANNOTATION, ITEM, MISFITS, well_formed

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner)
)
annotations = st.lists(st.dictionaries(st.sampled_from([*ANNOTATION]), anything) | anything, max_size=3)
records = st.dictionaries(st.sampled_from([*ITEM, "unknown"]), anything, max_size=8)
PLACE = {"project": "p", "run": "r", "key": "k", "step": 0, "index": 0}


def test_what_the_demo_wrote_has_no_misfits(demo_root: Path) -> None:
    found = mediastore.Store(demo_root).records()
    assert len(found) > 50
    assert [record[MISFITS] for record in found if MISFITS in record] == []


@given(record=records, annotated=annotations | anything)
def test_nothing_is_dropped_and_all_can_be_drawn(record: dict[str, Any], annotated: Any) -> None:
    given_record = record | {"annotations": annotated}
    made = well_formed(given_record)
    misfits = made.pop(MISFITS, {})
    assert {*made, *misfits} >= {*given_record}
    assert all(rule(made[name]) for name, rule in ITEM.items() if name in made)
    drawn_item(PLACE | made, str)
    item_values(made)
    for one in made.get("annotations", []):
        annotation_bounds(one)
        if "rle" not in one:
            area_px(one)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("width", "640"), ("width", -1), ("width", True), ("duration_s", "NaN"), ("duration_s", float("nan")),
        ("step", 2**64), ("caption", {"a": 1}), ("values", [1]), ("annotations", "many"), ("path", 7),
    ],
)  # fmt: skip
def test_a_field_of_another_type_is_set_aside(field: str, value: Any) -> None:
    made = well_formed({"kind": "image", field: value, "mine": value})
    assert field not in made
    assert repr(made[MISFITS]) == repr({field: value})
    assert made["kind"] == "image"
    assert "mine" in made


@pytest.mark.parametrize(
    "odd",
    [
        {"box": [0, 0, 1]}, {"box": [0, 0, 1, None]}, {"box": [0, 0, 1, 1e300]}, {"points": []}, {"points": [[1]]},
        {"span": [1, "2"]}, {"score": "high"}, {"frame": -1}, {"skeleton": [[0]]}, {"classes": {"x": "y"}},
        {"rle": {"size": [100_000, 100_000], "counts": "0"}}, {"rle": {"size": [2, 2]}}, {"label": ["cat"]},
    ],
)  # fmt: skip
def test_an_annotation_that_cannot_be_keeps_what_can(odd: dict[str, Any]) -> None:
    good = {"type": "box", "layer": "predictions"}
    made = well_formed({"annotations": [good, good | odd, "odd"]})
    assert made["annotations"] == [good, good]
    assert made[MISFITS] == {"annotations": {"1": odd, "2": "odd"}}


def test_labels_that_are_numbers_are_names() -> None:
    assert well_formed({"annotations": [{"label": 3, "track": 7}, {"label": "3"}]})["annotations"] == [
        {"label": "3", "track": "7"},
        {"label": "3"},
    ]


@pytest.mark.parametrize("text", [r'{"a": "\ud800", "\udfffb": ["\ud83d\ude00"]}', '{"a": "é"}'])
def test_half_a_surrogate_pair_becomes_a_sign_that_utf8_has(text: str) -> None:
    for given_text in (text, text.encode()):
        read = sidecar.parse(given_text, "it")
        assert str(read).encode()
        assert "😀" in str(read) or "é" in str(read)
