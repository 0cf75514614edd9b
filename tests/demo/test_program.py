"""What the demo leaves behind, as SQL sees it."""

from pathlib import Path

import pytest

import mediastore
from mediastore.demo import program, run_demo
from mediastore.demo.training import Length


@pytest.fixture(scope="module")
def store(demo_root: Path) -> mediastore.Store:
    return mediastore.Store(demo_root)


def test_every_part_is_a_finished_run(store: mediastore.Store) -> None:
    runs = store.sql("select name, status from runs order by created")
    assert runs["name"].tolist() == [part.name for part in program.parts()]
    assert set(runs["status"]) == {"finished"}


def test_there_is_every_kind_of_annotation(store: mediastore.Store) -> None:
    found = store.sql("select distinct type from annotations order by type")
    assert found["type"].tolist() == ["box", "keypoints", "mask", "span"]


def test_the_steady_detector_gets_better_on_pictures_it_never_saw(store: mediastore.Store) -> None:
    losses = store.sql(
        """
        select value from metrics join runs using (project, run)
        where runs.name = 'digits steady' and metrics.name = 'val/loss' order by step
        """
    )["value"]
    assert losses.iloc[-1] < losses.iloc[0] * 0.75


def test_the_blood_cells_are_the_whole_run(store: mediastore.Store) -> None:
    found = store.sql(
        """
        select layer, count(*) as boxes, count(distinct step) as steps, count(distinct sample) as pictures
        from annotations where key = 'val/cells' group by layer order by layer
        """
    )
    assert found["layer"].tolist() == ["ground_truth", "predictions"]
    assert found["boxes"].tolist() == [945 * 17, 63_149 - 1]
    assert found["steps"].tolist() == [17, 17]
    assert found["pictures"].tolist() == [72, 72]
    best = store.sql(
        """
        select max(value) as best, count(*) as epochs from metrics join runs using (project, run)
        where runs.name = 'blood cells' and metrics.name = 'val/mAP50'
        """
    ).iloc[0]
    assert best["epochs"] == 17
    assert 0.88 < best["best"] < 0.9


def test_the_same_samples_stand_at_every_step_and_are_stored_once(store: mediastore.Store) -> None:
    samples = store.sql(
        """
        select step, list(sample order by sample) as samples, count(distinct path) as files
        from items join runs using (project, run)
        where runs.name = 'digits steady' and key = 'val/detections' group by step
        """
    )
    assert len(samples) == 4
    assert len({tuple(row) for row in samples["samples"]}) == 1
    stored = store.sql("select count(distinct path) as files from items where key = 'val/detections' group by run")
    assert set(stored["files"]) == {6}


def test_the_speech_is_heard_where_it_is(store: mediastore.Store) -> None:
    spans = store.sql(
        """
        select min(start_s) as first, max(end_s) as last, sum(end_s - start_s) as total, min(score) as least
        from annotations where key = 'audio/address' and step = 3
        """
    ).iloc[0]
    assert 0 < spans["first"] < 0.5
    assert 10 < spans["last"] <= 11
    assert 6 < spans["total"] < 9
    assert spans["least"] >= 0.5


def test_the_face_is_followed_with_gaps(store: mediastore.Store) -> None:
    faces = store.sql(
        """
        select count(distinct frame) as frames, count(distinct track) as tracks
        from annotations where key = 'video/faces'
        """
    ).iloc[0]
    assert 80 < faces["frames"] < 120
    assert faces["tracks"] > 1


def test_what_is_there_is_not_made_again(
    demo_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(mediastore.Store(demo_root).runs())
    assert run_demo(demo_root) == 0
    assert len(mediastore.Store(demo_root).runs()) == before
    assert "6 demo runs are there" in capsys.readouterr().out


def test_a_part_that_was_cut_short_is_made_again(root: Path) -> None:
    photographs = program.parts(Length(epochs=1))[0]
    work = photographs.log(root)
    next(work)
    work.close()
    assert photographs.name in [part.name for part in program.parts_to_do(root)]
