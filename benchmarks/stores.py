"""Stores of any size, made for measuring: the journals that the writer would have written, without training for weeks.

A run's items share one picture, as the format allows (content stored once), and each has its sidecar, so that
`mediastore check` finds nothing wrong. Without sidecars the same journals stand alone, which spares many small files.
"""

import functools
import hashlib
import io
import json
import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from mediastore import naming, sidecar
from mediastore.journal import Journal

ITEMS_A_STEP = 4
ITEMS_A_RUN = 1000
BOXES = 10
LABELS = tuple(f"class-{number:02d}" for number in range(50))
KEYS = ("val/detections", "train/samples")
WRITER = "aaaa"
SIZE = 640, 480
BEGAN = 1_795_403_520.0


def make(root: Path, items: int, runs: int, *, sidecars: bool = True, processes: int = 2) -> None:
    """Write a store of `items` items with ten boxes each, spread over `runs` finished runs."""
    root.mkdir(parents=True)
    (root / "mediastore.json").write_bytes(sidecar.to_line({"format": sidecar.FORMAT}))
    write = functools.partial(_write_run, root, items // runs, sidecars)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(write, range(runs), chunksize=1)


def add(root: Path, number: int, items: int) -> Path:
    """What the newest run logs when it goes on: the journal of another process, with items at steps of their own."""
    run = sum(1 for _ in (root / "bench").iterdir()) - 1
    folder = root / "bench" / _name(run)
    path = folder / "items" / f"late-{number:04d}.jsonl"
    first_step = 10**6 + number * items
    path.write_bytes(b"".join(line for _, line in _lines(run, first_step, items, _media(folder)[0])))
    return path


def _write_run(root: Path, items: int, sidecars: bool, run: int) -> None:
    folder = root / "bench" / _name(run)
    facts, pixels = _media(folder)
    first = _place(0)
    folders = {key: folder / "media" / naming.encode_key(key) for key in KEYS}
    for path in folders.values():
        path.mkdir(parents=True)
    (folders[first[0]] / facts["file"]).write_bytes(pixels)
    journal = Journal(folder / "items", WRITER)
    for (key, step, index), line in _lines(run, 0, items, facts):
        journal.append(line)
        if sidecars:
            (folders[key] / f"{naming.item_stem(step, index, WRITER)}.json").write_bytes(line)
    journal.close()
    _write_metrics(folder, run, items // ITEMS_A_STEP)
    _write_record(folder, run)


def _name(run: int) -> str:
    return f"20261123-{run // 3600:02d}{run // 60 % 60:02d}{run % 60:02d}-run-{run:04d}"


def _place(number: int) -> tuple[str, int, int]:
    step, within = divmod(number, ITEMS_A_STEP)
    return KEYS[within % 2], step, within // 2


def _media(folder: Path) -> tuple[dict[str, object], bytes]:
    """The one picture of a run, another in each, and what a sidecar says of it."""
    tint = int.from_bytes(hashlib.sha256(folder.name.encode()).digest()[:3])
    pixels = np.full((SIZE[1], SIZE[0], 3), [tint >> 16, tint >> 8 & 255, tint & 255], np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png", compress_level=1)
    content = file.getvalue()
    facts = {"file": f"{naming.item_stem(0, 0, WRITER)}.png", "bytes": len(content)}
    return facts | {"sha256": hashlib.sha256(content).hexdigest()}, content


def _lines(
    run: int, first_step: int, items: int, facts: dict[str, object]
) -> Iterator[tuple[tuple[str, int, int], bytes]]:
    random = np.random.default_rng([run, first_step])
    common = rarity(random, items * BOXES)
    labels = [LABELS[number] for number in common]
    sure = random.beta(5, 1.2, items * BOXES)
    unsure = random.beta(1.2, 6, items * BOXES)
    scores = np.where(random.random(items * BOXES) < 0.4, sure, unsure).round(4).tolist()
    corners = np.sort(random.random((items * BOXES, 2, 2)), axis=1) * SIZE
    boxes = corners.round(1).reshape(-1, 4).tolist()
    layers = ["predictions"] * 8 + ["ground_truth"] * 2
    for number in range(items):
        place = key, step, index = _place(number + first_step * ITEMS_A_STEP)
        away = "" if key == KEYS[0] else "../../val/detections/"
        at = number * BOXES
        annotations = ",".join(
            f'{{"layer":"{layer}","type":"box","label":"{label}",'
            + (f'"score":{score},' if layer == "predictions" else "")
            + f'"box":{box}}}'
            for layer, label, score, box in zip(
                layers, labels[at : at + BOXES], scores[at : at + BOXES], boxes[at : at + BOXES], strict=True
            )
        )
        line = (
            f'{{"format":1,"project":"bench","run":"{_name(run)}","writer":"{WRITER}","key":"{key}","step":{step},'
            f'"index":{index},"kind":"image","file":"{away}{facts["file"]}","media_type":"image/png",'
            f'"bytes":{facts["bytes"]},"sha256":"{facts["sha256"]}","time":{BEGAN + run * 3600 + number},'
            f'"caption":"scene {number}","sample":"scene-{number % 200}","values":{{"loss":{scores[at]}}},'
            f'"width":{SIZE[0]},"height":{SIZE[1]},"annotations":[{annotations}]}}\n'
        )
        yield place, line.replace(", ", ",").encode()


def rarity(random: np.random.Generator, count: int) -> np.ndarray:
    """Numbers of labels, the first ones common and the last ones rare, as classes are: the n-th as often as 1/n."""
    weights = 1 / np.arange(1, len(LABELS) + 1)
    return random.choice(len(LABELS), count, p=weights / weights.sum())


def _write_metrics(folder: Path, run: int, steps: int) -> None:
    journal = Journal(folder / "metrics", WRITER)
    for step in range(steps):
        values = {"train/loss": round(1 / (step + 1), 6), "val/mAP50": round(1 - 1 / (step + 2), 6), "lr": 0.001}
        journal.append(sidecar.to_line({"step": step, "time": BEGAN + run * 3600 + step, "values": values}))
    journal.close()


def _write_record(folder: Path, run: int) -> None:
    record = {"format": sidecar.FORMAT, "project": "bench", "run": folder.name, "name": f"run-{run:04d}"}
    record |= {"created": BEGAN + run * 3600, "updated": BEGAN + run * 3600 + 60, "status": "finished"}
    record |= {"config": {"lr": 0.001, "seed": run}, "summary": {"val/mAP50": 0.9}, "tags": [], "notes": ""}
    (folder / "run.json").write_text(json.dumps(record), "utf-8")
