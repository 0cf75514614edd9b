"""Charts from a table or from predictions: `plot.line(table, "step", "loss")`. Logged as a figure and its table.

The figures are dictionaries that plotly.js draws; plotly itself is not needed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mediastore.documents import Plotly
from mediastore.errors import MediaStoreError, MediaStoreValueError
from mediastore.plain import plain
from mediastore.rates import average_precision, precision_recall, roc
from mediastore.tables import Table
from mediastore.tensors import to_array

Trace = dict[str, Any]
POINTS_MAX = 1000


class Chart(Plotly):
    """A figure with the table that it was drawn from, which is logged as `<key>_table`."""

    def __init__(self, traces: list[Trace], table: Table, *, title: str | None, x: str, y: str, **layout: Any) -> None:
        axes = {"xaxis": {"title": {"text": x}}, "yaxis": {"title": {"text": y}}}
        super().__init__({"data": traces, "layout": {"title": {"text": title or ""}} | axes | layout})
        self.companions["table"] = table


def line(table: Table, x: str, y: str, stroke: str | None = None, title: str | None = None, **more: Any) -> Chart:
    """A line through two columns, in the order of x; stroke: a column that tells several lines apart."""
    names = [None] * len(table) if stroke is None else table.get_column(stroke)
    traces = []
    for name in dict.fromkeys(names):
        rows = [row for row, found in enumerate(names) if found == name]
        points = sorted(_points(table, x, y, rows), key=lambda point: (point[0] is None, point[0]))
        traces.append(_trace("lines", [p[0] for p in points], [p[1] for p in points], name))
    return Chart(traces, table, title=title, x=x, y=y)


def scatter(table: Table, x: str, y: str, title: str | None = None, **more: Any) -> Chart:
    """Points of two columns."""
    points = _points(table, x, y, range(len(table)))
    return Chart([_trace("markers", [p[0] for p in points], [p[1] for p in points])], table, title=title, x=x, y=y)


def bar(table: Table, label: str, value: str, title: str | None = None, **more: Any) -> Chart:
    """A bar a row."""
    trace = {"type": "bar", "x": plain(table.get_column(label)), "y": plain(table.get_column(value))}
    return Chart([trace], table, title=title, x=label, y=value)


def histogram(table: Table, value: str, title: str | None = None, **more: Any) -> Chart:
    """How often the values of a column fall into bins."""
    trace = {"type": "histogram", "x": plain(table.get_column(value))}
    return Chart([trace], table, title=title, x=value, y="count")


def line_series(
    xs: Any,
    ys: Sequence[Any],
    keys: Sequence[Any] | None = None,
    title: str | None = None,
    xname: str = "x",
    **more: Any,
) -> Chart:
    """Several lines: ys holds one list a line, xs one list for all or one a line, keys their names."""
    ys = [plain(list(entry)) for entry in ys]
    is_shared = not len(xs) or np.ndim(xs[0]) == 0
    each = [plain(list(xs))] * len(ys) if is_shared else [plain(list(entry)) for entry in xs]
    names = [str(key) for key in keys] if keys is not None else [f"line {number}" for number in range(len(ys))]
    if not len(each) == len(ys) == len(names):
        raise MediaStoreValueError(
            f"line_series must have as many xs and keys as ys, got {len(each)}, {len(names)} and "
            f"{len(ys)}; pass the rest"
        )
    lines = list(zip(each, ys, names, strict=True))
    table = Table(
        [xname, "y", "key"], [[x, y, name] for across, up, name in lines for x, y in zip(across, up, strict=False)]
    )
    return Chart([_trace("lines", *parts) for parts in lines], table, title=title, x=xname, y="y")


def pr_curve(
    y_true: Any,
    y_probas: Any,
    labels: Sequence[str] | None = None,
    classes_to_plot: Any = None,
    title: str | None = None,
    **more: Any,
) -> Chart:
    """Precision over recall, one line a class, from true classes and scores of shape (N, classes)."""
    traces, rows = [], []
    for name, hits, scores in _by_class(y_true, y_probas, labels, classes_to_plot):
        precision, recall = (_thinned(part) for part in precision_recall(hits, scores))
        area = average_precision(hits, scores)
        traces.append(_trace("lines", recall, precision, f"{name} (AP {area:.2f})"))
        rows += [[name, precise, found] for precise, found in zip(precision, recall, strict=True)]
    table = Table(["class", "precision", "recall"], rows)
    return Chart(traces, table, title=title or "Precision and recall", x="recall", y="precision")


def roc_curve(
    y_true: Any,
    y_probas: Any,
    labels: Sequence[str] | None = None,
    classes_to_plot: Any = None,
    title: str | None = None,
    **more: Any,
) -> Chart:
    """True over false positive rate, one line a class, from true classes and scores of shape (N, classes)."""
    traces, rows = [], []
    for name, hits, scores in _by_class(y_true, y_probas, labels, classes_to_plot):
        false_rate, true_rate = roc(hits, scores)
        area = float(np.trapezoid(true_rate, false_rate))
        across, up = _thinned(false_rate), _thinned(true_rate)
        traces.append(_trace("lines", across, up, f"{name} (area {area:.2f})"))
        rows += [[name, x, y] for x, y in zip(across, up, strict=True)]
    return Chart(
        traces,
        Table(["class", "fpr", "tpr"], rows),
        title=title or "ROC",
        x="false positive rate",
        y="true positive rate",
    )


def confusion_matrix(
    probs: Any = None,
    y_true: Any = None,
    preds: Any = None,
    class_names: Sequence[str] | None = None,
    title: str | None = None,
    **more: Any,
) -> Chart:
    """Counts of predicted by true class, from class numbers (or names), or from scores of shape (N, classes)."""
    if y_true is None or (probs is None) == (preds is None):
        raise MediaStoreValueError("confusion_matrix must have y_true and either preds or probs, got others; pass them")
    truth = to_array(y_true)
    found = to_array(preds) if preds is not None else to_array(probs).argmax(axis=1)
    if truth.shape != found.shape:
        raise MediaStoreValueError(
            f"preds must be one a true class, got {found.shape} for {truth.shape}; pass both whole"
        )
    named = dict(enumerate(str(name) for name in class_names or ()))
    classes = list(dict.fromkeys([*named, *np.union1d(truth, found).tolist()]))
    names = [named.get(entry, str(entry)) for entry in classes]
    at = {entry: position for position, entry in enumerate(classes)}
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for true, predicted in zip(truth.tolist(), found.tolist(), strict=True):
        counts[at[true], at[predicted]] += 1
    rows = [[names[i], names[j], int(counts[i, j])] for i in range(len(names)) for j in range(len(names))]
    trace = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": counts.tolist(),
        "texttemplate": "%{z}",
        "colorscale": "Blues",
    }
    table = Table(["Actual", "Predicted", "nPredictions"], rows)
    return Chart([trace], table, title=title or "Confusion", x="Predicted", y="Actual")


def plot_table(vega_spec_name: str, data_table: Table, fields: Mapping[str, Any], **more: Any) -> Chart:
    """Always raises MediaStoreError: a Vega chart of wandb's server cannot be drawn here."""
    raise MediaStoreError(f"plot_table must name no Vega chart, got {vega_spec_name!r}; use plot.line, scatter or bar")


