"""A tour of the demo's store in a real browser, as a visitor would take it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Response, expect

import mediastore

Settled = Callable[[Page], Page]
NAMES = ("photographs, sound, film", "digits steady", "digits timid", "digits reckless", "digits memorising")
LOOKS = [("light", {"width": 1280, "height": 900}), ("dark", {"width": 400, "height": 800})]


def run_of(store: mediastore.Store, name: str) -> str:
    runs = store.runs()
    return str(runs.loc[runs["name"] == name, "ref"].item())


@pytest.fixture(scope="module")
def steady(demo_root: Path) -> str:
    return run_of(mediastore.Store(demo_root), "digits steady")


PAGES = ("", "gallery", "item", "compare", "audio", "video", "curves", "predictions", "sql", "tables")


@pytest.mark.parametrize(("theme", "viewport"), LOOKS, ids=["light and wide", "dark and narrow"])
@pytest.mark.parametrize("place", PAGES)
def test_every_page_comes_up_clean(page: Page, app_url: str, settled: Settled, place: str) -> None:
    page.goto(f"{app_url}/{place}")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_runs_are_named(page: Page, app_url: str, settled: Settled) -> None:
    sidebar = go(page, f"{app_url}/", settled).get_by_test_id("stSidebar")
    for name in NAMES:
        expect(sidebar.get_by_text(name, exact=True)).to_be_visible()


def test_labels_and_scores_filter_at_once(page: Page, app_url: str, settled: Settled, steady: str) -> None:
    go(page, f"{app_url}/gallery?run={steady}&key=val/detections", settled)
    expect(page.locator(".gallery .said").last).to_contain_text("6 of 6 items")
    before = annotations_said(page)
    page.locator(".gallery .chip").first.click()
    by_label = annotations_said(page)
    assert 0 < by_label < before
    page.locator(".range").get_by_label("lowest score").fill("0.6")
    assert annotations_said(page) < by_label
    expect(page).to_have_url(re.compile(r"label=.*score="))


def test_an_item_opens_from_the_gallery(page: Page, app_url: str, settled: Settled, steady: str) -> None:
    go(page, f"{app_url}/gallery?run={steady}&key=val/detections", settled)
    page.locator(".gallery .tile a").nth(2).click()
    expect(page).to_have_url(re.compile(r"/item\?.*step_at="))
    settled(page)
    expect(page.get_by_text("scene-02").first).to_be_visible()


def test_a_click_on_a_curve_shows_the_pictures_of_that_step(
    page: Page, app_url: str, settled: Settled, steady: str, demo_root: Path
) -> None:
    go(page, f"{app_url}/curves?run={steady}&metric=val/mAP50&media=val/detections", settled)
    steps = mediastore.Store(demo_root).steps(run=steady, key="val/detections")
    point = page.locator(".scatterlayer .point").nth(1)
    point.wait_for()
    spot = point.bounding_box()
    assert spot is not None
    page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    expect(page).to_have_url(re.compile(rf"at={steps[1]}\b"))
    expect(page.locator(".gallery h3")).to_contain_text(f"step {steps[1]}")
    expect(page.locator(".gallery .tile")).to_have_count(6)
    expect_loaded(page.locator(".gallery img").first)


def test_speech_plays_and_seeks(page: Page, app_url: str, settled: Settled) -> None:
    answers = ranges(page)
    go(page, f"{app_url}/audio?key=audio/address", settled)
    page.get_by_role("button", name="Play").first.click()
    expect(page.locator(".clock").first).to_contain_text(re.compile(r"^0:0[1-9]"))
    wave = page.locator(".wave").first
    box = wave.bounding_box()
    assert box is not None
    wave.click(position={"x": box["width"] * 0.8, "y": box["height"] / 2})
    expect(page.locator(".clock").first).to_contain_text(re.compile(r"^0:(08|09|10)"))
    assert 206 in [answer.status for answer in answers]


def test_video_plays_and_seeks_with_its_boxes(page: Page, app_url: str, settled: Settled) -> None:
    answers = ranges(page)
    go(page, f"{app_url}/video?key=video/faces", settled)
    video = page.locator("video").first
    page.get_by_role("button", name="Play").first.click()
    page.wait_for_function("video => video.currentTime > 0.5", arg=video.element_handle())
    page.get_by_role("button", name="Pause").first.click()
    page.get_by_label("frame", exact=True).fill("100")
    expect(page.locator(".clock").first).to_contain_text("frame 100 of 119")
    assert video.evaluate("video => video.currentTime") == pytest.approx(100.5 * 1001 / 30000, abs=0.04)
    assert 206 in [answer.status for answer in answers]


def test_a_deep_link_opens_on_a_cold_server(
    page: Page, serve_app: Callable[[Path], str], settled: Settled, demo_root: Path, steady: str, tmp_path: Path
) -> None:
    root = tmp_path / "copied"
    shutil.copytree(demo_root, root)
    go(page, f"{serve_app(root)}/gallery?run={steady}&key=val/detections&layer=ground_truth", settled)
    expect(page.locator(".gallery .chip[aria-pressed=true]")).to_have_count(1)
    expect(page.locator(".gallery .tile")).to_have_count(6)
    expect_loaded(page.locator(".gallery img").first)


def go(page: Page, url: str, settled: Settled) -> Page:
    page.goto(url)
    return settled(page)


def annotations_said(page: Page) -> int:
    """How many annotations the gallery says are drawn."""
    said = page.locator(".gallery .said").last.inner_text()
    found = re.search(r"([\d,]+) of [\d,]+ annotations", said)
    assert found is not None, said
    return int(found[1].replace(",", ""))


def ranges(page: Page) -> list[Response]:
    """The answers with media, as they come."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if "/store/" in answer.url else None)
    return answers


def expect_loaded(picture: Locator) -> None:
    picture.scroll_into_view_if_needed()
    expect(picture).not_to_have_js_property("naturalWidth", 0)
