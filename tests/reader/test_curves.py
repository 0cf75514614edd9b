"""Lines of a bounded number of points: nothing invented, no peak lost, everything counted."""

import itertools
import json
import math
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mediastore.errors import MediaStoreError
from mediastore.reader import closer, curves, levels, thinning
from mediastore.reader.reindex import reindex, update_all
from mediastore.reader.store import Store

NUMBERS = some.floats(-1e9, 1e9) | some.integers(-50, 50) | some.sampled_from(["NaN", "Infinity", "-Infinity"])
VALUE = some.tuples(some.sampled_from(["one", "two"]), some.integers(0, 60), NUMBERS)
LOGGED = some.lists(VALUE, max_size=12) | some.lists(VALUE, min_size=50, max_size=90)
ENDS = some.none() | some.integers(-5, 70).map(float)


def write(root: Path, logged: list[tuple[str, int, Any]]) -> Store:
    """A store of two runs in which these values were logged in this order."""
    for run in ("one", "two"):
        folder = root / "p" / run
        (folder / "metrics").mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps({"format": 1, "project": "p", "run": run, "created": 100.0}))
        lines = [
            json.dumps({"step": step, "time": 100.0 + at, "values": {"loss": value, "note": "x"}}) + "\n"
            for at, (of, step, value) in enumerate(logged)
            if of == run
        ]
        (folder / "metrics" / "aaaa-0001.jsonl").write_text("".join(lines))
    return Store(root)


