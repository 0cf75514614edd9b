"""How long an evaluation takes, side by side in one run: `python benchmarks/analysis.py`.

A store of a million predictions against two hundred thousand truths is written; what is told of it is timed beside
pycocotools, faster-coco-eval and supervision on the same boxes, and the numbers of all are compared. Every measurement
runs in a process of its own; packages that are not installed are left out and named.
"""

import argparse
import contextlib
import importlib.metadata
import io
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

LABELS = 80
KEY = "val/boxes"
RUN = "20260101-000000-large-one"
Boxes = dict[str, np.ndarray]


def made(items: int, predictions: int, truths: int) -> tuple[Boxes, Boxes]:
    """Truths at random; predictions beside them, three quarters of them off, with scores to match."""
    random = np.random.default_rng(0)
    item = np.sort(random.integers(0, items, truths))
    low = random.uniform((0, 0), (560, 400), (truths, 2))
    box = np.concatenate([low, low + random.uniform(8, 80, (truths, 2))], axis=1).round(1)
    truth = {"item": item, "label": random.integers(0, LABELS, truths), "box": box}
    of = np.sort(random.integers(0, truths, predictions))
    spread = random.choice([2.0, 8.0, 40.0], predictions, p=[0.25, 0.25, 0.5])[:, None]
    moved = box[of] + random.normal(0, 1, (predictions, 4)) * spread
    moved = np.concatenate([np.minimum(moved[:, :2], moved[:, 2:]), np.maximum(moved[:, :2], moved[:, 2:])], axis=1)
    is_right = random.random(predictions) < 0.9
    label = np.where(is_right, truth["label"][of], random.integers(0, LABELS, predictions))
    score = np.clip(random.normal(0.9 - spread[:, 0] / 60, 0.15), 0.01, 0.999).round(4)
    return {"item": item[of], "label": label, "box": moved.round(1), "score": score}, truth


def write_store(folder: Path, items: int, predictions: Boxes, truths: Boxes) -> None:
    """A store as the format has it, its media left out."""
    run = folder / "bench" / RUN
    (run / "items").mkdir(parents=True)
    (folder / "mediastore.json").write_text('{"format": 1}')
    record = {"format": 1, "project": "bench", "run": RUN, "name": "large one", "status": "finished"}
    (run / "run.json").write_text(json.dumps(record | {"created": 1.0, "updated": 2.0, "config": {}, "summary": {}}))
    sides = [_by_item(truths, items, "ground_truth"), _by_item(predictions, items, "predictions")]
    with (run / "items" / "k3f9-0001.jsonl").open("w") as journal:
        for number, (of_truth, of_prediction) in enumerate(zip(*sides, strict=True)):
            item = {"format": 1, "project": "bench", "run": RUN, "writer": "k3f9", "key": KEY, "step": 0}
            item |= {"index": number, "kind": "image", "file": f"{number:09d}-00-k3f9.png", "media_type": "image/png"}
            item |= {
                "bytes": 1,
                "sha256": f"{number:x}",
                "time": 1.0,
                "sample": str(number),
                "width": 640,
                "height": 480,
            }
            journal.write(json.dumps(item | {"annotations": of_truth + of_prediction}) + "\n")


def _by_item(boxes: Boxes, items: int, layer: str) -> Iterator[list[dict[str, Any]]]:
    ends = np.searchsorted(boxes["item"], np.arange(items + 1))
    for begin, end in itertools.pairwise(ends):
        yield [
            {"layer": layer, "type": "box", "label": f"label {boxes['label'][row]}", "box": boxes["box"][row].tolist()}
            | ({"score": float(boxes["score"][row])} if "score" in boxes else {})
            for row in range(begin, end)
        ]


