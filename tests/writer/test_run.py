"""A run from `init` to `finish`: what stands in the folder afterwards."""

import argparse
import dataclasses
import io
import json
import re
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image as Pillow

import mediastore
from mediastore import audit
from mediastore.errors import MediaStoreError, MediaStoreWarning
from mediastore.geometry import rle_to_mask
from mediastore.payload import Payload
from mediastore.writer.faults import Faults
from mediastore.writer.items import ItemWriter, Snapshot

PHOTO = np.random.default_rng(7).integers(0, 255, (48, 64, 3), dtype=np.uint8)


def items_of(root: Path) -> list[dict]:
    lines = [line for path in sorted(root.glob("*/*/items/*.jsonl")) for line in path.read_text().splitlines()]
    return sorted((json.loads(line) for line in lines), key=lambda item: (item["time"], item["key"], item["index"]))


def metrics_of(root: Path) -> list[dict]:
    lines = [line for path in sorted(root.glob("*/*/metrics/*.jsonl")) for line in path.read_text().splitlines()]
    return [json.loads(line) for line in lines]


def media_file(root: Path, item: dict) -> Path:
    folder = next(root.glob(f"*/{item['run']}")) / "media" / item["key"]
    return (folder / item["file"]).resolve()


@pytest.fixture
def run(tmp_path: Path):
    with mediastore.init(project="demo", dir=tmp_path, config={"lr": 0.1}, strict=True) as run:
        yield run
    assert audit.check(tmp_path).lines[-1].endswith("nothing is wrong")


@pytest.fixture
def gentle(tmp_path: Path):
    """A run as scripts have it: faults are warnings."""
    with mediastore.init(project="demo", dir=tmp_path, strict=False) as run:
        yield run
    assert audit.check(tmp_path).clean


def test_pixels_come_back_as_they_were_given(run, tmp_path: Path) -> None:
    run.log({"val/photo": mediastore.Image(PHOTO)})
    (item,) = items_of(tmp_path)
    np.testing.assert_array_equal(np.asarray(Pillow.open(media_file(tmp_path, item))), PHOTO)
    assert (item["width"], item["height"], item["step"], item["index"]) == (64, 48, 0, 0)


def test_what_the_caller_does_after_log_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "plot.png"
    picture = PHOTO.copy()
    with mediastore.init(dir=tmp_path / "store", strict=False) as run:
        for value in range(12):
            picture[:] = value
            Pillow.fromarray(picture).save(path)
            run.log({"array": mediastore.Image(picture), "path": mediastore.Image(path)})
            picture[:] = 200
            path.write_bytes(b"gone")
    for item in items_of(tmp_path / "store"):
        assert np.asarray(Pillow.open(media_file(tmp_path / "store", item))).max() == item["step"]


