"""Small pictures of what is no picture: the beginning of a table, a text, a page; the bars of a histogram; and cards.

Only the first bytes of a file are read. Every picture says how much of how much it shows.
"""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

SIZE_WH = (320, 240)
BACK, LINE = (128, 124, 116, 40), (140, 135, 126, 110)
INK, FAINT, TINT = (140, 135, 126, 255), (140, 135, 126, 190), (43, 150, 163, 255)
READ_BYTES = 1 << 18
ROWS, COLUMNS, CELL_CHARACTERS, LINE_CHARACTERS = 9, 4, 80, 44
MARGIN, ROW_PX = 10, 20
FIGURE_BYTES = 16 * 2**20


def table(file: Path) -> Image.Image:
    """The first rows and columns of JSON lines, one object a row."""
    rows, is_all = _rows(file)
    names = list(dict.fromkeys(name for row in rows for name in row))
    shown = [str(name) for name in names[:COLUMNS]]
    cells = [[_cell(row.get(name)) for name in names[:COLUMNS]] for row in rows[:ROWS]]
    image, draw = _sheet()
    width = (SIZE_WH[0] - 2 * MARGIN) / max(1, len(shown))
    for place, texts in enumerate([shown, *cells]):
        for column, text in enumerate(texts):
            _write(draw, (MARGIN + column * width, 6 + place * ROW_PX), text, width - 6, INK if place else TINT)
        draw.line([(MARGIN, 5 + (place + 1) * ROW_PX), (SIZE_WH[0] - MARGIN, 5 + (place + 1) * ROW_PX)], LINE)
    _foot(draw, f"{_of(len(cells), len(rows), is_all)} rows, {_of(len(shown), len(names), is_all)} columns")
    return image


def histogram(file: Path) -> Image.Image:
    """Bars of JSON lines {"low", "high", "count"}."""
    rows, is_all = _rows(file)
    bins = [(float(row["low"]), float(row["high"]), float(row["count"])) for row in rows]
    image, draw = _sheet()
    top = max((count for _, _, count in bins), default=0) or 1
    width, height = (SIZE_WH[0] - 2 * MARGIN) / max(1, len(bins)), SIZE_WH[1] - 48
    for place, (_, _, count) in enumerate(bins):
        left = MARGIN + place * width
        bar = [left, MARGIN + height * (1 - count / top), left + max(1, width - 1), MARGIN + height]
        draw.rectangle(bar, TINT)
    said = f"{bins[0][0]:g} … {bins[-1][1]:g}" if bins else "no bins"
    _foot(draw, said + ("" if is_all else ", the first bins"))
    return image


def text(file: Path) -> Image.Image:
    """The first lines of a text."""
    content, is_all = _beginning(file)
    return _lines(content.splitlines(), is_all)


def page(file: Path) -> Image.Image:
    """The title and the first words of a page; nothing of it is run or fetched."""
    content, is_all = _beginning(file)
    words = _Words()
    words.feed(content)
    return _lines([words.title, *words.lines] if words.title else words.lines, is_all)


def figure(file: Path) -> Image.Image:
    """What a plotly figure holds: its title and its traces by kind and name. Raises ValueError when it is none."""
    if file.stat().st_size > FIGURE_BYTES:
        raise ValueError(f"a figure must be at most {FIGURE_BYTES // 2**20} MB to be looked into; open the item itself")
    found = json.loads(file.read_bytes())
    traces = found["data"]
    title = ((found.get("layout") or {}).get("title") or {}).get("text") or "figure"
    named = [f"{trace.get('type') or 'scatter'}  {trace.get('name') or ''}" for trace in traces]
    return _lines([str(title), "", *named], is_all=True, what="traces", count=len(traces))


def points(file: Path) -> Image.Image:
    """What a body in space is made of, from the head of its file; a card with its ending where that has none."""
    with file.open("rb") as opened:
        head = opened.read(4096).decode("ascii", "replace")
    counts = re.findall(r"^element (\w+) (\d+)", head, re.MULTILINE)
    said = [f"{int(count):,} {name if name != 'vertex' else 'points'}" for name, count in counts]
    return _lines([f"3D object ({file.suffix.lstrip('.')})", "", *said], is_all=True)


class _Words(HTMLParser):
    """The text of a page, by blocks; scripts and styles are none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title, self.lines, self._inside = "", [""], ""

    def handle_starttag(self, tag: str, attributes: Sequence[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in ("script", "style", "title") else ""
        if tag in ("p", "br", "div", "li", "tr", "h1", "h2", "h3") and self.lines[-1]:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if self._inside == "title":
            self.title = words
        elif not self._inside and words:
            self.lines[-1] = f"{self.lines[-1]} {words}".strip()


def _rows(file: Path) -> tuple[list[dict[str, Any]], bool]:
    """The rows in the first bytes of JSON lines, and whether these are all."""
    content, is_all = _beginning(file)
    lines = content.splitlines() if is_all else content.splitlines()[:-1]
    found = [json.loads(line) for line in lines if line.strip()]
    if not all(isinstance(row, dict) for row in found):
        raise ValueError("a row must be a JSON object, got something else")
    return found, is_all


def _beginning(file: Path) -> tuple[str, bool]:
    with file.open("rb") as opened:
        content = opened.read(READ_BYTES + 1)
    return content[:READ_BYTES].decode("utf-8", "replace"), len(content) <= READ_BYTES


def _cell(value: Any) -> str:
    if isinstance(value, dict) and isinstance(value.get("item"), dict):
        return f"[{value['item'].get('kind', 'item')}]"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else (value if isinstance(value, str) else json.dumps(value))[:CELL_CHARACTERS]


def _lines(lines: Iterable[str], is_all: bool, what: str = "lines", count: int | None = None) -> Image.Image:
    image, draw = _sheet()
    given = list(lines)
    shown = list(islice(given, ROWS + 1))
    for place, line in enumerate(shown):
        _write(draw, (MARGIN, 6 + place * ROW_PX), line, SIZE_WH[0] - 2 * MARGIN, INK if place else TINT)
    if count is not None:
        _foot(draw, f"{count:,} {what}")
    elif len(given) > len(shown) or not is_all:
        _foot(draw, f"{_of(len(shown), len(given), is_all)} {what}")
    return image


def _of(shown: int, known: int, is_all: bool) -> str:
    if not is_all:
        return f"{shown} of more than {known:,}"
    return f"{shown}" if shown == known else f"{shown} of {known:,}"


def _sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGBA", SIZE_WH, BACK)
    return image, ImageDraw.Draw(image)


def _foot(draw: ImageDraw.ImageDraw, said: str) -> None:
    _write(draw, (MARGIN, SIZE_WH[1] - 22), said, SIZE_WH[0] - 2 * MARGIN, FAINT)


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(13)


def _write(draw: ImageDraw.ImageDraw, at: tuple[float, float], said: str, width: float, ink: tuple[int, ...]) -> None:
    """One line, cut with an ellipsis where the width ends."""
    font = _font()
    said = "".join(letter if letter.isprintable() else " " for letter in said[: LINE_CHARACTERS * 2])
    while said and draw.textlength(said, font) > width:
        said = said[:-2] + "…" if len(said) > 2 else ""
    draw.text(at, said, ink, font)
