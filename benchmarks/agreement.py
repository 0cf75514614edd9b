"""The numbers of an evaluation beside pycocotools', epoch by epoch of the demo's real training: a table for the docs.

`python benchmarks/agreement.py`; faster-coco-eval is compared too where it is installed.
"""

import contextlib
import importlib.util
import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mediastore
from mediastore.demo import blood_cells

TWELVE = "AP AP50 AP75 AP_small AP_medium AP_large AR_1 AR_10 AR_100 AR_small AR_medium AR_large".split()
JUDGES = {"pycocotools": ("pycocotools.coco", "pycocotools.cocoeval", "COCOeval")}
JUDGES["faster-coco-eval"] = ("faster_coco_eval", "faster_coco_eval", "COCOeval_faster")


def judged(name: str, boxes: pd.DataFrame, labels: tuple[str, ...]) -> dict[str, float]:
    """COCO's twelve numbers and the AP of each label."""
    home, eval_home, eval_name = JUDGES[name]
    coco, judge = importlib.import_module(home).COCO, getattr(importlib.import_module(eval_home), eval_name)
    rows = [_row(one, labels) for one in boxes.to_dict("records")]
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco()
        truth.dataset = {
            "images": [{"id": item, "width": 640, "height": 480} for item in sorted(boxes["index"].unique().tolist())],
            "annotations": [row | {"id": at, "iscrowd": 0} for at, (row, found) in enumerate(rows, 1) if not found],
            "categories": [{"id": at, "name": label} for at, label in enumerate(labels)],
        }
        truth.createIndex()
        result = judge(truth, truth.loadRes([row for row, found in rows if found]), "bbox")
        result.evaluate()
        result.accumulate()
        result.summarize()
    told = dict(zip(TWELVE, [float(value) for value in result.stats[:12]], strict=True))
    precision = result.eval["precision"]
    for at, label in enumerate(labels):
        told[f"AP {label}"] = float(np.mean(precision[:, :, at, 0, 2]))
    return told


def _row(box: dict[str, Any], labels: tuple[str, ...]) -> tuple[dict[str, Any], bool]:
    width, height = box["x1"] - box["x0"], box["y1"] - box["y0"]
    row = {"image_id": box["index"], "category_id": labels.index(box["label"]), "area": width * height}
    found = box["layer"] == "predictions"
    return row | {"bbox": [box["x0"], box["y0"], width, height]} | ({"score": box["score"]} if found else {}), found


def main() -> None:
    """Replay the training, evaluate it by each, print a table."""
    known = [name for name, (home, *_) in JUDGES.items() if importlib.util.find_spec(home.split(".")[0])]
    with tempfile.TemporaryDirectory() as place:
        with mediastore.init(project="agreement", dir=Path(place)) as run:
            for _ in blood_cells.replay(run):
                pass
        store = mediastore.Store(place)
        evaluation = store.evaluate(blood_cells.KEY)
        print(
            "| step | predictions | AP | AP50 | " + " | ".join(f"largest difference to {name}" for name in known) + " |"
        )
        print("|---" * (4 + len(known)) + "|")
        for step in evaluation.groups["step"].tolist():
            part = evaluation.at(step=step)
            ours = part.summary().iloc[0][TWELVE].astype(float).to_dict()
            ours |= {f"AP {row.label}": row.AP for row in part.by_label().itertuples()}
            boxes = store.annotations(key=blood_cells.KEY, step=step, sort="index")
            cells = [f"{step}", f"{len(part.comparison.predictions):,}", f"{ours['AP']:.6f}", f"{ours['AP50']:.6f}"]
            for name in known:
                theirs = judged(name, boxes, part.labels)
                cells.append(f"{max(abs(ours[number] - theirs[number]) for number in ours):.1e}")
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
