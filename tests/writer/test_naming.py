"""Names become folder names that every file system takes, and come back."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediastore import naming
from mediastore.errors import MediaStoreValueError

NAMES = st.text(max_size=120)
DEVICES = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}


@given(NAMES)
def test_a_name_comes_back(name: str) -> None:
    assert naming.decode_part(naming.encode_part(name)) == name


@given(NAMES)
def test_every_piece_is_a_portable_folder_name(name: str) -> None:
    for piece in naming.encode_part(name).split("/"):
        assert piece not in ("", ".", "..")
        assert not re.search(r'[<>:"\\|?*\x00-\x1f\x7f]', piece)
        assert piece[-1] not in ". "
        assert piece[0] != "."
        assert piece.split(".")[0].lower() not in DEVICES
        assert len(piece.encode()) <= naming.PIECE_BYTES + 1


@given(NAMES, NAMES)
def test_different_names_stay_apart_where_case_and_accents_are_folded(first: str, second: str) -> None:
    def folded(name: str) -> str:
        return unicodedata.normalize("NFKC", unicodedata.normalize("NFD", naming.encode_part(name))).casefold()

    assert (folded(first) == folded(second)) == (first == second)


@pytest.mark.parametrize(("first", "second"), [("IoU", "iou"), ("Val", "vaL"), ("é", "e\u0301"), ("a", "a ")])
def test_lookalikes_stay_apart(first: str, second: str) -> None:
    assert naming.encode_part(first).lower() != naming.encode_part(second).lower()


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("val", "val"),
        ("IoU", "IoU@5"),
        ("a:b", "a~3ab"),
        ("..", "~2e~2e"),
        ("", "~~"),
        ("con.txt", "~63on.txt"),
        ("日本語", "日本語"),
        ("000000001-00-k3", "~3000000001-00-k3"),
    ],
)
def test_the_encoding_is_as_documented(name: str, encoded: str) -> None:
    assert naming.encode_part(name) == encoded


def test_a_key_keeps_its_slashes_and_nothing_climbs_out() -> None:
    assert naming.encode_key("val/detections") == "val/detections"
    assert naming.encode_key("../../etc") == "~2e~2e/~2e~2e/etc"
    assert naming.encode_key("/x//") == "~~/x/~~/~~"


def test_a_name_that_no_folder_can_hold_is_refused_with_its_length() -> None:
    with pytest.raises(MediaStoreValueError, match="at most 512 bytes long, got 600"):
        naming.encode_part("x" * 600)


def test_run_ids_sort_by_time_and_read_well() -> None:
    early, late = naming.new_run_id(1_000_000_000), naming.new_run_id(1_000_000_001)
    assert early < late
    assert re.fullmatch(r"20010909-014640-[a-z]+-[a-z]+", early)


def test_stems_sort_by_step_and_tell_writers_apart() -> None:
    assert naming.item_stem(42, 0, "k3f9") == "000000042-00-k3f9"
    assert naming.item_stem(42, 0, "k3f9", occurrence=2) == "000000042-00-k3f9-2"
