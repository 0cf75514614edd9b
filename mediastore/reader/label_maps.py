"""Label maps of items, read from the files beside their sidecars."""

import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mediastore.analysis.segmentation import LabelMap, Segmentation, count_pixels
from mediastore.decoders import DECODERS
from mediastore.errors import MediaStoreError
from mediastore.naming import encode_key, encode_part

_PLACE = ["project", "run", "key", "step", "index", "path", "sample"]
Record = Mapping[str, Any]


def compare(root: Path, records: Sequence[Record], layers: tuple[str, str]) -> Segmentation:
    """The label maps of both layers, of every record that has them."""
    kept, maps, left_out = [], [], []
    for record in records:
        try:
            both = [label_map(root, record, layer) for layer in layers]
            if both[0][0].shape != both[1][0].shape:
                raise MediaStoreError(f"maps must have one shape, got {both[0][0].shape} and {both[1][0].shape}")
        except MediaStoreError as error:
            left_out.append(f"{record['key']} at step {record['step']}, index {record.get('index', 0)}: {error}")
            continue
        kept.append(record)
        maps.append(both)
    labels = tuple(sorted({label for both in maps for _, classes in both for label in classes.values()}))
    side = len(labels) + 1
    pixels = np.zeros((len(kept), side, side), np.int64)
    for row, (predicted, truth) in enumerate(maps):
        pixels[row] = count_pixels(truth, predicted, labels)
    where = [[record.get(name) for name in _PLACE] for record in kept]
    return Segmentation(pd.DataFrame(where, columns=_PLACE), labels, pixels, tuple(left_out))


def label_map(root: Path, record: Record, layer: str) -> LabelMap:
    """The label map of one layer. Raises MediaStoreError when there is none, or its file cannot be read."""
    found = [one for one in record.get("annotations") or () if one.get("layer") == layer and one.get("mask_file")]
    if len(found) != 1:
        raise MediaStoreError(f"layer {layer!r} must have one label map, got {len(found)}")
    path = _path(record, str(found[0]["mask_file"]))
    return DECODERS.label_map(root / path), _classes(found[0].get("classes"))


def _classes(given: Any) -> dict[int, str]:
    try:
        return {int(value): str(label) for value, label in dict(given).items()}
    except (TypeError, ValueError) as error:
        raise MediaStoreError(f"classes must be labels by integer, got {str(given)[:80]!r}") from error


def _path(record: Record, name: str) -> str:
    """A file named relative to the record's sidecar, relative to the root; it must not leave the run's media."""
    media = f"{encode_part(record['project'])}/{encode_part(record['run'])}/media"
    path = posixpath.normpath(f"{media}/{encode_key(record['key'])}/{name}")
    if "\\" in name or "\0" in name or not path.startswith(f"{media}/"):
        raise MediaStoreError(f"a label map must lie among its run's media, got {name!r}")
    return path
