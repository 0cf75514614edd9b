"""A script written for another tracker runs with one import changed, sick files and all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mediastore

SCRIPT = """
import mediastore as wandb
import random
wandb.init(project="media-logging-demo")
for i in range(5):
    image_data = [[random.randint(0, 255) for _ in range(64)] for _ in range(64)]
    boxes = {"predictions": {"box_data": [
        {"position": {"minX": 0.1, "minY": 0.2, "maxX": 0.5, "maxY": 0.6}, "scores": [{"label": "cat", "score": 0.9}]},
        {"position": {"minX": 0.7, "minY": 0.3, "maxX": 0.9, "maxY": 0.8}, "scores": [{"label": "dog", "score": 0.85}]}],
        "class_labels": ["cat", "dog"]}}
    wandb.log({"detection_output": wandb.Image(image_data, caption=f"Sample Image {i}", boxes=boxes)})
    with open(f"dummy_audio_{i}.wav", "w") as f: f.write("dummy audio content")
    wandb.log({"audio_output": wandb.Audio(f"dummy_audio_{i}.wav", caption=f"Sample Audio {i}")})
    with open(f"dummy_video_{i}.mp4", "w") as f: f.write("dummy video content")
    wandb.log({"video_output": wandb.Video(f"dummy_video_{i}.mp4", caption=f"Sample Video {i}")})
wandb.finish()
"""  # noqa: E501


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("seed")
    (folder / "train.py").write_text(SCRIPT)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEDIASTORE_")}
    command = [sys.executable, "train.py"]
    return folder, subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def store(ended: tuple[Path, subprocess.CompletedProcess[str]]) -> mediastore.Store:
    return mediastore.Store(ended[0] / "mediastore-runs")


def test_it_ends_well_and_warns_once_for_each_kind_of_media(
    ended: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    process = ended[1]
    assert process.returncode == 0, process.stderr
    warned = [line for line in process.stderr.splitlines() if "Warning" in line]
    assert len(warned) == 2, process.stderr
    assert sum("audio" in line.lower() for line in warned) == sum("video" in line.lower() for line in warned) == 1


def test_every_item_is_found_by_sql_with_its_caption(store: mediastore.Store) -> None:
    found = store.sql("select kind, caption from items order by kind, caption")
    assert list(found.itertuples(index=False, name=None)) == [
        (kind, f"Sample {kind.title()} {number}") for kind in ("audio", "image", "video") for number in range(5)
    ]


def test_boxes_are_in_pixels_with_label_and_score(store: mediastore.Store) -> None:
    found = store.sql("select distinct label, score, x0, y0, x1, y1 from annotations order by label")
    cat, dog = found.itertuples(index=False, name=None)
    assert cat == pytest.approx(("cat", 0.9, 6.4, 12.8, 32.0, 38.4))
    assert dog == pytest.approx(("dog", 0.85, 44.8, 19.2, 57.6, 51.2))


@pytest.mark.parametrize(("kind", "content"), [("audio", "dummy audio content"), ("video", "dummy video content")])
def test_a_file_that_cannot_be_played_is_kept_and_says_why(
    ended: tuple[Path, subprocess.CompletedProcess[str]], store: mediastore.Store, kind: str, content: str
) -> None:
    found = store.items(kind=kind)
    assert len(found) == 5
    assert all(len(problem.split()) > 4 for problem in found["problem"])
    kept = [(ended[0] / "mediastore-runs" / path).read_text() for path in found["path"]]
    assert kept == [content] * 5
