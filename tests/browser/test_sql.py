"""Asking in SQL in a real browser: write, ask, look at the pictures, take the rows along."""

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mediastore

sys.path.insert(0, str(Path(__file__).parents[1] / "reliability"))
from growth import children

Settled = Callable[[Page], Page]
ON_LINUX = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at processes in /proc")
ENDLESS = "select sum(hash(a.range + b.range) % 10) as total from range(1000000000) a, range(100000) b"
SLOW = "select sum(hash(a.range + b.range) % 10) as total from range(400000) a, range(2000) b"


@pytest.fixture
def store(root: Path) -> Path:
    """A run of three pictures with a cat each."""
    with mediastore.init(project="pets", name="first", dir=root) as run:
        for step in range(3):
            box = mediastore.Box((4, 4, 20, 20), label="cat", score=0.2 * (step + 1))
            run.log({"view": mediastore.Image(np.full((48, 64, 3), 80 * step, np.uint8), boxes=[box])}, step=step)
    return root


def test_a_question_is_asked_answered_and_taken_along(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/sql")
    settled(page)
    expect(page.get_by_text(re.compile(r"1 of 1 row · 4 columns"))).to_be_visible()
    page.get_by_role("textbox", name="Query").fill("select path, step from items\norder by step desc")
    with page.expect_response(re.compile("/thumb/")):
        page.get_by_role("textbox", name="Query").press("Control+Enter")
    expect(page.get_by_text(re.compile(r"3 of 3 rows · 2 columns"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"sql=select"))
    settled(page)
    page.locator("[role=gridcell]").first.wait_for(state="attached")
    page.get_by_test_id("stDataFrame").click(position={"x": 40, "y": 70})
    expect(page).to_have_url(re.compile(r"/item\?.*step_at=2"))
    page.go_back()
    expect(page.get_by_text(re.compile(r"3 of 3 rows · 2 columns"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_text().splitlines()[0] == "path,step"
    page.get_by_role("textbox", name="Query").fill("select step, scor from annotations")
    page.get_by_role("textbox", name="Query").press("Control+Enter")
    expect(page.get_by_text(re.compile(r"LINE 1: select step, scor from"))).to_be_visible()


def test_a_query_that_takes_long_is_cancelled_and_the_next_one_answered(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/sql")
    settled(page)
    query = page.get_by_role("textbox", name="Query")
    query.fill(ENDLESS)
    query.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"Asking the store: [1-9] s of at most 10 s"))).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The query was cancelled.")).to_be_visible()
    settled(page)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    query.fill("select path, step from items")
    query.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"3 of 3 rows · 2 columns"))).to_be_visible()


@ON_LINUX
def test_who_leaves_the_page_ends_the_query(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/sql?limit_s=300")
    before = asking(settled(page), ENDLESS)
    assert before
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs")
    settled(page)
    ended(before)


@ON_LINUX
def test_who_closes_the_tab_ends_the_query(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/sql?limit_s=300")
    before = asking(settled(page), ENDLESS)
    assert before
    page.close()
    ended(before)


@ON_LINUX
def test_what_takes_long_is_not_asked_again_while_the_store_is_written_to(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, root: Path
) -> None:
    picture = np.full((48, 64, 3), 80, np.uint8)
    with mediastore.init(project="pets", name="first", dir=root) as run:
        run.log({"view": mediastore.Image(picture)}, step=0)
        run.flush()
        page.goto(f"{serve_app(root)}/sql?limit_s=300")
        before = asking(settled(page), SLOW)
        run.log({"view": mediastore.Image(picture)}, step=1)
        run.flush()
        expect(page.get_by_text(re.compile("1 of 1 row"))).to_be_visible(timeout=120_000)
        expect(page.get_by_text("1 new item")).to_be_visible()
        again = page.get_by_role("button", name="More was written since: ask again")
        expect(again).to_be_visible()
        settled(page)
        expect(page.get_by_text("Asking the store")).to_have_count(0)
        assert workers() == before, "it ran to its end in the process that began it"
        again.click()
        expect(page.get_by_text(re.compile(r"Asking the store: [1-9]"))).to_be_visible()
        expect(again).to_have_count(0)


def asking(page: Page, query: str) -> set[int]:
    """Asks on the page of SQL, and waits until the answer is awaited; the processes that work on it."""
    expect(page.get_by_text(re.compile(r"of \d+ rows? ·|has no rows")).first).to_be_visible()  # of the query at first
    box = page.get_by_role("textbox", name="Query")
    box.fill(query)
    box.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"Asking the store: [1-9]"))).to_be_visible()
    return workers()


def workers() -> set[int]:
    """The processes of apps that this one has begun, and that answer queries."""
    return {number for app in children(os.getpid()) for number in children(app) if "fence_worker" in command_of(number)}


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def ended(pids: set[int], within_s: float = 60) -> None:
    """Wait until one of these processes is gone: the one that was asked."""
    assert pids
    until = time.monotonic() + within_s
    while pids <= workers():
        assert time.monotonic() < until, "the query is still asked"
        time.sleep(0.2)
