"""Makes the pictures of every page from the demo's store: `python docs/screenshots.py [ROOT]`.

ROOT is where `mediastore demo --no-app` wrote, ./mediastore-runs by default. Two slides are pinned where none is. The
browser is found as the tests find it.
"""

import io
import sys
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import mediastore
from mediastore import pins
from mediastore.view import launch
from mediastore.view.asking import EXAMPLES

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/browser"))
import chromium

DOCS = Path(__file__).parent
SIZE = {"width": 1280, "height": 800}
SHARPNESS = 1.25
QUALITY = 72
SETTLE_MS = 1500
LEAST_CERTAIN = list(EXAMPLES.values())[1]
COMPONENT = "[data-testid=stBidiComponentIsolated]"
VISIBLE_PICTURES_ARE_HERE = """
    () => [...document.querySelectorAll(".gallery img")]
        .filter(picture => picture.getBoundingClientRect().top < window.innerHeight)
        .every(picture => picture.complete && picture.naturalWidth > 0)
"""


def main(root: Path) -> None:
    runs = mediastore.Store(root).runs()
    named = ("digits steady", "blood cells", "photographs, sound, film")
    steady, cells, classic = (runs.loc[runs["name"] == name, "ref"].item() for name in named)
    views = {
        "runs": ("", {"smooth": "0.6"}, "[data-testid=stDataFrame]"),
        "curves": ("curves", {"run": cells, "metric": "val/mAP50", "along": "true"}, ".curves .main-svg"),
        "progress": ("progress", {"run": cells}, ".curves .main-svg"),
        "item": ("item", {"run": cells, "key_at": "val/cells", "step_at": "592", "run_at": cells}, COMPONENT),
        "compare": ("compare", {"run": cells, "key": "val/cells"}, COMPONENT),
        "audio": ("audio", {"run": classic}, COMPONENT),
        "video": ("video", {"run": classic}, COMPONENT),
        "mistakes": ("mistakes", {"run": cells, "least": "0.35"}, ".judged img"),
        "changed": ("changed", {"run": cells, "step_before": "296", "step_after": "592"}, ".judged img"),
        "gallery": ("gallery", {"run": steady, "key": "val/detections", "score": "0.5..1"}, ".gallery img"),
        "tables": ("tables", {"run": steady}, "[role=gridcell]"),
        "predictions": ("predictions", {"run": cells, "layer": "predictions", "score": "0.5..0.9"}, ".finder img"),
        "measures": ("measures", {"run": steady, "key": "val/ink"}, "[data-testid=stMetric]"),
        "present": ("present", {"slide": "1"}, ".gallery img"),
        "sql": ("sql", {"run": cells, "sql": LEAST_CERTAIN}, "[role=gridcell]"),
    }
    if not pins.saved(root):
        note = "Solid lines are what the model says, dashes what people marked. It is sure of the large, dark cells."
        shown = {"run": [cells], "key": ["val/cells"], "label": ["WBC"]}
        pins.save(root, "White blood cells are found", "gallery", shown, note=note)
        pins.save(root, "How it came to it", "curves", {"run": [cells], "metric": ["val/mAP50"]})
    with launch.start(root) as app, sync_playwright() as playwright:
        app.wait_ready()
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        for name, (page, asked, ready) in views.items():
            for theme in ("light", "dark"):
                url = f"{app.url}/{page}?{urlencode(asked)}"
                take(browser, url, theme, DOCS / f"{name}-{theme}.webp", ready)
        browser.close()


def take(browser: Browser, url: str, theme: str, target: Path, ready: str) -> None:
    page = browser.new_page(color_scheme=theme, viewport=SIZE, device_scale_factor=SHARPNESS)
    page.goto(url)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_selector(ready, state="attached")
    page.wait_for_function(VISIBLE_PICTURES_ARE_HERE)
    page.wait_for_timeout(SETTLE_MS)
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(target, quality=QUALITY, method=6)
    page.close()
    print(f"{target.name}: {target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "mediastore-runs"))