def _points(table: Table, x: str, y: str, rows: Any) -> list[tuple[Any, Any]]:
    across, up = plain(table.get_column(x)), plain(table.get_column(y))
    return [(across[row], up[row]) for row in rows]


def _trace(mode: str, x: Any, y: Any, name: Any = None) -> Trace:
    named = {} if name is None else {"name": str(name)}
    return {"type": "scatter", "mode": mode, "x": plain(x), "y": plain(y)} | named


def _by_class(
    y_true: Any, y_probas: Any, labels: Sequence[str] | None, chosen: Any
) -> list[tuple[str, NDArray[np.bool_], NDArray[np.float64]]]:
    truth, scores = to_array(y_true), to_array(y_probas).astype(np.float64)
    if scores.ndim == 1:
        scores = np.stack([1 - scores, scores], axis=1)
    if scores.ndim != 2 or len(truth) != len(scores) or not len(truth):
        raise MediaStoreValueError(
            f"y_probas must have shape (N, classes) for N true classes, got {scores.shape} for {truth.shape}; "
            "pass both whole"
        )
    classes = np.unique(truth).tolist() if truth.dtype.kind in "OUS" else list(range(scores.shape[1]))
    names = [str(name) for name in labels] if labels is not None else [str(entry) for entry in classes]
    return [
        (names[number] if number < len(names) else str(entry), truth == entry, scores[:, number])
        for number, entry in enumerate(classes)
        if (chosen is None or entry in chosen) and bool((truth == entry).any())
    ]


def _thinned(values: NDArray[np.float64]) -> list[float]:
    """At most a thousand of them, evenly chosen, the ends included."""
    if len(values) <= POINTS_MAX:
        return values.tolist()
    return values[np.linspace(0, len(values) - 1, POINTS_MAX).round().astype(int)].tolist()
