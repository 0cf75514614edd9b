"""Questions about right and wrong: a run's predictions against the truth that was logged with them."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mediastore.analysis.changes import Changes
from mediastore.analysis.evaluation import IOU, SCORE, Evaluation
from mediastore.analysis.objects import Comparison, joined
from mediastore.analysis.scores import MOST, MOST_KEYPOINTS
from mediastore.errors import MediaStoreValueError, NotFoundError
from mediastore.reader import comparisons, geometries, sql, views
from mediastore.reader.asking import Asking
from mediastore.reader.conditions import Conditions
from mediastore.reader.filters import Filters
from mediastore.reader.live import Live

PREDICTIONS = "predictions"
TRUTH = "ground_truth"
KEPT = 4
GEOMETRIES = {
    "box": ("box",),
    "mask": ("mask", "polygon"),
    "keypoints": ("keypoints",),
    "span": ("span",),
    "label": ("label",),
}
_COLUMNS = "id frame position label score x0 y0 x1 y1 area crowd ignored".split()


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison of a key in one geometry, all its items, and the numbers of those that are wanted."""

    geometry: str
    comparison: Comparison
    items: pd.DataFrame
    rows: np.ndarray

    @property
    def wanted(self) -> pd.DataFrame:
        """The items that are wanted."""
        return self.items.iloc[self.rows]


class Evaluations(Asking):
    """The part of a store that compares predictions with the truth."""

    _live: Live
    _lock: threading.Lock
    _comparisons: OrderedDict[str, Comparison]
    _evaluations: OrderedDict[str, Evaluation]
    _filled: dict[tuple[str, str], str]
    _filling: threading.Lock

    def evaluate(
        self,
        key: str,
        *,
        run: Any = None,
        step: int | tuple[int | None, int | None] | str | None = None,
        predictions: str = PREDICTIONS,
        truth: str = TRUTH,
        geometry: str | None = None,
        max_detections: int | None = None,
        **filters: Any,
    ) -> Evaluation:
        """Predictions against the truth, of some runs and steps of a key, ready to be asked at any threshold.

        run: ids or `project/run`, None for all. step: one, (first, last), "latest" of each run, None for all.
        predictions, truth: the layers. geometry: box, mask (polygons are filled), keypoints, span or label (of a whole
        item); by default that with the most truths. max_detections: how many predictions of a label in an item count
        towards AP and AR, by default COCO's 100, 20 for keypoints. filters: further ones of items, as `items` takes
        them. The first time a run's key is compared its overlaps are kept beside its index. Raises NotFoundError where
        there are no such items.
        """
        layers = predictions, truth
        if max_detections is not None and max_detections < 1:
            raise MediaStoreValueError(f"max_detections must be 1 or more, got {max_detections!r}; None is COCO's")
        asked = repr((self.version, key, run, step, layers, geometry, max_detections, sorted(filters.items())))
        with self._lock:
            if known := self._evaluations.get(asked):
                self._evaluations.move_to_end(asked)
                return known
        compared = self._compared_items(key, run, step, layers, geometry, filters)
        usual = MOST_KEYPOINTS if compared.geometry == "keypoints" else MOST
        found = _evaluation(compared, layers, max_detections or usual)
        with self._lock:
            return _kept(self._evaluations, asked, found)

    def what_changed(
        self,
        key: str,
        before: tuple[str, int],
        after: tuple[str, int],
        *,
        iou: float = IOU,
        score: float = SCORE,
        **options: Any,
    ) -> Changes:
        """What (run, step) `after` fixed and broke against (run, step) `before`; options as in `evaluate`."""
        older, newer = (self.evaluate(key, run=run, step=step, **options) for run, step in (before, after))
        return newer.against(older, iou, score)

    def evaluable(self, run: Any = None, *, predictions: str = PREDICTIONS, truth: str = TRUTH) -> pd.DataFrame:
        """One row a run and key that has both layers: project, run, key, predictions, truths, first_step, last_step."""
        conditions = Conditions()
        where = conditions.of_annotations(Filters(run=run, layer=(predictions, truth)))
        found = self._frame(sql.text("evaluable").format(conditions=where), conditions.values)
        found["is_truth"] = found["layer"] == truth
        rows = found.groupby(["project", "run", "key", "is_truth"], sort=True).agg(
            annotations=("annotations", "sum"), first_step=("first_step", "min"), last_step=("last_step", "max")
        )
        both = rows.reset_index().pivot(index=["project", "run", "key"], columns="is_truth")
        wanted = {("annotations", False), ("annotations", True)}
        if not wanted <= set(both.columns):
            return pd.DataFrame(columns=["project", "run", "key", "predictions", "truths", "first_step", "last_step"])
        both = both[both["annotations"].notna().all(axis=1)]
        told = pd.DataFrame(
            {
                "predictions": both[("annotations", False)].astype(np.int64),
                "truths": both[("annotations", True)].astype(np.int64),
                "first_step": both["first_step"].min(axis=1).astype(np.int64),
                "last_step": both["last_step"].max(axis=1).astype(np.int64),
            }
        )
        return told.reset_index()

    def _compared_items(
        self, key: str, run: Any, step: Any, layers: tuple[str, str], geometry: str | None, filters: Mapping[str, Any]
    ) -> "Compared":
        whole = Filters(key=key, run=run)
        items = self._evaluated_items(whole)
        if items.empty:
            raise NotFoundError(
                f"key must be one that was logged, got {key!r} for {run or 'any run'}; see store.keys()"
            )
        chosen = geometry or self._usual_geometry(whole, layers)
        if chosen not in GEOMETRIES:
            raise MediaStoreValueError(f"geometry must be one of {', '.join(GEOMETRIES)}, got {geometry!r}; choose one")
        parts = [
            self._compared(folder, rows, key, layers, chosen) for folder, rows in items.groupby("folder", sort=False)
        ]
        wanted = _of_step(items, step)
        if filters:
            accepted = self._evaluated_items(Filters(key=key, run=run, **filters))
            wanted = wanted & items["id"].isin(accepted["id"]).to_numpy()
        return Compared(chosen, joined(parts), items, np.flatnonzero(wanted))

    def _fill_views_of(self, query: str) -> None:
        """Make the rows of `matches` and its like that a query is about to ask for, where they are not there yet."""
        wanted = views.named_in(query)
        if not wanted:
            return
        with self._filling:
            marks: dict[str, str] = {}
            for (project, run), keys in self.evaluable().groupby(["project", "run"])["key"]:
                ref = f"{project}/{run}"
                folder = self._evaluated_items(Filters(run=ref, key=keys.iloc[0])).iloc[0]["folder"]
                marks[folder] = self._mark(folder)
                for view in wanted:
                    if self._filled.get((view, folder)) != marks[folder]:
                        told = (views.MAKERS[view](self.evaluate(key, run=ref)).assign(key=key) for key in keys)
                        self._database.fill(view, folder, told)
                        self._filled[view, folder] = marks[folder]
            for view, folder in [(view, folder) for view, folder in self._filled if folder not in marks]:
                self._database.fill(view, folder, ())
                del self._filled[view, folder]

    def _evaluated_items(self, filters: Filters) -> pd.DataFrame:
        conditions = Conditions()
        where = conditions.of_items(filters)
        return self._frame(sql.text("evaluated_items").format(conditions=where), conditions.values).drop(columns="item")

    def _usual_geometry(self, filters: Filters, layers: tuple[str, str]) -> str:
        conditions = Conditions()
        where = conditions.of_annotations(filters)
        found = self._frame(sql.text("evaluable").format(conditions=where), conditions.values)
        sizes = {
            name: int(found[found["type"].isin(types) & (found["layer"] == layers[1])]["annotations"].sum())
            for name, types in GEOMETRIES.items()
        }
        return max(sizes, key=lambda name: sizes[name])

    def _compared(
        self, folder: str, items: pd.DataFrame, key: str, layers: tuple[str, str], geometry: str
    ) -> Comparison:
        """What was kept of this run and key, in memory or on disk, else made anew."""
        mark = self._mark(folder)
        path = comparisons.file_of(self.root / folder, folder, mark, key, layers, geometry)
        with self._lock:
            if known := self._comparisons.get(str(path)):
                self._comparisons.move_to_end(str(path))
                return known
        found = comparisons.load(path, len(items))
        if found is None:
            found = self._made(items, key, layers, geometry)
            if self._mark(folder) == mark:
                comparisons.keep(path, found)
        with self._lock:
            return _kept(self._comparisons, str(path), found)

    def _mark(self, folder: str) -> str:
        with self._lock:
            return self._live.mark(folder)

    def _made(self, items: pd.DataFrame, key: str, layers: tuple[str, str], geometry: str) -> Comparison:
        where, values = _conditions(items, key)
        query = sql.text("evaluated_labels").format(conditions=where)
        named = values | {"predictions": layers[0], "truth": layers[1]}
        labels = [label for (label,) in self._rows(query, named)]
        order = np.argsort(items["id"].to_numpy())
        sides = [
            self._columns(where, values, layer, geometry, labels, items["id"].to_numpy(), order) for layer in layers
        ]
        return geometries.compare(geometry, labels, items, *sides)

    def _columns(
        self,
        where: str,
        values: dict[str, Any],
        layer: str,
        geometry: str,
        labels: Sequence[str],
        ids: np.ndarray,
        order: np.ndarray,
    ) -> comparisons.Columns:
        types = ", ".join(f"'{name}'" for name in GEOMETRIES[geometry])
        record = geometries.RECORDS.get(geometry, "null")
        query = sql.text("evaluated_annotations").format(conditions=where, types=types, geometry=record)
        found = self._frame(query, values | {"labels": list(labels), "layer_name": layer})
        columns = {name: found[name].to_numpy() for name in _COLUMNS}
        columns["record"] = found["geometry"].to_numpy()
        columns["item"] = order[np.searchsorted(ids, columns.pop("id"), sorter=order)]
        return columns


