"""Asking in SQL in a real browser: write, ask, look at the pictures, take the rows along."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mediastore

Settled = Callable[[Page], Page]


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
    query.fill("select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range")
    query.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"Asking the store: [1-9] s of at most 10 s"))).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The query was cancelled.")).to_be_visible()
    settled(page)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    query.fill("select path, step from items")
    query.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"3 of 3 rows · 2 columns"))).to_be_visible()


def test_who_leaves_the_page_ends_the_query(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/sql?limit_s=300")
    settled(page)
    query = page.get_by_role("textbox", name="Query")
    query.fill("select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range")
    query.press("Control+Enter")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs")
    settled(page)
