"""Finds a Chromium or Chrome for the tests. Run as a script it installs one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

VARIABLE = "MEDIASTORE_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ADVICE = f"The browser's tests need Chromium or Chrome: install one, or set {VARIABLE} to its path."


def find() -> str | None:
    """The path of a browser: the one that MEDIASTORE_CHROMIUM names, one of this machine, or Playwright's own."""
    if os.environ.get(VARIABLE):
        return os.environ[VARIABLE]
    return next((path for name in NAMES if (path := shutil.which(name))), None) or next(
        (place for place in (*PLACES, _of_playwright()) if Path(place).is_file()), None
    )


def install() -> None:
    """Debian's package where this user may install it, since it plays H.264; else Playwright's own browser."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        _tried(["apt-get", "update", "-qq"])
        _tried(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"])
    if find() is None:
        _tried([sys.executable, "-m", "playwright", "install", "chromium"])


def _of_playwright() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _tried(command: list[str]) -> None:
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    if find() is None:
        print("Installing Chromium for the browser's tests (once)", flush=True)
        install()
    if find() is None:
        sys.exit(ADVICE)
