"""A long curve in a browser: it says how much of it is drawn, and zooming in brings the rest."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from playwright.sync_api import Page, expect

import mediastore

Settled = Callable[[Page], Page]
STEPS = 4000
RANGES = "(plot) => [plot._fullLayout.xaxis.range, plot._fullLayout.yaxis.range]"
DRAWN = "(plot) => plot.data[0].x.filter((step) => step >= 1000 && step <= 1200).length"


def test_zooming_into_a_long_curve_brings_every_point_there(
    page: Page, serve_app: Callable[[Path], str], settled: Settled, root: Path, soon: Callable[..., None]
) -> None:
    with mediastore.init(project="long", dir=root) as run:
        for step in range(STEPS):
            run.log({"loss": (step * 7919 % 1000) / 1000}, step=step)
    page.goto(f"{serve_app(root)}/curves")
    settled(page)
    plot = page.locator(".curves .plot").first
    remark = page.locator(".curves figcaption p").first
    expect(remark).to_have_text(re.compile(r"^1,\d\d\d of 4,000 points a line; zoom for more$"))
    expect(plot.locator(".nsewdrag")).to_be_visible()
    assert plot.evaluate(DRAWN) < 201
    plot.evaluate("(plot) => window.Plotly.relayout(plot, { 'xaxis.range[0]': 1000, 'xaxis.range[1]': 1200 })")
    expect(remark).to_have_text("")
    soon(lambda: plot.evaluate(DRAWN), 201)
    expect(page).to_have_url(re.compile("zoom=1000..1200%40loss"))
    settled(page)
    page.reload()
    settled(page)
    expect(plot.locator(".nsewdrag")).to_be_visible()
    expect(remark).to_have_text("")
    soon(lambda: plot.evaluate("(plot) => plot._fullLayout.xaxis.range"), [1000, 1200])
    plot.evaluate("(plot) => window.Plotly.relayout(plot, { 'xaxis.autorange': true })")
    expect(remark).to_have_text(re.compile("of 4,000 points a line; zoom for more"))
    settled(page)


def test_curves_of_the_runs_page_zoom_and_lead_to_the_media_of_a_step(
    page: Page, serve_app: Callable[[Path], str], settled: Settled, root: Path
) -> None:
    with mediastore.init(project="long", dir=root) as run:
        for step in range(STEPS):
            run.log({"loss": (step * 7919 % 1000) / 1000, "other": 1 / (1 + step)}, step=step)
    page.goto(f"{serve_app(root)}/")
    settled(page)
    plot = page.locator(".curves .plot").first
    expect(plot.locator(".nsewdrag")).to_be_visible()
    plot.evaluate("(plot) => window.Plotly.relayout(plot, { 'xaxis.range[0]': 1000, 'xaxis.range[1]': 1200 })")
    expect(page.locator(".curves figcaption p").first).to_have_text("")
    expect(page).to_have_url(re.compile("zoom=1000..1200%40loss"))
    plot.evaluate(
        "(plot) => plot.emit('plotly_click', { points: [{ x: 1100, data: { meta: '' }, customdata: 1100 }] })"
    )
    expect(page).to_have_url(re.compile(r"/curves\?.*metric=loss"))
    expect(page).to_have_url(re.compile("at=1100"))
    settled(page)


def test_zooming_a_chart_on_runs_leaves_everything_else_alone(
    page: Page, serve_app: Callable[[Path], str], settled: Settled, root: Path
) -> None:
    refs = []
    for name in ("first", "second", "third"):
        with mediastore.init(project="long", name=name, dir=root) as run:
            for step in range(STEPS if name == "first" else 20):
                run.log({"loss": (step * 7919 % 1000) / 1000, "other": 1 / (1 + step)}, step=step)
            refs.append(f"{run.project}/{run.id}")
    chosen = "&".join(f"run={quote(ref, safe='')}" for ref in refs[:2])
    page.goto(f"{serve_app(root)}/?{chosen}&find=summary.loss+>+0&status=finished&smooth=0.5")
    settled(page)
    listed, plots = page.get_by_text("3 of 3 runs"), page.locator(".curves .plot")
    expect(listed).to_be_visible()
    expect(page.locator(".curves .legend li")).to_have_count(3)
    for plot in plots.all():
        expect(plot.locator(".nsewdrag")).to_be_visible()
    asked = parse_qs(urlsplit(page.url).query)
    other = plots.nth(1).evaluate(RANGES)
    plots.nth(0).evaluate("(plot) => window.Plotly.relayout(plot, { 'xaxis.range[0]': 100, 'xaxis.range[1]': 120 })")
    expect(page).to_have_url(re.compile("zoom=100..120%40loss"))
    settled(page)
    after = parse_qs(urlsplit(page.url).query)
    assert after.pop("zoom") == ["100..120@loss"]
    assert after == asked
    expect(listed).to_be_visible()
    assert plots.nth(1).evaluate(RANGES) == other
    page.get_by_role("link", name="Gallery", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gallery")
    settled(page)
    there = parse_qs(urlsplit(page.url).query)
    assert "zoom" not in there
    assert there["run"] == asked["run"]
