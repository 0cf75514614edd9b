"""A small line chart as SVG: seconds over the number of items, which is drawn by its logarithm."""

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 210, 34, 44
COLORS = ("#3266ad", "#d1702f", "#4d9a51")
REFRESH = {"refresh_s": "100 new items", "nothing_s": "nothing new"}
STYLE = "text{font:13px system-ui,sans-serif;fill:#667085}path{fill:none;stroke-width:2}line{stroke:#98a2b355}"


def drawn(lines: Mapping[str, Sequence[tuple[int, float]]], goal_s: float) -> str:
    """The chart of these lines, with a dashed one at the goal."""
    sizes = sorted({size for points in lines.values() for size, _ in points})
    top = 1.1 * max([goal_s, *(taken for points in lines.values() for _, taken in points)])
    parts = [f"<style>{STYLE}</style>", _text(LEFT - 44, 18, "A refresh costs what is new: seconds, by items there")]
    for size in sizes:
        parts.append(_text(_x(size, sizes), HEIGHT - 18, f"{size:,}", "middle"))
        parts.append(f'<line x1="{_x(size, sizes)}" x2="{_x(size, sizes)}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
    for share in (0, goal_s / 3, goal_s * 2 / 3, goal_s):
        parts.append(_text(LEFT - 10, _y(share, top) + 4, f"{share:.1f}", "end"))
        dash = ' stroke-dasharray="5 4"' if share == goal_s else ""
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(share, top)}" y2="{_y(share, top)}"{dash}/>')
    parts.append(_text(WIDTH - RIGHT + 12, _y(goal_s, top) + 4, f"goal {goal_s:g} s"))
    for (name, points), color in zip(lines.items(), COLORS, strict=False):
        places = [(_x(size, sizes), _y(taken, top)) for size, taken in points]
        path = " L".join(f"{x} {y}" for x, y in places)
        parts.append(f'<path d="M{path}" stroke="{color}"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{color}"/>' for x, y in places]
        parts.append(_text(places[-1][0] + 12, places[-1][1] + 4, f"{name}: {points[-1][1]:.3f} s"))
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(parts)}</svg>\n'


def _x(size: int, sizes: Sequence[int]) -> float:
    span = math.log(sizes[-1] / sizes[0]) or 1.0
    return round(LEFT + (WIDTH - LEFT - RIGHT) * math.log(size / sizes[0]) / span, 1)


def _y(taken: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * taken / top, 1)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
