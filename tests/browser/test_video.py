"""Films and sounds in a real browser: what is drawn belongs to the frame on screen, a span that is clicked is heard."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mediastore

Settled = Callable[[Page], Page]
FPS = 10
BOUNDS_OF_ALPHA = """canvas => {
  const { width, height } = canvas;
  const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  let [left, right] = [width, -1];
  for (let at = 3; at < data.length; at += 4) {
    if (!data[at]) continue;
    left = Math.min(left, ((at - 3) / 4) % width);
    right = Math.max(right, ((at - 3) / 4) % width);
  }
  return right < 0 ? null : [left / width, (right + 1) / width];
}"""


@pytest.fixture
def store(root: Path) -> Path:
    """A film whose bright square moves, boxed but for a gap; a sound with two spans."""
    frames = np.full((30, 96, 160, 3), 30, np.uint8)
    boxes = []
    for frame in range(30):
        left = 4 + 4 * frame
        frames[frame, 30:60, left : left + 30] = 230
        if not 10 <= frame < 15:
            boxes.append(mediastore.Box((left, 30, left + 30, 60), label="square", frame=frame, track="one", score=0.9))
    samples = np.sin(np.arange(8 * 8000) / 10).astype(np.float32)
    spans = [
        mediastore.Span(1, 2, label="speech", score=0.9, text="<b>good</b> morning"),
        mediastore.Span(6, 7, label="music", score=0.4),
    ]
    with mediastore.init(project="films", dir=root) as run:
        run.log({"clip": mediastore.Video(frames, fps=FPS, caption="moving", boxes=boxes)}, step=0)
        for step, seconds in ((0, 4), (1, 8)):
            sound = np.stack([samples, -samples], axis=1)[: seconds * 8000]
            audio = mediastore.Audio(sound, sample_rate=8000, caption="tone", sample="tone", spans=spans)
            run.log({"talk": audio}, step=step)
    return root


def test_the_box_on_screen_is_the_one_of_the_frame_on_screen(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/video")
    settled(page)
    clock, canvas = page.locator(".clock"), page.locator(".stage canvas")
    for frame in (0, 9, 20, 29):
        page.get_by_label("frame", exact=True).fill(str(frame))
        expect(clock).to_contain_text(f"frame {frame} of 29")
        left, right = canvas.evaluate(BOUNDS_OF_ALPHA)
        assert [left * 160, right * 160] == pytest.approx([4 + 4 * frame, 34 + 4 * frame], abs=1.5)
    page.get_by_label("frame", exact=True).fill("12")
    expect(clock).to_contain_text("frame 12 of 29")
    assert canvas.evaluate(BOUNDS_OF_ALPHA) is None
    page.locator(".stage").press("ArrowRight")
    expect(clock).to_contain_text("frame 13 of 29")


def test_a_track_shows_its_gap_and_leads_to_its_frames(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/video")
    settled(page)
    segments = page.locator(".segment")
    expect(segments).to_have_count(2)
    segments.nth(1).click()
    expect(page.locator(".clock")).to_contain_text("frame 15 of 29")
    page.get_by_label("lowest score", exact=True).fill("0.95")
    expect(segments).to_have_count(0)
    expect(page.locator(".summary")).to_contain_text("0 of 25 annotations")


def test_a_span_that_is_clicked_is_heard_from_its_beginning(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/audio")
    settled(page)
    expect(page.locator(".segment")).to_have_count(2)
    page.locator(".chip").filter(has_text="music").click()
    expect(page.locator(".summary")).to_contain_text("1 of 1 item · 1 of 2 annotations")
    page.get_by_label("channel", exact=True).select_option(label="right")
    page.get_by_label("speed").select_option("0.25")
    page.locator(".segment").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".clock")).to_contain_text("0:06")
    page.get_by_label("speed").select_option("2")
    expect(page.locator(".clock")).to_contain_text("0:07")


def test_what_is_drawn_over_goes_round_and_the_link_opens_there(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/audio")
    settled(page)
    wave = page.locator(".wave")
    bounds = wave.bounding_box()
    assert bounds is not None
    page.mouse.move(bounds["x"] + bounds["width"] / 4, bounds["y"] + 20)
    page.mouse.down()
    page.mouse.move(bounds["x"] + bounds["width"] * 5 / 16, bounds["y"] + 20, steps=3)
    page.mouse.up()
    expect(page.get_by_role("button", name="loop 0:02.0–0:02.5")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("speed").select_option("2")
    wave.press(" ")
    page.wait_for_timeout(1500)
    wave.press(" ")
    assert 2 <= float(wave.get_attribute("aria-valuenow") or 0) <= 2.6, "three seconds of sound later it is still there"
    page.get_by_role("button", name="Mel", exact=True).click()
    expect(page.locator(".wave img")).to_have_js_property("naturalWidth", 1024)
    page.get_by_label("speed").select_option("0.25")
    page.get_by_role("button", name="<b>good</b> morning").click()
    expect(page.locator(".spoken.now")).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_url(lambda url: "look=mel" in url and re.search(r"[?&]t=1(\.\d+)?(&|$)", url) is not None)
    page.reload()
    settled(page)
    expect(page.locator(".clock")).to_contain_text("0:01.")
    expect(page.get_by_role("button", name="Mel", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_film_opens_at_the_second_of_its_link_and_shows_one_track(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/video?t=2")
    settled(page)
    clock, stage = page.locator(".clock"), page.locator(".stage")
    expect(clock).to_contain_text("frame 20 of 29")
    for key in ("[", ".", ".", "]", ","):
        stage.press(key)
    expect(page.get_by_role("button", name="loop 0:02.0–0:02.3")).to_be_visible()
    expect(clock).to_contain_text("frame 21 of 29")
    page.get_by_role("button", name="one 25 frames").click()
    page.wait_for_url(lambda url: "track=one" in url and "t=2.1" in url)
    expect(page.locator(".summary")).to_contain_text("25 of 25 annotations · 1 of 1 track")


def test_two_takes_have_one_playhead(
    serve_app: Callable[[Path], str], page: Page, settled: Settled, store: Path
) -> None:
    page.goto(f"{serve_app(store)}/audio")
    settled(page)
    page.get_by_role("button", name="Compare with 1 other take").click()
    clocks, heads = page.locator(".clock"), page.locator(".timeline > .head")
    expect(clocks).to_have_count(2)
    page.locator(".spoken").first.click()
    expect(page.get_by_role("button", name="Pause")).to_have_count(1)
    page.locator(".wave").first.press("o")
    expect(page.locator(".wave").nth(1)).to_be_focused()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    expect(clocks.nth(1)).to_contain_text("0:01.")
    lefts = [head.bounding_box() for head in heads.all()]
    assert lefts[0] and lefts[1] and lefts[0]["x"] == pytest.approx(lefts[1]["x"], abs=1), "of one length of time"
    page.get_by_role("button", name="All sounds").click()
    expect(clocks).to_have_count(1)
