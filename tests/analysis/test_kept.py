"""What is kept of a comparison: made once, found again, made anew when anything changed, never in the way."""

import itertools
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import mediastore
from mediastore.errors import NotFoundError
from mediastore.reader import comparisons

PIXELS = np.zeros((48, 48, 3), np.uint8)


def log(root: Path, step: int, score: float | None, run: str = "run-1") -> None:
    truth = mediastore.Box((0, 0, 20, 20), label="cat", layer="ground_truth")
    found = mediastore.Box((0, 0, 20, 18), label="cat", score=score)
    with mediastore.init(project="demo", id=run, dir=root, resume="allow") as writer:
        writer.log({"val": mediastore.Image(PIXELS, boxes=[truth, found], sample="one")}, step=step)


def kept(root: Path) -> list[Path]:
    return sorted(root.rglob("*.npz"))


def test_a_second_reader_finds_what_the_first_made(root: Path) -> None:
    log(root, 0, 0.5)
    first = mediastore.Store(root).evaluate("val").summary()
    (path,) = kept(root)
    made = path.stat().st_mtime_ns
    assert mediastore.Store(root).evaluate("val").summary().equals(first)
    assert (kept(root), path.stat().st_mtime_ns) == ([path], made)
    assert path.parent == root / "demo" / "run-1" / "index" / "overlaps"


def test_what_is_logged_later_counts(root: Path) -> None:
    log(root, 0, 0.5)
    store = mediastore.Store(root)
    assert store.evaluate("val").summary()["TP"].tolist() == [1]
    log(root, 1, 0.7)
    assert store.evaluate("val").summary()["TP"].tolist() == [1]
    store.refresh()
    assert store.evaluate("val").summary()["TP"].tolist() == [1, 1]
    log(root, 1, 0.2)
    store.refresh()
    assert store.evaluate("val", step=1).objects()["score"].tolist() == [0.2]


def test_what_is_read_in_between_is_wholly_in_an_evaluation_or_not_at_all(root: Path) -> None:
    log(root, 0, 0.5)
    store, over = mediastore.Store(root), threading.Event()

    def write() -> None:
        with mediastore.init(project="demo", id="run-2", dir=root, strict=True) as run:
            for step in itertools.takewhile(lambda _: not over.wait(0.002), itertools.count()):
                truth = mediastore.Box((0, 0, 20, 20), label=f"cat {step % 9}", layer="ground_truth")
                found = mediastore.Box((0, 0, 20, 18), label=f"cat {step % 9}", score=0.9)
                run.log({"val": mediastore.Image(PIXELS, boxes=[truth, found])}, step=step)

    def refresh() -> None:
        while not over.wait(0.002):
            store.refresh()

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(write), threads.submit(refresh)]
        try:
            seen = set()
            while len(seen) < 8:
                counted = store.evaluate("val").summary()
                assert (counted["TP"] == 1).all(), counted
                assert (counted[["FP", "FN"]] == 0).all(axis=None), counted
                seen.add(len(counted))
        finally:
            over.set()
        for one in done:
            one.result()
    store.refresh()
    assert store.evaluate("val").summary()["TP"].sum() == store.count()


def test_a_run_that_goes_while_it_is_compared_is_told_as_it_was_read(root: Path) -> None:
    log(root, 0, 0.5)
    store = mediastore.Store(root)
    shutil.rmtree(root / "demo" / "run-1")
    assert store.evaluate("val").summary()["TP"].tolist() == [1]
    assert list(root.glob("demo/*")) == []
    store.refresh()
    with pytest.raises(NotFoundError):
        store.evaluate("val")


@pytest.mark.parametrize("harm", [b"", b"PK\x03\x04 torn", b"x" * 5000])
def test_a_damaged_file_is_made_anew(root: Path, harm: bytes) -> None:
    log(root, 0, 0.5)
    whole = mediastore.Store(root).evaluate("val").summary()
    (path,) = kept(root)
    path.write_bytes(harm)
    assert mediastore.Store(root).evaluate("val").summary().equals(whole)
    assert path.read_bytes()[:2] == b"PK" and path.stat().st_size > len(harm)