def ours(folder: Path) -> dict[str, Any]:
    """Seconds of every question, AP, and the memory of the process before and at its peak."""
    import mediastore

    found: dict[str, Any] = {}
    with timed(found, "open"):
        store = mediastore.Store(folder)
    found["memory_open_mb"] = _peak_mb()
    kept = list(folder.rglob("*.npz"))
    with timed(found, "compare, kept" if kept else "compare, first"):
        evaluation = store.evaluate(KEY)
    with timed(found, "counts at the first threshold"):
        evaluation.counts(0.5, 0.3)
    for name, ask in questions(evaluation).items():
        taken: dict[str, Any] = {}
        for at in range(3):
            with timed(taken, str(at)):
                ask(at)
        found[name] = [statistics.median(of_each) for of_each in zip(*taken.values(), strict=True)]
    with timed(found, "the twelve numbers of COCO"):
        told = evaluation.summary(0.5, 0.3).iloc[0]
    return found | {"AP": float(told["AP"]), "AP50": float(told["AP50"]), "memory_mb": _peak_mb()}


def questions(evaluation: Any) -> dict[str, Callable[[int], Any]]:
    """What is asked three times, each at a threshold that was not asked before."""
    return {
        "counts at a new score": lambda at: evaluation.counts(0.5, 0.4 + at / 50),
        "counts at a new overlap": lambda at: evaluation.counts(0.52 + at / 50, 0.3),
        "confusion at a new overlap": lambda at: evaluation.confusion(0.61 + at / 50, 0.3),
        "curve at a new overlap": lambda at: evaluation.curve(0.71 + at / 50, "label 7"),
        "24 objects at a new overlap": lambda at: evaluation.objects(0.81 + at / 50, 0.3, outcome="FP", limit=24),
        "kinds of mistakes and their cost": lambda at: evaluation.mistakes(0.91 + at / 50, 0.3),
    }


def pycocotools(folder: Path) -> dict[str, Any]:
    """Seconds of COCOeval, AP and memory."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    return _coco(folder, COCO, COCOeval)


def faster_coco_eval(folder: Path) -> dict[str, Any]:
    """The same of faster-coco-eval."""
    from faster_coco_eval import COCO, COCOeval_faster

    return _coco(folder, COCO, COCOeval_faster)


def _coco(folder: Path, coco: Any, judge: Any) -> dict[str, Any]:
    predictions, truths, items = _boxes(folder)
    found: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()), timed(found, "read"):
        truth = coco()
        truth.dataset = {
            "images": [{"id": item, "width": 640, "height": 480} for item in range(items)],
            "annotations": [row | {"id": at, "iscrowd": 0} for at, row in enumerate(_rows(truths), start=1)],
            "categories": [{"id": label, "name": str(label)} for label in range(LABELS)],
        }
        truth.createIndex()
        given = truth.loadRes(list(_rows(predictions)))
    with contextlib.redirect_stdout(io.StringIO()), timed(found, "the twelve numbers of COCO"):
        judged = judge(truth, given, "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return found | {"AP": float(judged.stats[0]), "AP50": float(judged.stats[1]), "memory_mb": _peak_mb()}


def supervision(folder: Path) -> dict[str, Any]:
    """Seconds of supervision's mean average precision, AP and memory."""
    import supervision as sv
    from supervision.metrics import MeanAveragePrecision

    predictions, truths, items = _boxes(folder)
    found: dict[str, Any] = {}
    with timed(found, "read"):
        sides = [list(_detections(sv, boxes, items)) for boxes in (predictions, truths)]
    with timed(found, "the twelve numbers of COCO"):
        told = MeanAveragePrecision().update(*sides).compute()
    return found | {"AP": float(told.map50_95), "AP50": float(told.map50), "memory_mb": _peak_mb()}


def _detections(sv: Any, boxes: Boxes, items: int) -> Iterator[Any]:
    ends = np.searchsorted(boxes["item"], np.arange(items + 1))
    for begin, end in itertools.pairwise(ends):
        score = {"confidence": boxes["score"][begin:end]} if "score" in boxes else {}
        yield sv.Detections(xyxy=boxes["box"][begin:end], class_id=boxes["label"][begin:end], **score)