def test_a_file_too_large_for_memory_is_copied_while_log_holds_the_script(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("mediastore.payload.IN_MEMORY_BYTES_MAX", 1000)
    path = tmp_path / "photo.png"
    Pillow.fromarray(PHOTO).save(path)
    before = path.read_bytes()
    with mediastore.init(dir=tmp_path / "store", strict=True) as run:
        run.log({"photo": [mediastore.Image(path), mediastore.Image(path)]})
        path.write_bytes(b"gone")
    first, second = items_of(tmp_path / "store")
    assert media_file(tmp_path / "store", first).read_bytes() == before
    assert second["file"] == first["file"]
    assert audit.check(tmp_path / "store").lines == ["1 runs, 2 items: nothing is wrong"]


def test_the_same_pictures_at_the_next_epoch_are_stored_once(run, tmp_path: Path) -> None:
    for epoch in range(3):
        run.log({"val": [mediastore.Image(PHOTO + np.uint8(i)) for i in range(4)], "loss": epoch})
        run.log({"other/key": mediastore.Image(PHOTO)}, step=epoch)
    items = items_of(tmp_path)
    assert len(items) == 15
    assert len({media_file(tmp_path, item) for item in items}) == 4
    assert len(list(tmp_path.rglob("*.webp"))) == 4
    assert len({item["sample"] for item in items}) == 4


def test_pictures_that_come_again_among_new_ones_are_each_what_log_saw(tmp_path: Path) -> None:
    levels = [0, 1, 2, 3, 0, 1, 2, 3, 4, 0, 5, 1, 1, 6, 2]
    picture = np.zeros((240, 320, 3), np.uint8)
    with mediastore.init(dir=tmp_path, strict=False) as run:
        for step, level in enumerate(levels):
            picture[:] = level
            run.log({"val": [mediastore.Image(picture), mediastore.Image(picture.transpose(1, 0, 2))]}, step=step)
            picture[:] = 200
            if step % 4 == 3:
                run.flush()
    found = {(item["step"], item["index"]): item for item in items_of(tmp_path)}
    assert len(found) == 2 * len(levels)
    for (step, index), item in found.items():
        pixels = np.asarray(Pillow.open(media_file(tmp_path, item)))
        assert np.unique(pixels).tolist() == [levels[step]]
        assert pixels.shape == ((240, 320, 3), (320, 240, 3))[index]
        assert item["sample"] == found[levels.index(levels[step]), index]["sample"]
    assert len(list(tmp_path.rglob("*.webp"))) == 2 * len(set(levels))


def test_a_picture_that_is_stored_already_takes_no_room_in_the_queue(tmp_path: Path) -> None:
    items = ItemWriter(tmp_path, {"project": "p", "run": "r", "writer": "w"}, Faults(strict=True))
    given = Snapshot("val", 0, 0, "image", 0.0, Payload(array=PHOTO))
    first = items.hold(given)
    assert first.payload is not None
    assert not np.shares_memory(first.payload.array, PHOTO)
    items.write(first)
    items.write(items.hold(dataclasses.replace(given, step=1)))
    again = items.hold(dataclasses.replace(given, step=2))
    assert again.payload is None
    assert again.nbytes < PHOTO.nbytes / 8 < first.nbytes
    other = items.hold(dataclasses.replace(given, step=2, payload=Payload(array=PHOTO[::-1])))
    assert (other.payload is not None, other.stored) == (True, None)
    items.write(again)
    items.close()


def test_steps_go_on_by_themselves_and_may_come_in_any_order(run, tmp_path: Path) -> None:
    run.log({"a": 1})
    run.log({"a": 2}, commit=False)
    run.log({"b": 3})
    run.log({"a": 4}, step=50)
    run.log({"b": 5})
    run.log({"a": 6}, step=7)
    run.log({"a": 7})
    assert [(line["step"], line["values"]) for line in metrics_of(tmp_path)] == [
        (0, {"a": 1}),
        (1, {"a": 2}),
        (1, {"b": 3}),
        (50, {"a": 4}),
        (51, {"b": 5}),
        (7, {"a": 6}),
        (52, {"a": 7}),
    ]


def test_numbers_of_every_make_are_logged(run, tmp_path: Path) -> None:
    run.log(
        {
            "int": np.int64(3),
            "float": np.float32(0.5),
            "array": np.array([2.5]),
            "bool": True,
            "nan": float("nan"),
            "inf": -np.inf,
            "text": "hello",
            "nested": {"a": {"b": 1}, "c": 2},
        }
    )
    (line,) = metrics_of(tmp_path)
    assert line["values"] == {
        "int": 3,
        "float": 0.5,
        "array": 2.5,
        "bool": 1,
        "nan": "NaN",
        "inf": "-Infinity",
        "text": "hello",
        "nested.a.b": 1,
        "nested.c": 2,
    }


def test_the_same_place_logged_twice_keeps_both_files_and_the_later_time(run, tmp_path: Path) -> None:
    run.log({"x": mediastore.Image(PHOTO)}, step=3)
    run.log({"x": mediastore.Image(PHOTO[::-1])}, step=3)
    first, second = items_of(tmp_path)
    assert first["time"] < second["time"]
    assert second["file"] == first["file"].replace(".webp", "-2.webp")


def test_lists_keep_captions_order_and_sizes(run, tmp_path: Path) -> None:
    pictures = [mediastore.Image(PHOTO[: 8 * (n + 1)], caption=None if n == 0 else f"no. {n}") for n in range(5)]
    run.log({"many": pictures}, step=9)
    items = items_of(tmp_path)
    assert [item.get("caption") for item in items] == [None, "no. 1", "no. 2", "no. 3", "no. 4"]
    assert [item["height"] for item in items] == [8, 16, 24, 32, 40]
    assert [item["index"] for item in items] == [0, 1, 2, 3, 4]


def test_a_batch_becomes_one_item_a_picture(run, tmp_path: Path) -> None:
    run.log({"batch": mediastore.Image(np.stack([PHOTO, PHOTO[::-1]]).transpose(0, 3, 1, 2))})
    items = items_of(tmp_path)
    assert [(item["index"], item["width"], item["height"]) for item in items] == [(0, 64, 48), (1, 64, 48)]


def test_a_reference_is_left_where_it_is(run, tmp_path: Path) -> None:
    path = tmp_path / "outside.png"
    Pillow.fromarray(PHOTO).save(path)
    run.log({"x": mediastore.Image(path, reference=True)})
    (item,) = items_of(tmp_path)
    assert item["reference"] == path.as_uri()
    assert "file" not in item
    assert item["bytes"] == path.stat().st_size
    assert path.exists()


def test_a_label_map_stands_beside_its_picture_and_an_object_mask_in_its_record(run, tmp_path: Path) -> None:
    classes = np.arange(48 * 64).reshape(48, 64) // 1100
    outline = np.zeros((48, 64), bool)
    outline[3:9, 4:20] = True
    run.log(
        {
            "x": mediastore.Image(
                PHOTO,
                masks=[
                    mediastore.Mask(classes, classes={0: "sky", 1: "sea", 2: "sand"}, layer="ground_truth"),
                    mediastore.Mask(outline, label="boat", score=0.5),
                ],
            )
        }
    )
    (item,) = items_of(tmp_path)
    label_map, boat = item["annotations"]
    path = media_file(tmp_path, item).parent / label_map["mask_file"]
    np.testing.assert_array_equal(np.asarray(Pillow.open(path)), classes)
    assert label_map["classes"] == {"0": "sky", "1": "sea", "2": "sand"}
    np.testing.assert_array_equal(rle_to_mask(boat["rle"]), outline)


def test_sound_keeps_its_rate_depth_and_loudness(run, tmp_path: Path) -> None:
    quiet = (0.001 * np.sin(np.arange(4000) / 9)).astype(np.float32)
    deep = (np.arange(3000).reshape(1500, 2) % 500).astype(np.int16)
    run.log({"quiet": mediastore.Audio(quiet, sample_rate=44100), "deep": mediastore.Audio(deep, sample_rate=8000)})
    by_key = {item["key"]: item for item in items_of(tmp_path)}
    samples, rate = soundfile.read(media_file(tmp_path, by_key["quiet"]), dtype="float32")
    np.testing.assert_array_equal(samples, quiet)
    assert rate == 44100
    samples, rate = soundfile.read(media_file(tmp_path, by_key["deep"]), dtype="int16")
    np.testing.assert_array_equal(samples, deep)
    assert by_key["deep"]["duration_s"] == 1500 / 8000


@pytest.mark.parametrize(
    ("media", "sentence"),
    [
        (lambda: mediastore.Image("nowhere.png"), "image must be a file that exists, got 'nowhere.png'"),
        (lambda: mediastore.Image(np.zeros((0, 4, 3))), r"image must not be empty, got shape \(0, 4, 3\)"),
        (lambda: mediastore.Image(np.zeros((2, 5, 7))), r"image must have shape .*, got \(2, 5, 7\)"),
        (lambda: mediastore.Image([[1, 2], [3]]), "image must be a path, bytes, an array"),
        (lambda: mediastore.Image(np.full((4, 4), np.nan)), "pixels must be finite, got 16 NaN or infinite of 16"),
        (lambda: mediastore.Image(np.full((4, 4), -3.5)), "must lie in 0..1, got -3.5..-3.5; pass value_range"),
        (lambda: mediastore.Audio(np.zeros(9)), "sample_rate must be samples a second, got None"),
        (lambda: mediastore.Audio(io.BytesIO(b"words"), 8000), "it is no sound file"),
        (lambda: mediastore.Video(np.zeros((4, 5), np.uint8)), r"video must have shape .*, got \(4, 5\)"),
        (lambda: mediastore.Video(io.BytesIO(b"words")), "it is no video file"),
    ],
)
def test_media_that_cannot_be_shown_become_items_that_say_why(gentle, tmp_path: Path, media, sentence) -> None:
    with pytest.warns(MediaStoreWarning, match=sentence):
        gentle.log({"loss": 1.0, "x": media(), "fine": mediastore.Image(PHOTO)}, step=2)
        gentle.finish()
    by_key = {item["key"]: item for item in items_of(tmp_path)}
    assert by_key["x"]["step"] == 2
    assert re.search(sentence, by_key["x"]["problem"])
    assert "problem" not in by_key["fine"]
    assert metrics_of(tmp_path)[0]["values"] == {"loss": 1.0}


def test_a_codec_that_breaks_loses_no_file(gentle, tmp_path: Path, monkeypatch) -> None:
    class OtherAv:
        """Some other package of that name, as an unlucky folder beside a script makes one."""

    monkeypatch.setitem(sys.modules, "av", OtherAv())
    with pytest.warns(MediaStoreWarning, match="the video cannot be shown: AttributeError"):
        gentle.log({"x": mediastore.Video(io.BytesIO(b"words"))})
        gentle.finish()
    (item,) = items_of(tmp_path)
    assert media_file(tmp_path, item).read_bytes() == b"words"


def test_an_array_that_cannot_be_shown_is_kept_as_numbers(gentle, tmp_path: Path) -> None:
    given = np.linspace(-5, 5, 12).reshape(3, 4)
    with pytest.warns(MediaStoreWarning, match="value_range"):
        gentle.log({"x": mediastore.Image(given)})
        gentle.finish()
    (item,) = items_of(tmp_path)
    np.testing.assert_array_equal(np.load(media_file(tmp_path, item), allow_pickle=False), given)


@pytest.mark.parametrize(
    ("box", "sentence"),
    [
        (mediastore.Box((5, 2, 3, 4)), r"box must have x0 <= x1 and y0 <= y1, got \(5, 2, 3, 4\)"),
        (mediastore.Box((1, 2, 3, float("nan"))), r"box must be four finite numbers, got \(1, 2, 3, nan\)"),
        (mediastore.Box((1, 2, 3)), r"box must be four finite numbers, got \(1, 2, 3\)"),
        (mediastore.Box((1, 2, 3, 4), score=float("inf")), "score of a box must be a finite number, got inf"),
    ],
)
def test_a_box_that_contradicts_itself_is_kept_under_problems(gentle, tmp_path: Path, box, sentence) -> None:
    good = mediastore.Box((1, 2, 3, 4), label="cat")
    with pytest.warns(MediaStoreWarning, match=f"annotation 1: {sentence}"):
        gentle.log({"x": mediastore.Image(PHOTO, boxes=[good, box, good])})
        gentle.finish()
    (item,) = items_of(tmp_path)
    assert [entry["box"] for entry in item["annotations"]] == [[1, 2, 3, 4]] * 2
    (problem,) = item["problems"]
    assert problem["annotation"]["type"] == "box"
    assert len(problem["annotation"]["given"]) >= 3


def test_a_box_outside_its_picture_is_kept_and_said(gentle, tmp_path: Path) -> None:
    with pytest.warns(MediaStoreWarning, match="box should touch its picture of 64×48 pixels"):
        gentle.log({"x": mediastore.Image(PHOTO, boxes=[mediastore.Box((100, 100, 120, 120), label="far")])})
        gentle.finish()
    (item,) = items_of(tmp_path)
    assert len(item["annotations"]) == len(item["problems"]) == 1


def test_a_mask_of_another_size_is_refused_with_both_sizes(gentle, tmp_path: Path) -> None:
    with pytest.warns(MediaStoreWarning, match=r"must have the picture's shape \(48, 64\), got \(10, 10\)"):
        gentle.log({"x": mediastore.Image(PHOTO, masks=[mediastore.Mask(np.ones((10, 10)))])})
        gentle.finish()
    assert "annotations" not in items_of(tmp_path)[0]


@pytest.mark.parametrize("step", [-1, 1.5, "seven", float("nan")])
def test_a_step_that_is_no_step_is_refused_and_the_training_goes_on(gentle, tmp_path: Path, step) -> None:
    with pytest.warns(MediaStoreWarning, match="step must be an integer >= 0"):
        gentle.log({"loss": 1}, step=step)
    gentle.log({"loss": 2})
    assert [line["values"] for line in metrics_of(tmp_path)] == [{"loss": 2}]


def test_one_warning_a_kind_and_all_in_the_record(gentle, tmp_path: Path) -> None:
    with pytest.warns(MediaStoreWarning) as caught:
        for _ in range(5):
            gentle.log({"x": mediastore.Image("nowhere.png"), "y": mediastore.Audio(b"no sound")})
        gentle.finish()
    assert len(caught) == 2
    assert len([item for item in items_of(tmp_path) if item["problem"]]) == 10
    assert json.loads(next(tmp_path.glob("*/*/run.json")).read_text())["faults"] == {"image": 5, "audio file": 5}


def test_a_strict_run_raises_at_the_call(tmp_path: Path) -> None:
    run = mediastore.init(dir=tmp_path, strict=True)
    with pytest.raises(MediaStoreError, match="must be a file that exists"):
        run.log({"x": mediastore.Image("nowhere.png")})
    run.finish()


def test_config_takes_what_scripts_have(tmp_path: Path) -> None:
    @dataclasses.dataclass
    class Settings:
        depth: int = 3

    with mediastore.init(dir=tmp_path, config=argparse.Namespace(lr=0.1, path=Path("a"))) as run:
        run.config.update(Settings())
        run.config.batch = np.int64(8)
        assert run.config["lr"] == run.config.lr == 0.1
    assert json.loads((run.dir / "run.json").read_text())["config"] == {"lr": 0.1, "path": "a", "depth": 3, "batch": 8}


def test_summary_keeps_the_last_value_or_what_the_user_set(tmp_path: Path) -> None:
    with mediastore.init(dir=tmp_path) as run:
        run.summary["best"] = 1
        for value in (3, 1, 2):
            run.log({"loss": value, "best": value})
    assert json.loads((run.dir / "run.json").read_text())["summary"] == {"best": 1, "loss": 2}


def test_two_runs_at_once_and_two_threads_keep_apart(tmp_path: Path) -> None:
    first = mediastore.init(project="a", dir=tmp_path, strict=True)
    second = mediastore.init(project="b", dir=tmp_path, strict=True, reinit="create_new")
    threads = [
        threading.Thread(
            target=lambda run=run: [run.log({"x": mediastore.Image(PHOTO + np.uint8(n))}) for n in range(9)]
        )
        for run in (first, second, first)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first.finish()
    second.finish()
    steps = {run.id: sorted(i["step"] for i in items_of(tmp_path) if i["run"] == run.id) for run in (first, second)}
    assert steps == {first.id: list(range(18)), second.id: list(range(9))}
    assert audit.check(tmp_path).clean


def test_the_queue_waits_when_it_is_full_and_drops_nothing(tmp_path: Path, capsys) -> None:
    with mediastore.init(dir=tmp_path, strict=False, queue_bytes=30_000) as run:
        for n in range(40):
            run.log({"x": mediastore.Image(PHOTO + np.uint8(n))})
    assert len(items_of(tmp_path)) == 40
    assert capsys.readouterr().out.count("log() waits for room; nothing is dropped") == 1


def test_flush_waits_until_all_that_was_logged_is_on_disk(run, tmp_path: Path) -> None:
    run.log({"x": [mediastore.Image(PHOTO + np.uint8(n)) for n in range(20)]})
    assert run.flush()
    assert len(items_of(tmp_path)) == 20


def test_a_disabled_run_takes_every_call_and_writes_nothing(tmp_path: Path) -> None:
    with mediastore.init(dir=tmp_path, mode="disabled", config={"lr": 1}) as run:
        run.log({"x": mediastore.Image("nowhere.png"), "loss": 1})
        assert run.config.lr == 1
    assert list(tmp_path.iterdir()) == []


def test_logging_without_a_run_says_what_to_do() -> None:
    mediastore.finish()
    with pytest.raises(MediaStoreError, match="call init"):
        mediastore.log({"loss": 1})


def test_a_store_of_a_later_format_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mediastore.json").write_text('{"format": 9}')
    with pytest.raises(MediaStoreError, match="must have format 1, got 9; install a mediastore that reads format 9"):
        mediastore.init(dir=tmp_path, strict=True)
    assert [path.name for path in tmp_path.iterdir()] == ["mediastore.json"]


class EagerTensor:
    """A tensor as TensorFlow hands it out: it has `numpy` and `__array__`, but no `item` and no `tolist`."""

    def __init__(self, value: object) -> None:
        self._array = np.asarray(value)
        self.shape, self.dtype = self._array.shape, self._array.dtype

    def numpy(self) -> np.ndarray:
        return self._array

    def __array__(self) -> np.ndarray:
        return self._array


def test_tensors_that_only_numpy_can_read_are_their_numbers_everywhere(root: Path) -> None:
    values = {"loss": 0.25, "count": 3, "is_best": True, "nan": float("nan"), "two": [0.5, 1.0], "word": b"caf\xc3\xa9"}
    tensors = {name: EagerTensor(value) for name, value in values.items()}
    with mediastore.init(dir=root, config=tensors) as run:
        run.log(tensors, step=1)
    [line] = [json.loads(text) for path in run.dir.glob("metrics/*") for text in path.read_text("utf-8").splitlines()]
    logged = {"loss": 0.25, "count": 3, "is_best": 1, "nan": "NaN", "two": "[0.5, 1.0]", "word": "café"}
    assert line["values"] == logged
    kept = json.loads((run.dir / "run.json").read_text("utf-8"))
    assert kept["config"] == logged | {"is_best": True, "two": [0.5, 1.0]}
    assert kept["summary"] == logged
