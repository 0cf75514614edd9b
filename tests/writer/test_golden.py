"""The bytes that a writer leaves, held against files that were read through by eye: the format does not drift."""

import json
import re
import shutil
from pathlib import Path

import pytest

import mediastore

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def written(root: Path) -> Path:
    """A run with a picture given as a file, so that its digest does not hang on a codec's version."""
    photo = mediastore.Image(
        GOLDEN / "photo.png",
        caption="scene 0",
        sample="scene-0",
        values={"loss": 0.71},
        boxes=[
            mediastore.Box((0.5, 1, 3, 4), label="cat", score=0.91, scores={"iou": 0.5}, attrs={"occluded": True}),
            mediastore.Box.from_xywh((1, 1, 2, 2), label="cat", layer="ground_truth", track=7, frame=0),
        ],
        polygons=[mediastore.Polygon([(0, 0), (4, 0), (4, 3)], label="roof")],
        masks=[mediastore.Mask([[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]], label="door")],
        keypoints=[mediastore.Keypoints([(1, 2), (3, 1, 0.5)], names=["eye", "nose"], skeleton=[(0, 1)])],
        labels=["sunny"],
    )
    with mediastore.init(project="demo", id="golden", dir=root, config={"lr": 0.001}, tags=["a"]) as run:
        run.log({"train/loss": 0.5, "nan": float("nan"), "phase": "warm-up", "val/Detections": photo}, step=42)
        run.flush()
        run.log({"val/Detections": photo}, step=43)
    return run.dir


def settled(text: str, writer: str) -> str:
    """Without what differs from run to run: the writer's id and the times."""
    return re.sub(r'"time":[0-9.]+', '"time":0', text.replace(writer, "k3f9"))


def writer_of(folder: Path) -> str:
    return next(folder.glob("metrics/*.jsonl")).name.split("-")[0]


@pytest.mark.parametrize("kind", ["items", "metrics"])
def test_journals_are_as_the_format_has_them(written: Path, kind: str) -> None:
    writer = writer_of(written)
    lines = sorted((written / kind / f"{writer}-0001.jsonl").read_text(encoding="utf-8").splitlines(keepends=True))
    assert settled("".join(lines), writer) == (GOLDEN / f"{kind}.jsonl").read_text(encoding="utf-8")


def test_a_sidecar_is_its_journal_line_beside_its_file(written: Path) -> None:
    writer = writer_of(written)
    folder = written / "media/val/Detections@1"
    names = [f"000000042-00-{writer}.json", f"000000043-00-{writer}.json"]
    assert sorted(path.name for path in folder.glob("*.json")) == names
    lines = (written / "items" / f"{writer}-0001.jsonl").read_bytes().splitlines(keepends=True)
    assert sorted((folder / name).read_bytes() for name in names) == sorted(lines)
    (media,) = folder.glob("*.png")
    assert media.read_bytes() == (GOLDEN / "photo.png").read_bytes()


def test_the_run_says_who_what_and_when(written: Path) -> None:
    record = json.loads((written / "run.json").read_text(encoding="utf-8"))
    expected = json.loads((GOLDEN / "run.json").read_text(encoding="utf-8"))
    assert {name: record[name] for name in expected} == expected
    assert {"created", "updated", "host", "python", "command", "pid", "packages"} <= record.keys()
    assert record["created"] <= record["updated"]


def test_a_store_of_golden_files_is_read_whole(root: Path) -> None:
    run = root / "demo/golden"
    (run / "items").mkdir(parents=True)
    (run / "metrics").mkdir()
    (root / "mediastore.json").write_text('{"format": 1}')
    shutil.copy(GOLDEN / "run.json", run / "run.json")
    for kind in ("items", "metrics"):
        shutil.copy(GOLDEN / f"{kind}.jsonl", run / kind / "k3f9-0001.jsonl")
    folder = run / "media/val/Detections@1"
    folder.mkdir(parents=True)
    for line in (GOLDEN / "items.jsonl").read_text(encoding="utf-8").splitlines(keepends=True):
        item = json.loads(line)
        (folder / f"{item['step']:09d}-00-k3f9.json").write_text(line, encoding="utf-8")
        shutil.copy(GOLDEN / "photo.png", folder / item["file"])
    store = mediastore.Store(root)
    assert store.items(key="val/Detections")["caption"].tolist() == ["scene 0", "scene 0"]
    kinds = store.sql("select type, count(*) as n from annotations where step = 42 group by all order by type")
    assert dict(zip(kinds["type"], kinds["n"], strict=True)) == {
        "box": 2, "keypoints": 1, "label": 1, "mask": 1, "polygon": 1,
    }  # fmt: skip
    assert store.metrics("phase")["text"].tolist() == ["warm-up"]
    assert store.problems().empty
