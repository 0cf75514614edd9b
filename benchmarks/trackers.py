"""The same step for every tracker: one 640×480 photograph with ten boxes, and three scalars."""

import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Log = Callable[[int, Pixels], None]
Tracker = tuple[Log, Callable[[], None]]

BOXES = [(20 + 50 * n, 30 + 30 * n, 100 + 50 * n, 110 + 30 * n) for n in range(10)]
LABELS = {0: "cat", 1: "dog"}


def photograph() -> Pixels:
    """A real photograph (scikit-image's coffee) at 640×480."""
    from PIL import Image
    from skimage import data

    return np.asarray(Image.fromarray(data.coffee()).resize((640, 480)))


def scalars(step: int) -> dict[str, float]:
    return {"loss": 1 / (step + 1), "accuracy": step / 1000, "lr": 1e-3}


def mediastore(folder: Path) -> Tracker:
    import mediastore as ms

    run = ms.init(project="bench", dir=folder)

    def log(step: int, pixels: Pixels) -> None:
        boxes = [ms.Box(box, label=LABELS[n % 2], score=0.5 + n / 20) for n, box in enumerate(BOXES)]
        run.log({**scalars(step), "val": ms.Image(pixels, boxes=boxes)}, step=step)

    return log, run.finish


def wandb(folder: Path) -> Tracker:
    os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true"}
    import wandb

    run = wandb.init(project="bench", dir=str(folder))

    def log(step: int, pixels: Pixels) -> None:
        data = [
            {
                "position": {"minX": box[0], "minY": box[1], "maxX": box[2], "maxY": box[3]},
                "domain": "pixel",
                "class_id": n % 2,
                "scores": {"score": 0.5 + n / 20},
            }
            for n, box in enumerate(BOXES)
        ]
        boxes = {"predictions": {"box_data": data, "class_labels": LABELS}}
        run.log({**scalars(step), "val": wandb.Image(pixels, boxes=boxes)}, step=step)

    return log, run.finish


def trackio(folder: Path) -> Tracker:
    os.environ["TRACKIO_DIR"] = str(folder)
    import trackio

    trackio.init(project="bench", embed=False)

    def log(step: int, pixels: Pixels) -> None:
        trackio.log({**scalars(step), "val": trackio.Image(pixels, caption=json.dumps(BOXES))}, step=step)

    return log, trackio.finish


def tensorboardx(folder: Path) -> Tracker:
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(str(folder))
    labels = [LABELS[n % 2] for n in range(10)]

    def log(step: int, pixels: Pixels) -> None:
        for name, value in scalars(step).items():
            writer.add_scalar(name, value, step)
        writer.add_image_with_boxes("val", pixels, np.array(BOXES), step, labels=labels, dataformats="HWC")

    return log, writer.close


def mlflow(folder: Path) -> Tracker:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    mlflow.create_experiment("bench", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment("bench")
    mlflow.start_run()

    def log(step: int, pixels: Pixels) -> None:
        mlflow.log_metrics(scalars(step), step=step)
        mlflow.log_image(pixels, key="val", step=step)
        mlflow.log_dict({"boxes": BOXES}, f"boxes/{step}.json")

    return log, mlflow.end_run


def aim(folder: Path) -> Tracker:
    import aim

    run = aim.Run(repo=str(folder), system_tracking_interval=None)

    def log(step: int, pixels: Pixels) -> None:
        for name, value in scalars(step).items():
            run.track(value, name=name, step=step)
        run.track(aim.Image(pixels, caption=json.dumps(BOXES)), name="val", step=step)

    return log, run.close


def _bound(encode: Callable[[Pixels, Path], None], ending: str) -> Callable[[Path], Tracker]:
    def tracker(folder: Path) -> Tracker:
        pool = ThreadPoolExecutor(2)
        room = threading.Semaphore(64)

        def write(step: int, pixels: Pixels) -> None:
            encode(pixels, folder / f"{step}.{ending}")
            (folder / f"{step}.json").write_text(json.dumps({"step": step, "boxes": BOXES, **scalars(step)}))
            room.release()

        def log(step: int, pixels: Pixels) -> None:
            room.acquire()
            pool.submit(write, step, pixels.copy())

        return log, pool.shutdown

    return tracker


def _png(pixels: Pixels, path: Path) -> None:
    from PIL import Image

    Image.fromarray(pixels).save(path, compress_level=1)


def _webp(pixels: Pixels, path: Path) -> None:
    from PIL import Image

    Image.fromarray(pixels).save(path, lossless=True, method=0, quality=0, exact=True)


TRACKERS: dict[str, Callable[[Path], Any]] = {
    "mediastore": mediastore,
    "wandb offline": wandb,
    "trackio": trackio,
    "tensorboardX": tensorboardx,
    "MLflow": mlflow,
    "Aim": aim,
    "bound: two threads, PNG level 1": _bound(_png, "png"),
    "bound: two threads, lossless WebP": _bound(_webp, "webp"),
}
