"""What metrics cost at scale: to index them, to draw them, to look closer, to draw them over another metric."""

from pathlib import Path

import metric_stores
from measuring import Figures, Row, peak_mb, seconds
from metric_stores import Shape

NAME, OTHER = "train/loss", "val/mAP50"
ROWS: tuple[Row, ...] = (
    ("metrics_index_s", "index all journals, s", ""),
    ("metrics_index_mb", "… memory of that process at its peak, MB", ""),
    ("chart_s", "one metric of every run over steps, first time, s", 1.0),
    ("chart_again_s", "… again, s", 0.5),
    ("few_s", "… of at most 600 points a line, as the app asks, s", 0.5),
    ("third_s", "… a third of the steps, s", 0.5),
    ("zoom_s", "… a fiftieth of the steps, s", 0.5),
    ("elapsed_s", "… over the time since each run began, s", 1.0),
    ("other_s", "… over another metric, s", 2.0),
    ("names_s", "the names of all metrics, s", 0.2),
    ("points", "points of the chart, of at most 2,000 a line", ""),
    ("chart_mb", "memory of the process after all of these, at its peak, MB", 500.0),
)


def index(root: Path) -> Figures:
    """Every run's index from nothing."""
    from mediastore.reader.reindex import forget, reindex, update_all

    forget(root)
    taken = seconds(lambda: update_all(list(reindex(root)), with_strays=False))
    return {"metrics_index_s": taken, "metrics_index_mb": peak_mb()}


def charts(root: Path) -> Figures:
    """What a person asks of the curves of all runs, in one process, as the app does."""
    from mediastore.reader.store import Store

    store = Store(root)
    last = store.sql("select max(step) from metrics").iloc[0, 0]
    figures = {"chart_s": seconds(lambda: store.curves(NAME))}
    figures |= {"chart_again_s": seconds(lambda: store.curves(NAME), 3)}
    figures |= {"few_s": seconds(lambda: store.curves(NAME, points=600), 3)}
    figures |= {"third_s": seconds(lambda: store.curves(NAME, range=(last * 0.4, last * 0.73)), 3)}
    figures |= {"zoom_s": seconds(lambda: store.curves(NAME, range=(last * 0.4, last * 0.42)), 3)}
    figures |= {"elapsed_s": seconds(lambda: store.curves(NAME, x="elapsed"), 3)}
    figures |= {"names_s": seconds(lambda: store.metric_names(run=list(store.runs()["ref"])), 3)}
    figures |= {"other_s": seconds(lambda: store.curves(NAME, x=OTHER))}
    return figures | {"points": float(len(store.curves(NAME).points)), "chart_mb": peak_mb()}


def folder_of(shape: Shape) -> str:
    """What the store of a shape is called."""
    return f"metrics-{shape.runs}x{shape.metrics}x{shape.steps}"


def title(shape: Shape) -> str:
    """How the table names the store of a shape."""
    return f"{shape.runs} runs × {shape.metrics} metrics × {shape.steps:,} steps"


def shapes(steps: int) -> list[Shape]:
    """The stores to measure."""
    return [Shape(shape.runs, shape.metrics, steps) for shape in (metric_stores.WIDE, metric_stores.LONG)]
