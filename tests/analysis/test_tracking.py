"""Tracks over frames: switches, fragments, and MOTA, on a film that one can count by hand."""

from pathlib import Path

import numpy as np
import pytest

import mediastore


def box(x: float, frame: int, track: str, layer: str = "predictions", label: str = "car") -> mediastore.Box:
    return mediastore.Box((x, 0, x + 10, 10), label=label, frame=frame, track=track, layer=layer)


@pytest.fixture
def store(root: Path) -> mediastore.Store:
    """Six frames. Car A is followed by p, missed in frame 2, then followed by q; car B is followed by r, but for 5."""
    truth = [box(x, frame, track, "ground_truth") for frame in range(6) for x, track in ((0, "A"), (40, "B"))]
    found = [box(1, frame, "p" if frame < 2 else "q") for frame in (0, 1, 3, 4, 5)]
    found += [box(40, frame, "r") for frame in range(5)]
    found += [box(100, 3, "nobody"), box(40, 5, "r", label="bus")]
    with mediastore.init(project="demo", dir=root) as run:
        run.log({"film": mediastore.Video(np.zeros((6, 16, 128, 3), np.uint8), fps=6, boxes=truth + found)}, step=1)
    return mediastore.Store(root)


def test_the_film_is_counted(store: mediastore.Store) -> None:
    told = store.tracks("film").summary().iloc[0]
    names = ["boxes", "TP", "FP", "FN", "switches", "fragments", "tracks", "mostly_tracked", "mostly_lost"]
    assert told[names].tolist() == [12, 10, 2, 2, 1, 1, 2, 2, 0]
    assert told["MOTA"] == pytest.approx(1 - (2 + 2 + 1) / 12)
    assert told["MOTP"] == pytest.approx((5 * 9 / 11 + 5) / 10)


def test_each_track_tells_who_followed_it(store: mediastore.Store) -> None:
    told = store.tracks("film").by_track().set_index("track")
    assert told.loc["A", ["boxes", "found", "switches", "fragments", "predicted_tracks"]].tolist() == [6, 5, 1, 1, 2]
    assert told.loc["B", ["first_frame", "last_frame", "found", "fragments"]].tolist() == [0, 5, 5, 0]


def test_a_track_is_kept_while_it_overlaps_enough(root: Path) -> None:
    truth = [box(0, frame, "A", "ground_truth") for frame in range(3)]
    found = [box(0, 0, "p"), box(3, 1, "p"), box(0, 1, "q"), box(0, 2, "q")]
    with mediastore.init(project="demo", dir=root) as run:
        run.log({"film": mediastore.Video(np.zeros((3, 16, 32, 3), np.uint8), fps=3, boxes=truth + found)}, step=1)
    told = mediastore.Store(root).tracks("film", iou=0.5)
    assert told.found["predicted_track"].tolist() == ["p", "p", "q"]
    assert told.found["is_switch"].tolist() == [False, False, True]
    assert told.wrong["track"].tolist() == ["q"]
    assert mediastore.Store(root).tracks("film", truth="nobody").summary().empty
