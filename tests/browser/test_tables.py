"""A logged table in a real browser: narrow it, order it, open a picture of a cell."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, TimeoutError, expect

import mediastore

Settled = Callable[[Page], Page]


@pytest.fixture
def store(root: Path) -> Path:
    """A table of ten rows with a picture each."""
    with mediastore.init(project="pets", name="first", dir=root) as run:
        data = [[mediastore.Image(np.full((32, 32, 3), 20 * at, np.uint8)), f"name {at}", at / 10] for at in range(10)]
        run.log({"val/rows": mediastore.Table(columns=["picture", "name", "score"], data=data)}, step=3)
    return root


def test_a_cell_with_a_picture_opens_its_item(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    url = serve_app(store)
    with page.expect_response(re.compile("/thumb/")):
        page.goto(f"{url}/tables?table_sort=score&table_last=true")
    settled(page)
    expect(page.get_by_text("10 of 10 rows · first · step 3")).to_be_visible()
    page.get_by_role("textbox", name="Value").fill("name 7")
    page.get_by_role("textbox", name="Value").press("Enter")
    expect(page.get_by_text("1 of 10 rows · first · step 3")).to_be_visible()
    expect(page).to_have_url(re.compile("table_value=name"))
    settled(page)
    page.locator("[role=gridcell]").first.wait_for(state="attached")
    item = re.compile(r"/item\?.*key_at=val%2Frows%2Fpicture&step_at=3&index_at=7")
    for _ in range(10):  # the grid hears clicks only a moment after it is there
        page.get_by_test_id("stDataFrame").click(position={"x": 40, "y": 70})
        with suppress(TimeoutError):
            page.wait_for_url(item, timeout=5000)
            break
    expect(page).to_have_url(item)
