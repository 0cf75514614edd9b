"""One picture large, as a plotly figure (a plain dict): the image by URL, its annotations, a legend by label.

Every trace of a label shares a legend group, so that one click in the legend hides or shows all of it. Lines have no
hover of their own in plotly: an invisible marker at each annotation's centre carries label and score.
"""

import html
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from mediastore.draw.colors import is_dark, with_alpha
from mediastore.draw.masks import mask_traces
from mediastore.draw.overlay import Record
from mediastore.draw.shapes import annotation_centre, outline

LINES_MAX = 1000
WIDTH_PX, HEIGHT_MIN_PX, HEIGHT_MAX_PX, HEAD_PX = 760, 300, 720, 34
PLAIN = "#9aa0a6"
TRUTH_LAYERS = frozenset({"ground_truth", "ground truth", "truth", "target", "targets", "gt"})
NOTHING = {"type": "scatter", "x": [None], "y": [None], "hoverinfo": "skip", "showlegend": False}
"""A figure without a single trace is refused by plotly: this one draws nothing."""

Annotation = Mapping[str, Any]


def figure(
    record: Record, annotations: Sequence[Annotation], *, source: str, colors: Mapping[str, str]
) -> dict[str, Any]:
    """The figure of a picture of known width and height, with those annotations of it that are to be seen.

    `source` is the picture's URL; masks that are label maps come with their integers as `map` (height, width).
    """
    width, tall = record["width"], record["height"]
    traces: list[dict[str, Any]] = []
    for label, layer in dict.fromkeys((_label(one), one.get("layer") or "") for one in annotations if _is_drawn(one)):
        members = [one for one in annotations if _label(one) == label and (one.get("layer") or "") == layer]
        traces += _label_traces(label, layer, members, colors)
    traces += mask_traces(annotations, colors, PLAIN)
    return {"data": [*traces, *_legend(traces, colors)] or [NOTHING], "layout": _layout(source, width, tall)}


def _is_drawn(annotation: Annotation) -> bool:
    return bool(outline(annotation)) or annotation_centre(annotation) is not None


def _label(annotation: Annotation) -> str:
    return str(annotation.get("label") or annotation.get("track") or "no label")


def _label_traces(
    label: str, layer: str, members: Sequence[Annotation], colors: Mapping[str, str]
) -> list[dict[str, Any]]:
    color = colors.get(label, PLAIN)
    shared = {"type": "scatter", "legendgroup": label, "name": plain_text(label), "meta": layer, "showlegend": False}
    dash = "8px,5px" if layer.lower() in TRUTH_LAYERS else "solid"
    areas = [one for one in members if one.get("type") == "polygon"]
    rest = [one for one in members if one.get("type") != "polygon"]
    filled = {"fill": "toself", "fillcolor": with_alpha(color, 0.25)}
    traces = [*_lines(shared, rest, color, dash), *(trace | filled for trace in _lines(shared, areas, color, dash)[1:])]
    return [*traces, *_joints(shared, members, color), *_centres(shared, members, color)]


def _lines(shared: dict[str, Any], members: Sequence[Annotation], color: str, dash: str) -> list[dict[str, Any]]:
    """The outlines of annotations in one trace, over a wider halo that keeps them legible on any picture."""
    points = [point for one in members if outline(one) for point in [*outline(one), (None, None)]]
    if not points:
        return []
    line = shared | {"x": [x for x, _ in points], "y": [y for _, y in points], "mode": "lines", "hoverinfo": "skip"}
    halo = {"color": "rgba(255,255,255,0.45)" if is_dark(color) else "rgba(0,0,0,0.45)", "width": 4, "dash": dash}
    return [line | {"line": halo}, line | {"line": {"color": color, "width": 2, "dash": dash}}]


def _joints(shared: dict[str, Any], members: Sequence[Annotation], color: str) -> list[dict[str, Any]]:
    points = [
        (point[0], point[1], name)
        for one in members
        if one.get("type") == "keypoints"
        for point, name in zip_longest(one.get("points") or (), (one.get("names") or ()), fillvalue="")
        if point
    ]
    if not points:
        return []
    marker = {"color": color, "size": 7, "line": {"color": "#ffffff", "width": 1}}
    xs, ys, names = (list(column) for column in zip(*points, strict=True))
    texts = [plain_text(name) for name in names]
    return [shared | {"x": xs, "y": ys, "mode": "markers", "marker": marker, "text": texts, "hoverinfo": "text"}]


def _centres(shared: dict[str, Any], members: Sequence[Annotation], color: str) -> list[dict[str, Any]]:
    found = [(one, annotation_centre(one)) for one in members]
    placed = [(one, centre) for one, centre in found if centre is not None]
    if not placed:
        return []
    return [
        shared
        | {"x": [centre[0] for _, centre in placed], "y": [centre[1] for _, centre in placed], "mode": "markers"}
        | {"marker": {"color": color, "size": 16, "opacity": 0.001}, "hoverinfo": "text"}
        | {"text": [hover_text(one) for one, _ in placed], "customdata": [one.get("place") for one, _ in placed]}
        | {"hoverlabel": {"bgcolor": color}}
    ]


def hover_text(annotation: Annotation) -> str:
    """Label, score and layer of an annotation, as plotly's text: nothing in it is markup."""
    score = annotation.get("score")
    said = f"<b>{plain_text(_label(annotation))}</b>" + ("" if score is None else f" {score:.3f}")
    rest = [annotation.get("layer"), annotation.get("track"), annotation.get("text")]
    return said + "".join(f"<br>{plain_text(str(part))}" for part in rest if part)


def plain_text(text: str) -> str:
    """Strangers' text for plotly, which reads a few HTML tags."""
    return html.escape(text, quote=False)


def _legend(traces: Sequence[Mapping[str, Any]], colors: Mapping[str, str]) -> list[dict[str, Any]]:
    """One swatch a label; it rules every trace of its group."""
    swatch = {"type": "scatter", "x": [None], "y": [None], "mode": "markers", "hoverinfo": "skip"}
    return [
        swatch
        | {"name": plain_text(label), "legendgroup": label, "showlegend": True}
        | {"marker": {"color": colors.get(label, PLAIN), "symbol": "square", "size": 11}}
        for label in dict.fromkeys(trace["legendgroup"] for trace in traces)
    ]


def _layout(source: str, width: float, tall: float) -> dict[str, Any]:
    image = {"source": source, "xref": "x", "yref": "y", "x": 0, "y": 0, "sizex": width, "sizey": tall}
    axis = {"visible": False, "constrain": "domain", "showgrid": False, "zeroline": False}
    return {
        "images": [image | {"sizing": "stretch", "layer": "below"}],
        "xaxis": axis | {"range": [0, width]},
        "yaxis": axis | {"range": [tall, 0], "scaleanchor": "x", "constraintoward": "top"},
        "height": round(min(HEIGHT_MAX_PX, max(HEIGHT_MIN_PX, WIDTH_PX * tall / width)) + HEAD_PX),
        "margin": {"l": 0, "r": 0, "t": HEAD_PX, "b": 0},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "maxheight": 0.15},
        "modebar": {"bgcolor": "rgba(0,0,0,0)"},
        "hovermode": "closest",
        "dragmode": "pan",
        "uirevision": source,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    }
