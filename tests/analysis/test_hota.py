"""HOTA by its definition, worked out a second time with plain loops and every possible assignment."""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import mediastore
from mediastore.analysis.assignment import assign
from mediastore.analysis.tracking import Tracks

Worth = Callable[["Seen", "Seen"], float]
COLUMNS = ["frame", "track", "x0", "y0", "x1", "y1"]


class Seen(NamedTuple):
    """A box of a track in a frame, ten pixels wide, at some place."""

    frame: int
    track: str
    x: float


def overlap(one: Seen, other: Seen) -> float:
    shared = max(0.0, 10 - abs(one.x - other.x))
    return shared / (20 - shared)


def by_definition(truth: Sequence[Seen], found: Sequence[Seen]) -> list[tuple[float, float, float]]:
    """HOTA, DetA, AssA at each of the 19 overlaps."""
    true_length, found_length = (Counter(one.track for one in side) for side in (truth, found))
    frames = sorted({one.frame for one in [*truth, *found]})
    by_frame = [([t for t in truth if t.frame == f], [p for p in found if p.frame == f]) for f in frames]
    together: Counter = Counter()
    for true, taken in by_frame:
        for t, p in itertools.product(true, taken):
            around = sum(overlap(t, o) for o in taken) + sum(overlap(o, p) for o in true) - overlap(t, p)
            together[t.track, p.track] += overlap(t, p) / around if around else 0.0

    def worth(t: Seen, p: Seen) -> float:
        common = together[t.track, p.track]
        return common / (true_length[t.track] + found_length[p.track] - common) * overlap(t, p)

    pairs = [pair for true, taken in by_frame for pair in best(true, taken, worth)]
    told = []
    for threshold in [at / 20 for at in range(1, 20)]:
        right = [(t.track, p.track) for t, p in pairs if overlap(t, p) >= threshold - 1e-15]
        counts = Counter(right)
        detection = len(right) / (len(truth) + len(found) - len(right))
        each = [counts[a, b] / (true_length[a] + found_length[b] - counts[a, b]) for a, b in right]
        association = sum(each) / len(right) if right else 0.0
        told.append((math.sqrt(detection * association), detection, association))
    return told


def best(true: list[Seen], taken: list[Seen], worth: Worth) -> list[tuple[Seen, Seen]]:
    few, many, is_turned = (true, taken, False) if len(true) <= len(taken) else (taken, true, True)
    ways = [list(zip(few, some, strict=True)) for some in itertools.permutations(many, len(few))]
    ways = [[(b, a) if is_turned else (a, b) for a, b in way] for way in ways]
    return max(ways, key=lambda way: sum(worth(*pair) for pair in way))


def boxes(side: Sequence[Seen]) -> pd.DataFrame:
    rows = [(one.frame, one.track, one.x, 0.0, one.x + 10, 10.0) for one in side]
    where = {"project": "p", "run": "r", "key": "k", "step": 0, "index": 0, "label": "a"}
    return pd.DataFrame(rows, columns=COLUMNS).assign(position=range(len(rows)), **where)


def side(names: str) -> st.SearchStrategy[list[Seen]]:
    """No track twice in a frame."""
    made = st.builds(Seen, st.integers(0, 3), st.sampled_from(names), st.integers(0, 40))
    return st.lists(made, min_size=1, max_size=9, unique_by=lambda one: (one.frame, one.track))


def untied(some: Sequence[Seen], seed: int) -> list[Seen]:
    """Each box moved by less than a pixel, so that no two assignments are worth the same."""
    moves = np.random.default_rng(seed).uniform(0, 0.5, len(some))
    return [one._replace(x=one.x + move) for one, move in zip(some, moves.tolist(), strict=True)]


@settings(max_examples=60, deadline=None)
@given(truth=side("ABC"), found=side("pqrs"))
def test_any_film_has_the_numbers_of_the_definition(truth: list[Seen], found: list[Seen]) -> None:
    truth, found = untied(truth, 1), untied(found, 2)
    told = Tracks.of(boxes(truth), boxes(found), 0.5)
    expected = by_definition(truth, found)
    curve = told.hota()
    assert curve["threshold"].tolist() == pytest.approx([at / 20 for at in range(1, 20)])
    for row, one in zip(curve[["HOTA", "DetA", "AssA"]].to_numpy(), expected, strict=True):
        assert row == pytest.approx(one, abs=1e-9)
    means = [sum(row[at] for row in expected) / 19 for at in range(3)]
    assert told.summary().iloc[0][["HOTA", "DetA", "AssA"]].tolist() == pytest.approx(means)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_assignment_is_worth_more(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 4))
    cell = st.sampled_from([0.0, 0.0, 1.0, 2.0]) | st.floats(0, 3, allow_nan=False)
    worth = np.array(data.draw(st.lists(cell, min_size=rows * columns, max_size=rows * columns))).reshape(rows, columns)
    column = assign(worth)
    made = [(row, at) for row, at in enumerate(column.tolist()) if at != -1]
    assert len({at for _, at in made}) == len(made)
    assert all(worth[pair] > 0 for pair in made)
    padded = np.zeros((rows, columns + rows))
    padded[:, :columns] = worth
    ways = itertools.permutations(range(columns + rows), rows)
    assert sum(worth[pair] for pair in made) == pytest.approx(max(padded[range(rows), list(way)].sum() for way in ways))


def test_labels_and_films_are_followed_apart_and_summed_up(root: Path) -> None:
    def car(frame: int, track: str, layer: str, label: str = "car") -> mediastore.Box:
        return mediastore.Box((0, 0, 10, 10), label=label, frame=frame, track=track, layer=layer)

    films = []
    for place, label in enumerate(("car", "bus")):
        truth = [car(frame, "A", "ground_truth") for frame in range(4)]
        found = [car(frame, "p", "predictions", label) for frame in range(4)]
        pixels = np.full((4, 16, 32, 3), place, np.uint8)
        films.append(mediastore.Video(pixels, fps=4, boxes=[*truth, *found]))
    with mediastore.init(project="demo", dir=root) as run:
        run.log({"film": films}, step=1)
    told = mediastore.Store(root).tracks("film")
    half = told.hota().iloc[9]
    assert half[["TP", "FN", "FP"]].tolist() == [4, 4, 4]
    assert told.summary().iloc[0][["DetA", "AssA"]].tolist() == pytest.approx([1 / 3, 1.0])
    assert told.summary().iloc[0]["HOTA"] == pytest.approx(math.sqrt(1 / 3))
