"""Questions about tasks that are no detection: labels of whole items, label maps, tracks, transcripts."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mediastore.analysis.classification import Classification
from mediastore.analysis.evaluation import IOU
from mediastore.analysis.segmentation import Segmentation, error_picture, label_errors
from mediastore.analysis.tracking import Tracks
from mediastore.analysis.transcription import Transcripts
from mediastore.reader import label_maps, sql
from mediastore.reader.asking import at_once
from mediastore.reader.compared import PREDICTIONS, TRUTH, Asked
from mediastore.reader.conditions import Conditions
from mediastore.reader.evaluations import Evaluations
from mediastore.reader.filters import Filters


class Tasks(Evaluations):
    """The part of a store that judges classification, segmentation, tracking and transcription."""

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
        asked = Asked(key, run, step, (predictions, truth), "label", filters=filters)
        compared = self._again(self._compare_at_once, asked)
        group = np.zeros(len(compared.rows), np.int64)
        return Classification.of(compared.comparison.of_items(compared.rows, group, 1), compared.wanted)

    def segmentation(
        self, key: str, *, predictions: str = PREDICTIONS, truth: str = TRUTH, **filters: Any
    ) -> Segmentation:
        """The label maps of both layers, pixel by pixel, of the items that `Filters(key=key, **filters)` accepts."""
        return label_maps.compare(self.root, self.records(key=key, **filters), (predictions, truth))

    def segmentation_errors(
        self,
        record: Mapping[str, Any],
        *,
        label: str | None = None,
        predictions: str = PREDICTIONS,
        truth: str = TRUTH,
    ) -> np.ndarray:
        """Where an item's label maps differ, uint8 (height, width): 0 right or without truth, 1 wrong, 2 at a border.

        label: this one's alone: 1 false positive, 2 that at a border, 3 false negative, 4 that at a border. record: one
        of `records`. Raises MediaStoreError where it lacks a map.
        """
        true, taken = (label_maps.label_map(self.root, record, layer) for layer in (truth, predictions))
        return error_picture(true, taken) if label is None else label_errors(true, taken, label)

    @at_once
    def tracks(
        self, key: str, *, iou: float = IOU, predictions: str = PREDICTIONS, truth: str = TRUTH, **filters: Any
    ) -> Tracks:
        """Tracks of boxes over frames against true ones, of the items that `Filters(key=key, **filters)` accepts."""
        sides = (self._tracked(key, layer, filters) for layer in (truth, predictions))
        return Tracks.of(*sides, iou)

    def transcripts(
        self, key: str, *, predictions: str = PREDICTIONS, truth: str = TRUTH, **filters: Any
    ) -> Transcripts:
        """Words said against words heard, of the items that `Filters(key=key, **filters)` accepts.

        The transcript of an item in a layer is the text of its annotations there: of spans by their start, of others
        (a label of the whole item, boxes of read text) in their order.
        """
        conditions = Conditions({"predictions": predictions, "truth": truth})
        where = conditions.of_annotations(Filters(**{**filters, "key": key}))
        rows = self._rows(sql.text("transcripts").format(conditions=where), conditions.values)
        return Transcripts.of([(place, said or "", heard or "") for *place, said, heard in rows])

    def _tracked(self, key: str, layer: str, filters: Mapping[str, Any]) -> pd.DataFrame:
        conditions = Conditions()
        where = conditions.of_annotations(Filters(**{**filters, "key": key, "layer": layer, "type": "box"}))
        return self._frame(sql.text("tracked_boxes").format(conditions=where), conditions.values)