def in_buckets(x: np.ndarray, y: np.ndarray, buckets: int) -> list[tuple[np.ndarray, np.ndarray]]:
    width = x.max() - x.min()
    place = np.minimum(np.floor((x - x.min()) / width * buckets), buckets - 1) if width else np.zeros(len(x))
    return [(x[place == bucket], y[place == bucket]) for bucket in np.unique(place)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(logged=LOGGED, ends=some.tuples(ENDS, ENDS), points=some.integers(4, 12))
def test_a_thinned_line_keeps_every_buckets_ends_and_peaks_and_invents_nothing(
    logged: list[tuple[str, int, Any]], ends: tuple[float | None, float | None], points: int
) -> None:
    if None not in ends and ends[0] > ends[1]:
        ends = (ends[1], ends[0])
    with tempfile.TemporaryDirectory() as folder:
        curves = write(Path(folder), logged).curves("loss", range=ends, points=points)
    low, high = (-math.inf if ends[0] is None else ends[0]), (math.inf if ends[1] is None else ends[1])
    assert set(curves.lines["run"]) == {run for run, _, _ in logged}
    for line in curves.lines.itertuples():
        last = {step: float(value) for run, step, value in logged if run == line.run}
        drawable = {step: value for step, value in last.items() if math.isfinite(value)}
        inside = {step: value for step, value in sorted(drawable.items()) if low <= step <= high}
        shown = curves.points[curves.points["run"] == line.run]
        given_back = dict(zip(shown["x"], shown["value"], strict=True))
        assert (line.logged, line.not_finite, line.in_range) == (len(last), len(last) - len(drawable), len(inside))
        assert given_back.items() <= drawable.items()
        assert shown["x"].is_monotonic_increasing and len(given_back) == len(shown)
        assert line.shown == shown["is_inside"].sum() <= points
        beyond = [max((step for step in drawable if step < low), default=None)]
        beyond += [min((step for step in drawable if step > high), default=None)]
        assert shown.loc[~shown["is_inside"], "x"].tolist() == [step for step in beyond if step is not None]
        if len(inside) <= points:
            assert line.shown == len(inside)
            continue
        for x, y in in_buckets(np.array([*inside], float), np.array([*inside.values()]), points // 4):
            kept = [value for at, value in given_back.items() if x[0] <= at <= x[-1]]
            assert {x[0], x[-1]} <= given_back.keys()
            assert (min(kept), max(kept)) == (y.min(), y.max())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(
    seed=some.integers(0, 2**32),
    rows=some.integers(30, 600),
    resumes=some.booleans(),
    cuts=some.tuples(some.floats(0, 1), some.floats(0, 1)),
    ends=some.tuples(some.none() | some.floats(0, 700), some.none() | some.floats(0, 700)),
    points=some.integers(4, 40),
    x=some.sampled_from(["step", "time", "elapsed"]),
    coarse=some.sampled_from([2, 16]),
)
def test_levels_tell_the_same_points_as_the_values_do(
    seed: int, rows: int, resumes: bool, cuts: tuple[float, float], ends: tuple, points: int, x: str, coarse: int
) -> None:
    if None not in ends and ends[0] > ends[1]:
        ends = (ends[1], ends[0])
    random = np.random.default_rng(seed)
    step = np.cumsum(random.integers(1, 3, rows)) if seed % 2 else np.arange(rows)
    if resumes:
        step[rows // 2 :] -= min(20, int(step[rows // 2]))
    value = random.normal(0, 1, rows)
    value[random.random(rows) < 0.05] = np.nan
    lines = [
        json.dumps({"step": int(at), "time": 100.0 + number, "values": {"loss": "NaN" if of != of else of}}) + "\n"
        for number, (at, of) in enumerate(zip(step, value.tolist(), strict=True))
    ]
    first, second = sorted(int(cut * rows) for cut in cuts)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for module in (thinning, levels, closer):
            patch.setattr(module, "GRAIN", 2)
            patch.setattr(module, "FACTOR", 2)
        for module in (thinning, levels):
            patch.setattr(module, "FILLED", 1)
        patch.setattr(levels, "SHORT", 3)
        patch.setattr(levels, "ABOVE_BYTES", 1)
        patch.setattr(closer, "COARSE", coarse)
        run = Path(folder) / "p" / "one"
        (run / "metrics").mkdir(parents=True)
        (run / "run.json").write_text(json.dumps({"format": 1, "project": "p", "run": "one", "created": 100.0}))
        for place, until in enumerate((first, second, rows)):
            (run / "metrics" / "aaaa-0001.jsonl").write_text("".join(lines[:until]))
            if place < 2:
                update_all(list(reindex(Path(folder))))
        span = None if ends == (None, None) else tuple(end if end is None or x != "time" else end + 100 for end in ends)
        told = Store(Path(folder)).curves("loss", x=x, points=points, range=span)
        patch.setattr(curves._Asking, "_can_be_level", lambda _, lines: np.zeros(len(lines), bool))
        values = Store(Path(folder)).curves("loss", x=x, points=points, range=span)
    assert told.lines.values.tolist() == values.lines.values.tolist()
    assert told.points.values.tolist() == values.points.values.tolist()


PLACES = some.lists(some.tuples(some.integers(0, 3), some.integers(0, 2**62)), max_size=30)
NEAR = some.lists(some.tuples(some.integers(0, 3), some.integers(0, 9)), max_size=30)


def columns_of(places: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.array([place[at] for place in places], np.int64) for at in (0, 1))


@given(these=NEAR | PLACES, others=NEAR | PLACES)
def test_a_metric_is_joined_to_another_at_the_same_steps(these: list, others: list) -> None:
    these, others = sorted(set(these)), sorted(set(others))
    found = thinning.at_same_steps(columns_of(these), columns_of(others))
    expected = [others.index(place) if place in others else len(others) for place in these]
    assert (list(range(len(these))) if found is None else found.tolist()) == expected
    assert (found is None) == (these == others)


@given(places=NEAR | PLACES)
def test_rows_are_put_in_order_as_they_are_sorted(places: list) -> None:
    order = thinning.sorted_by(*columns_of(places))
    assert (places if order is None else [places[at] for at in order]) == sorted(places)


def test_a_line_is_told_in_full_where_it_is_short_and_closer_where_it_is_asked(by_hand) -> None:
    by_hand.run()
    by_hand.metrics(*({"step": step, "time": 1.0, "values": {"a": step % 7, "b": -step}} for step in range(5000)))
    store = Store(by_hand.root)
    whole = store.curves(["a", "b"], points=100)
    assert whole.is_thinned
    assert whole.lines[["name", "logged", "in_range"]].values.tolist() == [["a", 5000, 5000], ["b", 5000, 5000]]
    closer = store.curves("a", points=100, range=(1000, 1090))
    assert not closer.is_thinned
    assert closer.lines[["logged", "in_range", "shown"]].values.tolist() == [[5000, 91, 91]]
    assert closer.points.loc[closer.points["is_inside"], "step"].tolist() == list(range(1000, 1091))
    assert store.curves("a", range=(9000, None)).lines["shown"].tolist() == [0]


def test_x_may_be_time_or_another_metric(by_hand) -> None:
    by_hand.run(created=10.0)
    by_hand.metrics(
        {"step": 0, "time": 11.0, "values": {"loss": 3, "epoch": 2}},
        {"step": 1, "time": 12.5, "values": {"loss": 2}},
        {"step": 2, "time": 14.0, "values": {"loss": 1, "epoch": 1}},
    )
    store = Store(by_hand.root)
    assert store.curves("loss", x="time").points["x"].tolist() == [11.0, 12.5, 14.0]
    assert store.curves("loss", x="elapsed").points["x"].tolist() == [1.0, 2.5, 4.0]
    by_epoch = store.curves("loss", x="epoch")
    assert by_epoch.points[["x", "value", "step"]].values.tolist() == [[1, 1, 2], [2, 3, 0]]
    assert by_epoch.lines[["logged", "not_finite"]].values.tolist() == [[3, 1]]


@pytest.mark.parametrize("asked", [{"names": "none such"}, {"names": []}, {"names": "loss", "runs": []}], ids=str)
def test_no_line_gives_empty_frames_with_the_columns(by_hand, asked: dict[str, Any]) -> None:
    by_hand.run()
    by_hand.metrics({"step": 0, "time": 1.0, "values": {"loss": 3}})
    curves = Store(by_hand.root).curves(**asked)
    assert (len(curves.lines), len(curves.points), curves.is_thinned) == (0, 0, False)
    assert list(curves.points.columns) == ["project", "run", "name", "x", "step", "value", "is_inside"]
    with pytest.raises(MediaStoreError, match="points must be at least 4"):
        Store(by_hand.root).curves("loss", points=3)
    with pytest.raises(MediaStoreError, match="range must be two numbers"):
        Store(by_hand.root).curves("loss", range=3)


def test_lines_that_grow_while_they_are_asked_for_are_each_of_one_moment(tmp_path: Path) -> None:
    store, over = write(tmp_path, [("one", 0, 0.0)]), threading.Event()
    journal = tmp_path / "p" / "one" / "metrics" / "aaaa-0001.jsonl"

    def log() -> None:
        with journal.open("a") as lines:
            for step in itertools.takewhile(lambda _: not over.wait(0.001), itertools.count(1)):
                lines.write(json.dumps({"step": step, "time": 100.0, "values": {"loss": step, "other": step}}) + "\n")
                lines.flush()
                store.refresh()

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(log)
        try:
            lengths = set()
            while len(lengths) < 25:
                found = store.curves("loss", points=10_000)
                told = found.lines.set_index("run").loc["one"]
                assert found.points.query("run == 'one'")["value"].tolist() == list(range(told["logged"]))
                assert told["shown"] == told["in_range"] == told["logged"]
                lengths.add(told["logged"])
        finally:
            over.set()
        done.result()
