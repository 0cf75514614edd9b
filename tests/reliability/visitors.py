"""People who look at an app while it is written to: two browsers, and a client that fetches and counts over HTTP."""

import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from playwright.sync_api import Error, Page, TimeoutError, sync_playwright

import mediastore
from mediastore.draw.overlay import item_id
from mediastore.serve import crop_url, media_url, thumb_url

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import chromium

PAGES = ("", "curves", "progress", "gallery", "predictions", "compare", "audio", "tables", "measures", "sql", "changed")
EACH_S = 5.0
"""No browser opens pages oftener, so that as many visits stand open behind it on a fast machine as on a slow one."""
VISIT = 12
"""So many pages an open browser tab is used for; then another session begins."""
DONE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
COUNT = "select count(*) as count from items"


def browse(url: str, number: int, until: float, opened, wrong, late, pause_s: float = 2.0) -> None:
    """Open one page after another with other filters, and click at some; count those that are wrong, and late."""
    pages = cycle(PAGES[number * 5 :] + PAGES[: number * 5])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        while time.monotonic() < until:
            context = browser.new_context(viewport={"width": 1280 - 800 * number, "height": 900})
            page = context.new_page()
            page.set_default_timeout(60_000)
            for _ in range(VISIT):
                if time.monotonic() >= until:
                    break
                place, began = next(pages), time.monotonic()
                try:
                    visit(page, url, place, opened[number])
                    wrong[number] += shows_error(page)
                except TimeoutError:
                    late[number] += 1
                except Error as error:
                    wrong[number] += time.monotonic() < until
                    print(f"{place}: {str(error)[:300]}", file=sys.stderr)
                opened[number] += 1
                page.wait_for_timeout(max(pause_s, began + EACH_S - time.monotonic()) * 1000)
            context.close()
        browser.close()


def visit(page: Page, url: str, place: str, turn: int) -> None:
    """One page: its link carries a filter, and on some a widget is used as a person would."""
    label = f"thing {turn % 3}"
    asked = {
        "gallery": {"step": str(turn), "label": label, "score": f"0.{turn % 9}..1"},
        "predictions": {"label": label, "sort": "score", "score": f"0.{turn % 9}..1"},
        "sql": {"q": COUNT},
    }.get(place, {})
    page.goto(f"{url}/{place}?{urlencode(asked)}")
    page.wait_for_selector(DONE)
    if place == "gallery" and page.locator(".chip").count():
        page.locator(".chip").first.click()
        page.get_by_label("lowest score", exact=True).fill("0.5")
    elif place == "curves" and page.get_by_role("slider").count():
        page.get_by_role("slider").first.press("ArrowRight")
    elif place == "":
        page.keyboard.press("Tab")
    page.wait_for_selector(DONE)


def shows_error(page: Page) -> bool:
    """Whether the page tells of an exception, which is told here too."""
    told = page.get_by_test_id("stException").all_inner_texts()
    for text in told:
        print(f"{page.url}: {text[:2000]}", file=sys.stderr)
    return bool(told)


def is_wrong(who: str, least: int, count: int, most: int) -> bool:
    """Whether a count is below what was acknowledged before it or above what had been begun after it; told if so."""
    wrong = not least <= count <= most
    if wrong:
        print(f"{who} counted {count}: not from {least} to {most}", file=sys.stderr)
    return wrong


def fetch(root: Path, url: str, until: float, begun, acknowledged, done, wrong, pause_s: float = 0.5) -> None:
    """Fetch media, thumbnails, crops and sidecars of new and old items, and let the app count in SQL between them."""
    store = mediastore.Store(root)
    while time.monotonic() < until:
        store.refresh()
        for link in links(store, done[0]):
            answer = asked(url + link)
            done[0] += 1
            wrong[0] += answer is None
            time.sleep(pause_s)
        least = sum(acknowledged)
        answer = asked(f"{url}/app/static/export/query.json?{urlencode({'sql': COUNT})}")
        most = sum(begun)
        done[1] += 1
        count = json.loads(answer)[0]["count"] if answer else -1
        wrong[1] += is_wrong("the app", least, count, most)


def links(store: mediastore.Store, turn: int) -> Iterator[str]:
    """Of the newest item and of older ones."""
    known = store.count()
    for offset in {0, turn % max(1, known), turn * 7 % max(1, known)} if known else ():
        for record in store.records(limit=1, offset=offset, descending=True):
            path = str(record["path"])
            yield from (media_url(path), thumb_url(path))
            if record["kind"] == "image":
                yield crop_url(path, (2, 2, 40, 40))
            yield f"/app/static/zip/items.zip?item={quote(json.dumps(item_id(record)))}"


def asked(address: str) -> bytes | None:
    """What is answered; None for a refusal or silence."""
    try:
        with urlopen(address, timeout=120) as answer:
            return answer.read()
    except HTTPError as error:
        print(f"{error.code} {address[:200]}: {error.read()[:200]!r}", file=sys.stderr)
    except (URLError, OSError) as error:
        print(f"{address[:200]}: {error}", file=sys.stderr)
    return None
