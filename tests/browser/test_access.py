"""Two stores behind a password below a base path, read only: what a visitor in a browser meets."""

import socket
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mediastore
from mediastore.view import launch

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app of two stores, each with a run of its own and a picture."""
    roots = [tmp_path_factory.mktemp("access") / name for name in ("cells", "films")]
    for root, value in zip(roots, (60, 200), strict=True):
        with mediastore.init(project=root.name, id=f"{root.name}-run", dir=root) as run:
            picture = mediastore.Image(np.full((48, 64, 3), value, np.uint8), caption=f"of {root.name}")
            run.log({"view": picture, "loss": 0.5}, step=0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with launch.start(*roots, port=port, base_url="/lab/view", read_only=True, password=PASSWORD) as server:
        server.wait_ready()
        yield server.url


def test_the_password_opens_both_stores_and_their_pictures(
    page: Page, url: str, settled: Callable[[Page], Page]
) -> None:
    answers: dict[str, int] = {}
    page.on("response", lambda answer: answers.setdefault(answer.url.removeprefix(url), answer.status))
    page.goto(f"{url}/gallery?store=films")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open").click()
    expect(settled(page).get_by_role("heading", name="Gallery")).to_be_visible()
    expect(page.get_by_text("of films")).to_be_visible()
    page.get_by_test_id("stSelectbox").first.click()
    page.get_by_role("option", name="cells").click()
    expect(settled(page).get_by_text("of cells")).to_be_visible()
    pictures = {path: status for path, status in answers.items() if path.startswith("/app/static/thumb/")}
    assert {path.split("/")[4] for path in pictures} == {"@1", "cells"}
    assert set(pictures.values()) == {200}


def test_who_has_no_cookie_sees_the_form_alone(page: Page, url: str) -> None:
    page.goto(f"{url}/")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_test_id("stApp")).to_have_count(0)
    assert page.request.get(f"{url}/app/static/store/cells/x.png").status == 401