def _rows(boxes: Boxes) -> Iterator[dict[str, Any]]:
    low, high = boxes["box"][:, :2], boxes["box"][:, 2:]
    columns = [boxes["item"].tolist(), boxes["label"].tolist(), np.concatenate([low, high - low], axis=1).tolist()]
    scores = boxes["score"].tolist() if "score" in boxes else [None] * len(low)
    for item, label, box, score in zip(*columns, scores, strict=True):
        row = {"image_id": item, "category_id": label, "bbox": box, "area": box[2] * box[3]}
        yield row if score is None else row | {"score": score}


def _boxes(folder: Path) -> tuple[Boxes, Boxes, int]:
    with np.load(folder / "boxes.npz") as content:
        sides = [
            {name.split(".")[1]: content[name] for name in content.files if name.startswith(side)}
            for side in ("predictions", "truths")
        ]
        return sides[0], sides[1], int(content["items"])


@contextlib.contextmanager
def timed(found: dict[str, Any], name: str) -> Iterator[None]:
    """Puts the seconds of its block under a name: by the clock, and of the processor, which others do not lengthen."""
    began, busy = time.perf_counter(), time.process_time()
    yield
    found[name] = [time.perf_counter() - began, time.process_time() - busy]


def _peak_mb() -> float:
    """The most that this process took so far, by Linux: `getrusage` would count what its parent took too."""
    told = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    return int(told.split()[0]) / 1024


KINDS = {
    "mediastore, first": ours,
    "mediastore, again": ours,
    "faster-coco-eval": faster_coco_eval,
    "pycocotools": pycocotools,
    "supervision": supervision,
}


def main() -> None:
    """Write the store, run every measurement, print tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--predictions", type=int, default=1_000_000)
    options.add_argument("--truths", type=int, default=200_000)
    options.add_argument("--items", type=int, default=20_000)
    options.add_argument("--only", nargs="*", default=list(KINDS))
    options.add_argument("--limit", type=float, default=1800, help="seconds by the clock that each may take")
    options.add_argument("--measure", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.measure:
        print(json.dumps(KINDS[given.measure[0]](Path(given.measure[1]))))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        predictions, truths = made(given.items, given.predictions, given.truths)
        write_store(folder / "store", given.items, predictions, truths)
        named = {f"predictions.{name}": values for name, values in predictions.items()}
        named |= {f"truths.{name}": values for name, values in truths.items()}
        np.savez(folder / "boxes.npz", items=given.items, **named)
        print(f"{given.predictions:,} predictions, {given.truths:,} truths, {given.items:,} items, {LABELS} labels\n")
        for name in given.only:
            _show(name, _measured(name, _place(name, folder), given.limit))


def _place(name: str, folder: Path) -> Path:
    return folder / "store" if name.startswith("mediastore") else folder


def _measured(name: str, folder: Path, limit_s: float) -> dict[str, Any] | None:
    command = [sys.executable, __file__, "--measure", name, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit_s)
    except subprocess.TimeoutExpired:
        print(f"{name}: not done after {limit_s:.0f} s\n", flush=True)
        return None
    if done.returncode:
        print(f"{name}: {done.stderr.strip().splitlines()[-1]}\n", flush=True)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def _show(name: str, found: dict[str, Any] | None) -> None:
    if found is None:
        return
    package = name.split(",")[0]
    print(f"### {name} ({importlib.metadata.version(package)})\n")
    print("| what | by the clock | of the processor |\n|---|---|---|")
    for what, value in found.items():
        if isinstance(value, list):
            cells = [f"{seconds:.2f} s" for seconds in value]
        else:
            cells = [f"{value:,.0f} MB" if what.endswith("_mb") else f"{value:.6f}", ""]
        print(f"| {what.removesuffix('_mb')} | {' | '.join(cells)} |")
    print(flush=True)


if __name__ == "__main__":
    main()
