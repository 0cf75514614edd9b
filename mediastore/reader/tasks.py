"""Questions about tasks that are no detection: labels of whole items, label maps, tracks."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mediastore.analysis.classification import Classification
from mediastore.analysis.evaluation import IOU
from mediastore.analysis.segmentation import Segmentation, error_picture
from mediastore.analysis.tracking import Tracks
from mediastore.reader import label_maps, sql
from mediastore.reader.conditions import Conditions
from mediastore.reader.evaluations import PREDICTIONS, TRUTH, Evaluations
from mediastore.reader.filters import Filters


class Tasks(Evaluations):
    """The part of a store that judges classification, segmentation and tracking."""

    def classify(
        self,
        key: str,
        *,
        run: Any = None,
        step: int | tuple[int | None, int | None] | str | None = None,
        predictions: str = PREDICTIONS,
        truth: str = TRUTH,
        **filters: Any,
    ) -> Classification:
        """Predicted labels of whole items against their true ones; arguments as in `evaluate`."""
        comparison, items, rows = self._compared_items(key, run, step, (predictions, truth), "label", filters)
        return Classification.of(comparison.of_items(rows, np.zeros(len(rows), np.int64), 1), items.iloc[rows])

    def segmentation(
        self, key: str, *, predictions: str = PREDICTIONS, truth: str = TRUTH, **filters: Any
    ) -> Segmentation:
        """The label maps of both layers, pixel by pixel, of the items that `Filters(key=key, **filters)` accepts."""
        return label_maps.compare(self.root, self.records(key=key, **filters), (predictions, truth))

    def segmentation_errors(
        self, record: Mapping[str, Any], *, predictions: str = PREDICTIONS, truth: str = TRUTH
    ) -> np.ndarray:
        """Where an item's label maps differ, uint8 (height, width): 0 right or without truth, 1 wrong, 2 at a border.

        record: one of `records`. Raises MediaStoreError where it lacks a map.
        """
        true, taken = (label_maps.label_map(self.root, record, layer) for layer in (truth, predictions))
        return error_picture(true, taken)

    def tracks(
        self, key: str, *, iou: float = IOU, predictions: str = PREDICTIONS, truth: str = TRUTH, **filters: Any
    ) -> Tracks:
        """Tracks of boxes over frames against true ones, of the items that `Filters(key=key, **filters)` accepts."""
        sides = (self._tracked(key, layer, filters) for layer in (truth, predictions))
        return Tracks.of(*sides, iou)

    def _tracked(self, key: str, layer: str, filters: Mapping[str, Any]) -> pd.DataFrame:
        conditions = Conditions()
        where = conditions.of_annotations(Filters(**{**filters, "key": key, "layer": layer, "type": "box"}))
        return self._frame(sql.text("tracked_boxes").format(conditions=where), conditions.values)
