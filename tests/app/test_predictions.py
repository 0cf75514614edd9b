"""The page that finds annotations by label, score, size and words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore

Open = Callable[..., AppTest]
Data = Callable[[AppTest, str], dict[str, Any]]


def log_pets(root: Path, name: str = "one", steps: int = 2, pictures: int = 3) -> str:
    with mediastore.init(project="pets", name=name, dir=root) as run:
        for step in range(steps):
            run.log({"val/pets": [picture(step, place) for place in range(pictures)]}, step=step)
        return f"{run.project}/{run.id}"


def picture(step: int, place: int) -> mediastore.Image:
    boxes = [
        mediastore.Box((10, 10, 30, 40), label="<b>cat</b>", score=(step + 1) / 10, text="seen *twice*"),
        mediastore.Box((50, 10, 70, 20), label="dog", score=place / 10),
        mediastore.Box((10, 10, 30, 40), label="dog", layer="ground_truth"),
    ]
    return mediastore.Image(np.zeros((80, 100, 3), np.uint8), boxes=boxes, sample=f"scene-{place}")


def test_runs_without_annotations_say_what_to_log(app: Open, root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"loss": 0.1})
    test = app("predictions")
    assert not test.exception
    assert "no annotations yet" in " ".join(text.value for text in test.text)


def test_an_empty_store_has_no_predictions_and_no_fault(app: Open) -> None:
    assert not app("predictions").exception


def test_all_annotations_are_found_best_first_with_their_place(app: Open, root: Path, component_data: Data) -> None:
    ref = log_pets(root)
    data = component_data(app("predictions"), "finder")
    assert (data["total"], data["found"], len(data["tiles"])) == (18, 18, 18)
    first = data["tiles"][0]
    assert (first["label"], first["score"], first["layer"]) == ("<b>cat</b>", 0.2, "predictions")
    assert first["id"][:4] == [*ref.split("/"), "val/pets", 1]
    assert first["src"].startswith("/app/static/crop/pets/") and "window=0,0,51,51" in first["src"]
    assert first["annotation"]["box"] == [10.0, 10.0, 30.0, 40.0]
    assert "picked=" in first["href"]
    assert [entry["name"] for entry in data["facets"]["labels"]] == ["dog", "<b>cat</b>"]
    assert sum(data["facets"]["score"]["counts"]) == 12


def test_a_link_carries_every_filter(app: Open, root: Path, component_data: Data) -> None:
    log_pets(root)
    asked = {"label": "dog", "layer": "predictions", "score": "0.1..0.2", "steps": "1..", "area": "..250"}
    asked |= {"text": "scene", "sort": "score"}
    data = component_data(app("predictions", **asked), "finder")
    assert data["found"] == 2
    assert [tile["score"] for tile in data["tiles"]] == [0.1, 0.2]
    assert data["search"]["area"] == [None, 250.0]
    assert {"label=dog", "score=0.1..0.2"} <= set(data["exports"][0]["url"].split("?")[1].split("&"))


def test_what_a_link_says_wrong_is_passed_over(app: Open, root: Path, component_data: Data) -> None:
    log_pets(root)
    test = app("predictions", score="high", steps="9..1", sort="beauty", part="-3", view="cube")
    assert not test.exception
    assert component_data(test, "finder")["found"] == 18


def test_pages_follow_one_another(app: Open, root: Path, component_data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mediastore.view.finder.PAGE_OBJECTS", 7)
    log_pets(root)
    pages = [component_data(app("predictions", part=str(part)), "finder") for part in (1, 2, 3, 99)]
    assert [(page["first"], len(page["tiles"])) for page in pages] == [(0, 7), (7, 7), (14, 4), (14, 4)]
    seen = [tuple(tile["id"]) for page in pages[:3] for tile in page["tiles"]]
    assert len(set(seen)) == 18


def test_only_the_runs_in_view_are_searched(app: Open, root: Path, component_data: Data) -> None:
    log_pets(root, "one")
    two = log_pets(root, "two", steps=1)
    data = component_data(app("predictions", run=two), "finder")
    assert (data["found"], data["aside"]) == (9, "in 1 of 2 runs")
    both = component_data(app("predictions"), "finder")
    assert {entry["title"] for entry in both["facets"]["runs"]} == {"one", "two"}


def test_spans_labels_and_broken_pictures_are_found_too(
    app: Open, root: Path, tmp_path: Path, component_data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDIASTORE_STRICT")
    (tmp_path / "false.png").write_text("no picture")
    box = mediastore.Box((1, 1, 5, 5), label="lost", score=0.5)
    with pytest.warns(UserWarning, match=r"false\.png"), mediastore.init(project="pets", dir=root) as run:
        span = mediastore.Span(0.1, 0.3, label="bark", score=0.7)
        run.log({"sound": mediastore.Audio(np.zeros(8000), sample_rate=8000, spans=[span])})
        run.log({"false": mediastore.Image(str(tmp_path / "false.png"), boxes=[box])})
        run.log({"whole": mediastore.Image(np.zeros((9, 9), np.uint8), labels=[mediastore.Label(label="dark")])})
    test = app("predictions")
    assert not test.exception
    tiles = {tile["label"]: tile for tile in component_data(test, "finder")["tiles"]}
    assert tiles["bark"]["src"].startswith("/app/static/thumb/") and tiles["bark"]["text"] == "0.10–0.30 s"
    assert tiles["lost"]["src"] is None and "picture" in tiles["lost"]["problem"]
    assert tiles["dark"]["window"] is None and tiles["dark"]["src"].startswith("/app/static/thumb/")


def test_a_sick_store_shows_what_can_be_read(
    app: Open, sick_root: Path, monkeypatch: pytest.MonkeyPatch, component_data: Data
) -> None:
    log_pets(sick_root)
    (journal,) = sick_root.glob("pets/*/items/*.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:3], b"{torn\n", lines[3]]))
    for picture_file in list(sick_root.glob("pets/*/media/**/*.png"))[:1]:
        picture_file.unlink()
    monkeypatch.setenv("MEDIASTORE_DIR", str(sick_root))
    test = app("predictions")
    assert not test.exception
    assert component_data(test, "finder")["total"] >= 9
