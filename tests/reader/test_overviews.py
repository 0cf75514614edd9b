"""What a store tells of runs from afar."""

from pathlib import Path

import numpy as np
import pytest

import mediastore


def picture(step: int, place: int) -> mediastore.Image:
    boxes = [mediastore.Box((1, 1, 4, 4), label='a"b', score=step / 10)] * (step if place == 0 else 0)
    values = {"loss": float(step + place), 'odd " name': 2.0, "text": "no number"}
    return mediastore.Image(np.full((8, 8, 3), step, np.uint8), boxes=boxes, values=values)


def test_the_numbers_of_media_stand_by_run_and_step(root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        for step in (0, 2):
            run.log({"val": [picture(step, place) for place in range(2)]}, step=step)
        run.log({"other": picture(1, 0)}, step=1)
        ref = f"{run.project}/{run.id}"
    found = mediastore.Store(root).media_numbers("val", ref)
    assert set(found["ref"]) == {ref}
    told = {tuple(row[:4]): row[4] for row in found[["step", "sort", "name", "layer", "value"]].values.tolist()}
    assert told == {
        (0, "value", "loss", ""): 0.5,
        (0, "value", 'odd " name', ""): 2.0,
        (0, "count", 'a"b', "predictions"): 0.0,
        (2, "value", "loss", ""): 2.5,
        (2, "value", 'odd " name', ""): 2.0,
        (2, "count", 'a"b', "predictions"): 1.0,
        (2, "score", 'a"b', "predictions"): pytest.approx(0.2),
    }


def test_sounds_tell_their_duration(root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        run.log({"heard": [mediastore.Audio(np.zeros(8000 * n, np.float32), sample_rate=8000) for n in (1, 3)]}, step=4)
    found = mediastore.Store(root).media_numbers("heard")
    assert found[["step", "sort", "value"]].values.tolist() == [[4, "duration", 2.0]]


def test_each_run_has_its_latest_picture_and_its_steps_their_counts(root: Path) -> None:
    refs = []
    for name in ("one", "two"):
        with mediastore.init(project="pets", name=name, dir=root) as run:
            run.log({"val": [picture(step, 0) for step in range(2)]}, step=1)
            run.log({"val": picture(5, 0), "loss": 1.0}, step=5)
            refs.append(f"{run.project}/{run.id}")
    store = mediastore.Store(root)
    assert [path.split("/")[-1][:12] for path in store.latest_pictures()["path"]] == ["000000005-00"] * 2
    assert store.sample_counts(run=refs[0], step=1)["items"].tolist() == [1, 1]
    counts = store.step_counts(run=refs[1], key="val")
    assert counts.values.tolist() == [[refs[1], 1, 2], [refs[1], 5, 1]]


def test_the_last_value_of_each_metric_is_that_of_the_step_or_before(root: Path) -> None:
    with mediastore.init(project="pets", dir=root) as run:
        for step, values in enumerate(({"loss": 3.0, "lr": 0.1}, {"loss": 2.0}, {"loss": 1.0, "acc": 0.5})):
            run.log(values, step=step)
        ref = f"{run.project}/{run.id}"
    store = mediastore.Store(root)
    assert dict(store.last_metrics(ref, 1).values.tolist()) == {"loss": 2.0, "lr": 0.1}
    assert dict(store.last_metrics(ref).values.tolist()) == {"loss": 1.0, "lr": 0.1, "acc": 0.5}
