"""Stores of metrics of any size, made for measuring: the journals that the writer would have written, and no media.

Two shapes, as one store of 200 runs × 50 metrics × 100,000 steps would be a billion values: `WIDE` has few runs of many
metrics, which is what indexing costs a value; `LONG` has many runs of ten metrics, which is what a chart of them costs.
"""

import functools
import json
import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mediastore import sidecar
from mediastore.journal import Journal

BEGAN = 1_795_403_520.0
LINES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Shape:
    """How much a store holds: runs, metrics of each, steps of each metric."""

    runs: int
    metrics: int
    steps: int

    @property
    def values(self) -> int:
        """How many values that are in all."""
        return self.runs * self.metrics * self.steps

    @property
    def names(self) -> list[str]:
        """The names of the metrics."""
        return ["train/loss", "val/mAP50", *(f"layer-{number:02d}/norm" for number in range(2, self.metrics))]


WIDE, LONG = Shape(4, 50, 100_000), Shape(200, 10, 100_000)


def make(root: Path, shape: Shape, *, processes: int = 2) -> None:
    """Write a store of that shape, its runs finished."""
    root.mkdir(parents=True)
    (root / "mediastore.json").write_bytes(sidecar.to_line({"format": sidecar.FORMAT}))
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(functools.partial(_write_run, root, shape), range(shape.runs), chunksize=1)


def _write_run(root: Path, shape: Shape, number: int) -> None:
    folder = root / "bench" / f"20261123-{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}-run-{number:04d}"
    folder.mkdir(parents=True)
    began = BEGAN + number * 3600
    journal = Journal(folder / "metrics", "aaaa")
    fields = ",".join(f'"{name}":%.7g' for name in shape.names)
    template = f'{{"step":%d,"time":%.3f,"values":{{{fields}}}}}\n'
    random = np.random.default_rng(number)
    level = np.zeros(shape.metrics)
    for first in range(0, shape.steps, LINES_AT_ONCE):
        steps = np.arange(first, min(first + LINES_AT_ONCE, shape.steps))
        moves = random.normal(0, 0.01, (len(steps), shape.metrics))
        walk = level + moves.cumsum(axis=0)
        level = walk[-1]
        spikes = (random.random(walk.shape) < 1e-4) * random.normal(0, 3, walk.shape)
        values = walk + spikes + 1 / np.sqrt(steps + 1)[:, None]
        rows = np.column_stack([steps, began + steps * 0.25, values])
        journal.append(((template * len(rows)) % tuple(rows.ravel().tolist())).encode())
    journal.close()
    record = {"format": sidecar.FORMAT, "project": "bench", "run": folder.name, "name": f"run-{number:04d}"}
    record |= {"created": began, "updated": began + shape.steps / 4, "status": "finished", "config": {}, "summary": {}}
    (folder / "run.json").write_text(json.dumps(record), "utf-8")
