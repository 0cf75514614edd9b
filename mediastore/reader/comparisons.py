"""Predictions and truths of one run and key as arrays, with their overlaps, kept beside the index.

The file of a comparison is named by a digest of all that it was made from. It appears whole or not at all, may be
deleted at any time, and the oldest ones are, when there are more than a few.
"""

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediastore import files
from mediastore.analysis import overlap
from mediastore.analysis.objects import Comparison, Objects, Pairs

VERSION = 4
PLACE = "index/overlaps"
KEPT_FILES = 8
KEPT_BYTES = 2**30
Columns = dict[str, NDArray[Any]]


def file_of(folder: Path, *made_from: Any) -> Path:
    """Where the comparison that was made from this stands."""
    said = json.dumps([VERSION, overlap.FLOOR, *made_from]).encode()
    return folder / PLACE / f"{hashlib.blake2b(said, digest_size=16).hexdigest()}.npz"


def load(path: Path, items: int) -> Comparison | None:
    """What was kept, if it is whole."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            labels = tuple(json.loads(content["labels"].tobytes()))
            sides = [_objects(content, side) for side in ("predictions", "truths")]
            pairs = Pairs(*(_wide(content[f"pairs.{name}"]) for name in Pairs.__slots__))
            number, unscored = (int(one) for one in content["counts"])
    except (OSError, ValueError, KeyError, EOFError, IndexError, TypeError, MemoryError, zipfile.BadZipFile):
        return None
    found = Comparison(labels, np.zeros(items, np.int64), 1, *sides, pairs, unscored)
    return found if number == items and _is_sound(found, items) else None


def keep(path: Path, comparison: Comparison) -> None:
    """Write it under its name; a folder that cannot be written is left as it is."""
    content = {"labels": np.frombuffer(json.dumps(comparison.labels).encode(), np.uint8)}
    content["counts"] = np.array([len(comparison.group), comparison.unscored])
    for side in ("predictions", "truths"):
        objects = getattr(comparison, side)
        content |= {f"{side}.{field.name}": _narrow(getattr(objects, field.name)) for field in fields(Objects)}
    content |= {f"pairs.{name}": _narrow(getattr(comparison.pairs, name)) for name in Pairs.__slots__}
    written = io.BytesIO()
    np.savez(written, **content)
    with contextlib.suppress(OSError):
        files.write(path, written.getvalue())
        _clear(path)


def make(
    labels: list[str],
    items: int,
    predictions: Columns,
    truths: Columns,
    measure: Callable[[Objects, Objects, NDArray, NDArray], Pairs] = lambda found, asked, *_: overlap.overlapping(
        found, asked
    ),
) -> Comparison:
    """Put columns in order and find what overlaps.

    The columns are item, frame, position, label, score, area (NaN where it was not given), x0, y0, x1, y1, crowd,
    ignored; pixels is the area of what is no box. measure: makes the pairs, from both sides in order and the rows of
    the columns that they came from; by default from the overlap of boxes.
    """
    of_prediction, of_truth = _places(predictions, truths)
    rows = np.lexsort((predictions["position"], predictions["item"], -_ranked(predictions["score"])))
    found = _ordered(predictions, of_prediction, rows, with_given_area=False)
    columns = np.lexsort((truths["position"], of_truth))
    asked = _ordered(truths, of_truth, columns, with_given_area=True)
    pairs, unscored = measure(found, asked, rows, columns), int(np.isnan(predictions["score"]).sum())
    return Comparison(tuple(labels), np.zeros(items, np.int64), 1, found, asked, pairs, unscored)


def _ranked(score: NDArray) -> NDArray:
    """Predictions without a score stand as if they were certain."""
    return np.where(np.isnan(score), 1.0, score)


def _places(predictions: Columns, truths: Columns) -> tuple[NDArray, NDArray]:
    sides = predictions, truths
    if all((side["frame"] < 0).all() for side in sides):
        return predictions["item"], truths["item"]
    code = np.concatenate([side["item"] * 2**32 + side["frame"] + 1 for side in sides])
    place = np.unique(code, return_inverse=True)[1]
    return place[: len(predictions["item"])], place[len(predictions["item"]) :]


def _ordered(columns: Columns, place: NDArray, order: NDArray, with_given_area: bool) -> Objects:
    box = np.stack([columns[name] for name in ("x0", "y0", "x1", "y1")], axis=1)[order]
    area = columns["pixels"][order] if "pixels" in columns else (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
    given = columns["area"][order]
    nothing = np.zeros(len(order), dtype=bool)
    return Objects(
        columns["item"][order],
        place[order],
        columns["label"][order],
        np.full(len(order), np.nan) if with_given_area else _ranked(columns["score"])[order],
        np.where(np.isnan(given), area, given) if with_given_area else area,
        columns["position"][order],
        box,
        columns["crowd"][order] if with_given_area else nothing,
        (columns["crowd"] | columns["ignored"])[order] if with_given_area else nothing,
    )


def _is_sound(comparison: Comparison, items: int) -> bool:
    """Whether every number that points somewhere points to something."""
    pairs, sides = comparison.pairs, (comparison.predictions, comparison.truths)
    pointers = [(pairs.prediction, len(sides[0])), (pairs.truth, len(sides[1]))]
    pointers += [(side.item, items) for side in sides] + [(side.label, len(comparison.labels)) for side in sides]
    lengths = [{len(getattr(side, field.name)) for field in fields(Objects)} for side in sides]
    lengths.append({len(getattr(pairs, name)) for name in Pairs.__slots__})
    return all(len(found) == 1 for found in lengths) and all(
        not len(array) or (0 <= int(array.min()) and int(array.max()) < end) for array, end in pointers
    )


def _objects(content: Any, side: str) -> Objects:
    return Objects(*(_wide(content[f"{side}.{field.name}"]) for field in fields(Objects)))


def _narrow(array: NDArray) -> NDArray:
    return array.astype(np.int32) if array.dtype == np.int64 else array


def _wide(array: NDArray) -> NDArray:
    return array.astype(np.int64) if array.dtype == np.int32 else array


def _clear(newest: Path) -> None:
    """Remove the oldest files where there are too many."""
    found = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in newest.parent.glob("*.npz"))
    total = sum(size for _, size, _ in found)
    for _, size, path in found:
        if path == newest or (len(found) <= KEPT_FILES and total <= KEPT_BYTES):
            continue
        files.remove(path)
        found, total = found[1:], total - size
