"""A real browser that times what a person waits for: from a press, or from a link, to what is painted."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from mediastore.view import launch

for name in ("browser", "reliability"):
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / name))
import chromium  # noqa: E402
from growth import children  # noqa: E402

VIEWPORT = {"width": 1600, "height": 2900}
TIMEOUT_MS = 60_000
SAMPLE_S = 0.05
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CLOCK = """
window.deep = (selector, root = document) => [...root.querySelectorAll(selector),
  ...[...root.querySelectorAll("*")].flatMap((node) => (node.shadowRoot ? deep(selector, node.shadowRoot) : []))];
window.loaded = (pictures, count) =>
  pictures.length >= count && pictures.every((one) => one.complete && one.naturalWidth);
// Until `ready` finds the pictures it waits for and these are decoded and one frame was drawn with them.
window.arm = (ready, began = null) => {
  window.took = null;
  const start = (event) => { began ??= event.timeStamp; };
  const once = { capture: true, once: true };
  if (began === null) for (const name of ["pointerdown", "input"]) addEventListener(name, start, once);
  const look = async () => {
    const pictures = began === null ? null : ready();
    if (!pictures) return setTimeout(look, 5);
    await Promise.all([...pictures].map((one) => one.decode?.()));
    requestAnimationFrame(() => setTimeout(() => { window.took = performance.now() - began; }));
  };
  look();
};
"""


@contextlib.contextmanager
def browser() -> Iterator[BrowserContext]:
    """One window of Chromium; what it has loaded once it keeps."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = found.new_context(viewport=VIEWPORT)
        context.set_default_timeout(TIMEOUT_MS)
        context.add_init_script(CLOCK)
        yield context
        found.close()


@contextlib.contextmanager
def app(*roots: Path) -> Iterator[tuple[str, int]]:
    """The app on these stores: its URL and its process."""
    before = set(children(os.getpid()))
    with launch.start(*roots) as server:
        (pid,) = set(children(os.getpid())) - before
        server.wait_ready()
        yield server.url, pid


def opened(page: Page, url: str) -> None:
    """Go to a link and wait until its script has run."""
    page.goto(url)
    page.wait_for_selector(IDLE)


def press_to_painted(page: Page, ready: str, press: Callable[[], object]) -> float:
    """Seconds from the press until `ready`, a JavaScript function, finds its pictures and they are painted."""
    page.evaluate(f"arm({ready})")
    press()
    return _taken(page)


def link_to_painted(context: BrowserContext, url: str, ready: str) -> float:
    """Seconds from the address to what is painted, in a new tab of a browser that knows the app's scripts."""
    page = context.new_page()
    page.add_init_script(f"arm({ready}, 0)")
    page.goto(url, wait_until="commit")
    took = _taken(page)
    page.close()
    return took


def _taken(page: Page) -> float:
    page.wait_for_function("window.took !== null && window.took !== undefined")
    return page.evaluate("window.took") / 1000


def memory_mb(pid: int, name: str = "VmRSS") -> float:
    """What a process holds now, or held at most (`VmHWM`)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) / 1024


def cpu_s(pid: int) -> float:
    """The seconds that a process has computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """Samples of the memory of a process, taken while the block runs, MB."""
    samples = [memory_mb(pid)]
    is_over = threading.Event()

    def sample() -> None:
        while not is_over.wait(SAMPLE_S):
            samples.append(memory_mb(pid))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        is_over.set()
        thread.join()