def test_a_file_cut_short_is_made_anew(root: Path) -> None:
    log(root, 0, 0.5)
    whole = mediastore.Store(root).evaluate("val").summary()
    (path,) = kept(root)
    content = path.read_bytes()
    for end in range(1, len(content), 997):
        path.write_bytes(content[:end])
        assert mediastore.Store(root).evaluate("val").summary().equals(whole)


def test_only_a_few_files_stay(root: Path) -> None:
    log(root, 0, 0.5)
    for number in range(comparisons.KEPT_FILES + 3):
        mediastore.Store(root).evaluate("val", predictions=f"layer {number}")
    assert len(kept(root)) == comparisons.KEPT_FILES


def test_runs_are_told_apart_and_together(root: Path) -> None:
    for run, score in (("run-1", 0.5), ("run-2", 0.9)):
        log(root, 3, score, run)
    store = mediastore.Store(root)
    told = store.evaluate("val")
    assert told.summary()[["run", "step", "TP"]].values.tolist() == [["run-1", 3, 1], ["run-2", 3, 1]]
    assert told.objects()[["run", "score"]].values.tolist() == [["run-2", 0.9], ["run-1", 0.5]]
    assert told.at(run="demo/run-2").objects()["run"].tolist() == ["run-2"]
    assert store.evaluable()[["run", "predictions", "truths"]].values.tolist() == [["run-1", 1, 1], ["run-2", 1, 1]]
    changes = store.what_changed("val", ("run-1", 3), ("run-2", 3))
    assert changes.predictions()["change"].tolist() == ["score up"]


def test_filters_choose_the_items(root: Path) -> None:
    log(root, 0, 0.5)
    log(root, 2, 0.6)
    store = mediastore.Store(root)
    assert store.evaluate("val", step="latest").groups["step"].tolist() == [2]
    assert store.evaluate("val", step=(None, 1)).groups["step"].tolist() == [0]
    assert store.evaluate("val", sample="one").summary()["items"].tolist() == [1, 1]
    assert store.evaluate("val", sample="two").summary().empty
    with pytest.raises(mediastore.errors.NotFoundError, match="key must be one that was logged, got 'nobody'"):
        store.evaluate("nobody")


def test_a_file_that_points_beyond_the_store_is_made_anew(root: Path) -> None:
    log(root, 0, 0.5)
    whole = mediastore.Store(root).evaluate("val").summary()
    (path,) = kept(root)
    with np.load(path) as content:
        arrays = dict(content)
    for name in ("pairs.truth", "predictions.item", "truths.label"):
        np.savez(path, **arrays | {name: arrays[name] + 7})
        assert mediastore.Store(root).evaluate("val").summary().equals(whole)
    np.savez(path, **arrays | {"predictions.score": np.zeros(5)})
    assert mediastore.Store(root).evaluate("val").summary().equals(whole)


def test_the_same_question_is_answered_by_the_same_evaluation(root: Path) -> None:
    log(root, 0, 0.5)
    store = mediastore.Store(root)
    first = store.evaluate("val", step=0)
    assert store.evaluate("val", step=0) is first
    assert store.evaluate("val", step=0, sample="one") is not first
    log(root, 0, 0.6)
    store.refresh()
    assert store.evaluate("val", step=0).objects()["score"].tolist() == [0.6]


def test_many_readers_at_once_agree(root: Path) -> None:
    log(root, 0, 0.5)
    with ThreadPoolExecutor(6) as pool:
        stores = [mediastore.Store(root) for _ in range(3)]
        told = list(pool.map(lambda at: stores[at % 3].evaluate("val", step=at % 2).summary()["TP"].sum(), range(24)))
    assert told == [1, 0] * 12
    assert len(kept(root)) == 1


def test_predictions_without_a_score_are_told(root: Path) -> None:
    log(root, 0, None)
    store = mediastore.Store(root)
    for evaluation in (store.evaluate("val"), mediastore.Store(root).evaluate("val")):
        assert any("1 predictions have no score" in doubt for doubt in evaluation.warnings)
        assert evaluation.objects()["score"].tolist() == [1.0]