def _evaluation(compared: Compared, layers: tuple[str, str], max_detections: int) -> Evaluation:
    some = compared.wanted.drop(columns=["id", "folder"]).reset_index(drop=True)
    by_step = some.groupby(["project", "run", "step"], sort=False)
    groups = by_step.size().reset_index(name="items")
    part = compared.comparison.of_items(compared.rows, by_step.ngroup().to_numpy(), len(groups))
    return Evaluation(part, some, groups, layers, max_detections=max_detections)


def _kept(those: OrderedDict[str, Any], name: str, found: Any) -> Any:
    those[name] = found
    while len(those) > KEPT:
        those.popitem(last=False)
    return found


def _conditions(items: pd.DataFrame, key: str) -> tuple[str, dict[str, Any]]:
    conditions = Conditions()
    project, run = items.iloc[0][["project", "run"]]
    return conditions.of_annotations(Filters(run=f"{project}/{run}", key=key)), conditions.values


def _of_step(items: pd.DataFrame, step: Any) -> np.ndarray:
    Filters(step=step)
    if step is None:
        return np.ones(len(items), dtype=bool)
    if step == "latest":
        return (items["step"] == items.groupby(["project", "run"])["step"].transform("max")).to_numpy()
    low, high = step if isinstance(step, tuple) else (step, step)
    lowest, highest = -1 if low is None else low, np.iinfo(np.int64).max if high is None else high
    return items["step"].between(lowest, highest).to_numpy()
