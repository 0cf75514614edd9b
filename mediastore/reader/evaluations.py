"""Questions about right and wrong: a run's predictions against the truth that was logged with them."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
from mediastore.reader.compared import PREDICTIONS, TRUTH, Asked, Compared, rows_of_step
from mediastore.reader.conditions import Conditions
from mediastore.reader.filters import Filters
from mediastore.reader.live import Live, Marks

KEPT = 4
GEOMETRIES = {
    "box": ("box",),
    "mask": ("mask", "polygon"),
    "keypoints": ("keypoints",),
    "span": ("span",),
    "label": ("label",),
}
_COLUMNS = "id frame position label score x0 y0 x1 y1 area crowd ignored".split()


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
        if max_detections is not None and max_detections < 1:
            raise MediaStoreValueError(f"max_detections must be 1 or more, got {max_detections!r}; None is COCO's")
        asked = Asked(key, run, step, (predictions, truth), geometry, max_detections, filters)
        return self._again(self._evaluate_at_once, asked)

    def _evaluate_at_once(self, asked: Asked) -> Evaluation:
        if known := self._known(asked, self.version):
            return known
        with self._one_state() as (version, marks):
            return self._evaluate(asked, version, marks)

    def _known(self, asked: Asked, version: str) -> Evaluation | None:
        name = f"{version} {asked!r}"
        with self._lock:
            if name in self._evaluations:
                self._evaluations.move_to_end(name)
            return self._evaluations.get(name)

    def _compare_at_once(self, asked: Asked) -> Compared:
        with self._one_state() as (_, marks):
            return self._compared_items(asked, marks)

    @contextmanager
    def _one_state(self) -> Iterator[tuple[str, Marks]]:
        """All that is asked inside is answered from one state of the store: its version, and how far runs were read."""
        with ExitStack() as stack:
            with self._lock:
                stack.enter_context(self._database.pinned())
                version, marks = self.version, self._live.marks()
            yield version, marks

    def _evaluate(self, asked: Asked, version: str, marks: Marks) -> Evaluation:
        if known := self._known(asked, version):
            return known
        compared = self._compared_items(asked, marks)
        usual = MOST_KEYPOINTS if compared.geometry == "keypoints" else MOST
        found = _evaluation(compared, asked.layers, asked.max_detections or usual)
        with self._lock:
            return _kept(self._evaluations, f"{version} {asked!r}", found)

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

    def _compared_items(self, asked: Asked, marks: Marks) -> Compared:
        whole = Filters(key=asked.key, run=asked.run)
        items = self._evaluated_items(whole)
        if items.empty:
            raise NotFoundError(
                f"key must be one that was logged, got {asked.key!r} for {asked.run or 'any run'}; see store.keys()"
            )
        chosen = asked.geometry or self._usual_geometry(whole, asked.layers)
        if chosen not in GEOMETRIES:
            raise MediaStoreValueError(f"geometry must be one of {', '.join(GEOMETRIES)}, got {chosen!r}; choose one")
        parts = [
            self._compared(folder, marks.of(folder), rows, asked.key, asked.layers, chosen)
            for folder, rows in items.groupby("folder", sort=False)
        ]
        wanted = rows_of_step(items, asked.step)
        if asked.filters:
            accepted = self._evaluated_items(Filters(key=asked.key, run=asked.run, **asked.filters))
            wanted = wanted & items["id"].isin(accepted["id"]).to_numpy()
        return Compared(chosen, joined(parts), items, np.flatnonzero(wanted))

    def _fill_views_of(self, query: str) -> None:
        """Make the rows of `matches` and its like that a query is about to ask for, where they are not there yet."""
        wanted = views.named_in(query)
        if not wanted:
            return
        with self._filling:
            self._again(self._fill_views, wanted)

    def _fill_views(self, wanted: Iterable[str]) -> None:
        with self._one_state() as (version, marks):
            there = set()
            for (project, run), keys in self.evaluable().groupby(["project", "run"])["key"]:
                ref = f"{project}/{run}"
                folder = self._evaluated_items(Filters(run=ref, key=keys.iloc[0])).iloc[0]["folder"]
                there.add(folder)
                mark = marks.of(folder)
                for view in wanted:
                    if self._filled.get((view, folder)) != mark:
                        found = ((key, self._evaluate(Asked(key, ref), version, marks)) for key in keys)
                        self._database.fill(
                            view, folder, (views.MAKERS[view](one).assign(key=key) for key, one in found)
                        )
                        self._filled[view, folder] = mark
            for view, folder in [(view, folder) for view, folder in self._filled if folder not in there]:
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
        self, folder: str, mark: str, items: pd.DataFrame, key: str, layers: tuple[str, str], geometry: str
    ) -> Comparison:
        """What was kept of this run and key, in memory or on disk, else made anew."""
        path = comparisons.file_of(self.root / folder, folder, mark, key, layers, geometry)
        with self._lock:
            if known := self._comparisons.get(str(path)):
                self._comparisons.move_to_end(str(path))
                return known
        found = comparisons.load(path, len(items))
        if found is None:
            found = self._made(items, key, layers, geometry)
            if (self.root / folder).is_dir():  # not where the run was removed meanwhile
                comparisons.keep(path, found)
        with self._lock:
            return _kept(self._comparisons, str(path), found)

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
