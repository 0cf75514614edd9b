"""What the browser is given to draw."""

from mediastore.draw import overlay

RECORD = {"project": "demo", "run": "r1", "key": "val/x", "step": 3, "index": 0, "width": 64, "height": 48}


def url_of(path: str) -> str:
    return f"/store/{path}"


def test_an_item_carries_its_size_and_only_what_is_drawn() -> None:
    box = {"type": "box", "label": "cat", "score": 0.123456, "box": [1.23456, 2, 3, 4], "attrs": {"secret": 1}}
    drawn = overlay.drawn_item(RECORD | {"annotations": [box]}, url_of)
    assert drawn == {
        "w": 64,
        "h": 48,
        "annotations": [{"type": "box", "label": "cat", "score": 0.1235, "box": [1.23, 2, 3, 4]}],
    }


def test_a_label_map_is_found_beside_its_sidecar_or_where_it_was_stored_first() -> None:
    here = {"type": "mask", "classes": {"1": "sky"}, "mask_file": "0-mask0.png"}
    before = here | {"mask_file": "../../train/x/0-mask0.png"}
    assert overlay.mask_path(RECORD, here) == "demo/r1/media/val/x/0-mask0.png"
    assert overlay.mask_path(RECORD, before) == "demo/r1/media/train/x/0-mask0.png"
    assert overlay.drawn_annotation(RECORD, here, url_of)["mask_url"] == "/store/demo/r1/media/val/x/0-mask0.png"


def test_a_label_map_outside_its_run_is_not_followed() -> None:
    for path in ("../../../run.json", "../../../../other/media/x.png", "/etc/passwd.png"):
        found = overlay.mask_path(RECORD, {"mask_file": path})
        assert found is None or found.startswith("demo/r1/media/")


def test_classes_without_a_colour_get_one_and_known_labels_keep_theirs() -> None:
    record = RECORD | {"annotations": [{"classes": {"10": "sea", "2": "sky", "3": "cat"}}]}
    found = overlay.with_classes({"cat": "#123456"}, [record])
    assert found["cat"] == "#123456"
    assert found["sky"] != found["sea"]


def test_values_that_are_no_numbers_are_left_out() -> None:
    assert overlay.item_values({"values": {"loss": 0.5, "bad": "NaN", "n": 3}}) == {"loss": 0.5, "n": 3}
    assert overlay.item_values({}) == {}


def test_a_film_plays_from_its_playable_copy() -> None:
    film = RECORD | {"path": "demo/r1/media/val/x/0.avi"}
    assert overlay.playable_path(film) == "demo/r1/media/val/x/0.avi"
    assert overlay.playable_path(film | {"playable": "0-playable.mp4"}) == "demo/r1/media/val/x/0-playable.mp4"
    assert overlay.playable_path(RECORD) is None


def test_a_problem_is_said_and_a_reference_says_where_the_file_is() -> None:
    assert overlay.item_problem(RECORD | {"path": "a.png"}) is None
    assert overlay.item_problem(RECORD | {"path": "a.png", "problem": "torn"}) == "torn"
    assert "s3://bucket/a.png" in str(overlay.item_problem(RECORD | {"reference": "s3://bucket/a.png"}))
