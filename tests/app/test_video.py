"""The page where films are watched."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore

Open = Callable[..., AppTest]
Data = Callable[[AppTest, str], dict[str, Any]]


def log_films(root: Path, count: int = 2) -> mediastore.Run:
    with mediastore.init(project="films", name="first", dir=root) as run:
        run.log({"clip": [film(place) for place in range(count)]}, step=1)
    return run


def film(place: int) -> mediastore.Video:
    boxes = [
        mediastore.Box((2, 2, 12, 12), label="face", score=0.7, frame=frame, track="face-1")
        for frame in (0, 1, 2, 6, 7)
    ]
    frames = np.full((8, 32, 48, 3), 30 * place, np.uint8)
    return mediastore.Video(frames, fps=8, caption=f"film {place}", boxes=boxes)


def test_runs_without_films_say_so(app: Open, root: Path) -> None:
    with mediastore.init(project="films", dir=root) as run:
        run.log({"loss": 0.1})
    test = app("video")
    assert not test.exception
    assert "no video yet" in test.text[0].value


def test_the_first_film_plays_and_the_others_are_at_hand(app: Open, root: Path, component_data: Data) -> None:
    log_films(root)
    test = app("video")
    assert not test.exception
    (film_data,) = component_data(test, "film-player")["items"]
    assert (film_data["fps"], film_data["frames"], film_data["duration"]) == (8, 8, 1)
    assert (film_data["w"], film_data["h"]) == (48, 32)
    assert [one["frame"] for one in film_data["annotations"]] == [0, 1, 2, 6, 7]
    assert film_data["poster"].startswith("/app/static/thumb/")
    assert [tile["current"] for tile in component_data(test, "films")["tiles"]] == [True, False]
    assert "2 of 2 films" in " ".join(caption.value for caption in test.caption)


def test_a_link_names_the_film(app: Open, root: Path, component_data: Data) -> None:
    run = log_films(root)
    test = app("video", film=f"films/{run.id}/1")
    assert component_data(test, "film-player")["items"][0]["caption"] == "film 1"


def test_a_file_that_is_no_film_says_why(
    app: Open, root: Path, tmp_path: Path, component_data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEDIASTORE_STRICT")
    (tmp_path / "false.mp4").write_text("dummy video content")
    with pytest.warns(UserWarning, match=r"false\.mp4"), mediastore.init(project="films", dir=root) as run:
        run.log({"clip": mediastore.Video(str(tmp_path / "false.mp4"), caption="broken")})
    test = app("video")
    assert not test.exception
    assert test.warning[0].value
    assert not [one for one in test.get("bidi_component") if one.proto.id.endswith("-film-player")]
