"""What a person presses in our pages, timed in the browser: steps, filters, curves, a film."""

import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from app_material import KEY, TILES
from browsing import app, browser, link_to_painted, memory_mb, opened, press_to_painted, watched
from measuring import Figures
from playwright.sync_api import Page
from stores import KEYS
from visitor import visitor

TURNS = 10
PAGES = "gallery curves item predictions compare progress mistakes sql".split()
CANVASES = "deep('.gallery .tile canvas')"
DRAWN = f"""() => {CANVASES}.every((canvas) =>
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value))"""
FOUND = "deep('.gallery .said').find((one) => one.textContent.includes('item'))?.textContent"
POINT = """(plot, step) => {
    const { xaxis, yaxis } = plot._fullLayout;
    const at = plot._fullData[0].x.indexOf(step);
    const { left, top } = plot.getBoundingClientRect();
    return [left + xaxis._offset + xaxis.l2p(step), top + yaxis._offset + yaxis.l2p(plot._fullData[0].y[at])];
}"""
SEEK = """(film, share) => new Promise((done) => {
    film.addEventListener("seeked", () => done(film.currentTime), { once: true });
    film.currentTime = film.duration * share;
})"""


def key_of(root: Path) -> dict[str, str]:
    """What the link of the gallery asks of a store: TILES tiles at a step."""
    return {"key": KEYS[0], "beside": KEYS[1], "size": "130"} if is_large(root) else {"key": KEY}


def is_large(root: Path) -> bool:
    """Whether it is the store of journals, with two keys of two items a step in each of many runs."""
    return (root / "bench").exists()


def tiles_of(step: int, count: int = TILES) -> str:
    """The JavaScript that finds the pictures of `count` tiles of a step, all loaded, their overlays drawn."""
    return f"""() => {{
        const tiles = deep(".gallery .tile"), pictures = deep(".gallery .tile img");
        const links = deep(".gallery .tile a").filter((one) => /step_at={step}(&|$)/.test(one.href));
        const drawn = {CANVASES}.filter((one) => one.width !== 300);
        return [tiles, links, drawn].every((one) => one.length === {count}) && loaded(pictures, {count}) && pictures;
    }}"""


def gallery(root: Path) -> Figures:
    """A link, and then Next, to TILES tiles with ten boxes each."""
    with app(root) as (url, _), browser() as context:
        links = [f"{url}/gallery?{urlencode(key_of(root) | {'step': str(step)})}" for step in range(1, TURNS + 2)]
        opening = [link_to_painted(context, link, tiles_of(step)) for step, link in enumerate(links, 1)][1:]
        page = context.new_page()
        opened(page, f"{url}/gallery?{urlencode(key_of(root) | {'step': '20'})}")
        press = partial(page.get_by_role("button", name="Next").click)
        first = _walk(page, press, range(21, 21 + TURNS), 1)
        again = _walk(page, page.get_by_role("button", name="Previous").click, range(21 + TURNS - 2, 20, -1), -1)
        assert page.evaluate(DRAWN), "a tile has no box on it"
    return {"link_s": statistics.median(opening), "gallery_s": first, "gallery_again_s": again}


def _walk(page: Page, press: Callable[[], object], steps: range, way: int) -> float:
    taken = []
    for step in steps:
        taken.append(press_to_painted(page, tiles_of(step), press))
        page.wait_for_timeout(300)
    return statistics.median(taken)


def filters(root: Path) -> Figures:
    """A label's chip, and a score, in the browser: until the tiles that fit are painted."""
    changed = f"() => {FOUND} !== window.before && [...deep('.gallery .tile img')].slice(0, 0)"
    with app(root) as (url, _), browser() as context:
        page = context.new_page()
        opened(page, f"{url}/gallery?{urlencode(key_of(root) | {'step': '20'})}")
        page.wait_for_function(tiles_of(20))
        chips = page.locator(".filters .chips").first.locator(".chip")
        by_label, by_score = [], []
        lowest = page.get_by_label("lowest score", exact=True)
        for turn in range(TURNS):
            page.evaluate(f"window.before = {FOUND}")
            by_label.append(press_to_painted(page, changed, chips.nth(turn // 2 % 4).click))
            page.wait_for_timeout(600)
        for turn in range(TURNS):
            page.evaluate(f"window.before = {FOUND}")
            low = 0.1 + turn % 5 * 0.15
            by_score.append(press_to_painted(page, changed, partial(lowest.fill, f"{low:.2f}")))
            page.wait_for_timeout(600)
    return {"label_s": statistics.median(by_label), "score_s": statistics.median(by_score)}


def curves(root: Path) -> Figures:
    """A press on a point of a curve: until the media of that step are painted below it."""
    taken = []
    with app(root) as (url, _), browser() as context:
        page = context.new_page()
        opened(page, f"{url}/curves?{urlencode({'metric': 'train/loss', 'media': key_of(root)['key']})}")
        plot = page.locator(".curves .plot").first
        plot.locator(".nsewdrag").wait_for()
        count = TILES if not is_large(root) else TILES // 2
        for step in range(5, 5 + 5 * TURNS, 5):
            plot.scroll_into_view_if_needed()
            page.mouse.move(*(side - 3 for side in plot.evaluate(POINT, step)))
            page.mouse.move(*plot.evaluate(POINT, step), steps=3)
            page.wait_for_timeout(200)
            pressed = partial(_click, page)
            taken.append(press_to_painted(page, tiles_of(step, count), pressed))
            page.wait_for_timeout(300)
    return {"curve_s": statistics.median(taken)}


def _click(page: Page) -> None:
    page.mouse.down()
    page.mouse.up()


def memory(root: Path, films: Path) -> Figures:
    """What the server holds after a visit of every page, and what a film of a gigabyte adds."""
    with app(root, films) as (url, pid), browser() as context:
        with visitor(url) as one:
            for page_name in ("", *PAGES):
                one.ask(page_name, {})
        page = context.new_page()
        opened(page, f"{url}/gallery?{urlencode(key_of(root))}")
        opened_mb, peak_mb = memory_mb(pid), memory_mb(pid, "VmHWM")
        opened(page, f"{url}/video?store={films.name}")
        film = page.locator("video")
        film.evaluate(
            "(film) => new Promise((done) => film.readyState > 1 ? done() : film.onloadeddata = () => done())"
        )
        page.wait_for_timeout(2000)
        with watched(pid) as samples:
            film.evaluate("(film) => film.play()")
            page.wait_for_timeout(5000)
            for share in (0.9, 0.1, 0.5, 0.99, 0.3, 0.7):
                assert film.evaluate(SEEK, share) > 0
                page.wait_for_timeout(700)
        size = next(films.glob("*/*/media/**/*.mp4")).stat().st_size
    figures = {"opened_mb": opened_mb, "peak_mb": peak_mb, "film_mb": max(samples) - samples[0]}
    return figures | {"film_gb": size / 1e9}
