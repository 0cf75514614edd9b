"""The same pictures elsewhere: in Streamlit by `st.image` and by plotly, and in TensorBoard's image tab."""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from urllib.request import urlopen

from app_material import TILES, by_step
from browsing import browser, link_to_painted, press_to_painted
from measuring import Figures

from mediastore.view.launch import choose_port

TURNS = 5
READY_S = 60
BOARD_TILES = 12
"""TensorBoard shows a page of twelve."""
PAINTED = {
    "image": """() => {
        const pictures = [...document.querySelectorAll("[data-testid=stImage] img")];
        const said = [...document.querySelectorAll("[data-testid=stImageCaption]")];
        return said.filter((one) => one.textContent.trim() === "step STEP").length === COUNT
            && new Set(pictures.map((one) => one.src)).size === COUNT && loaded(pictures, COUNT) && pictures;
    }""",
    "plotly": """() => {
        const plots = [...document.querySelectorAll(".js-plotly-plot")].filter((one) => one.layout?.meta === STEP);
        const pictures = plots.flatMap((one) => [...one.querySelectorAll("image")]);
        return pictures.length === COUNT && plots.every((one) => one.querySelector(".scatterlayer path.js-line"))
            && pictures.map((one) => Object.assign(new Image(), { src: one.href.baseVal }));
    }""",
}
BOARD = (
    "() => { const found = deep('tf-image-loader img, image-card img, img'); return loaded(found, COUNT) && found; }"
)


def others(root: Path) -> Figures:
    """All three over the same files; `root` is the folder of the photographs."""
    figures: Figures = {}
    for way in PAINTED:
        figures |= _plain(root, way)
    return figures | _board(root)


def _plain(folder: Path, way: str) -> Figures:
    script = Path(__file__).with_name("plain_pages.py")
    static = folder.parent / "plain" / "static"
    if not static.exists():
        shutil.copytree(folder, static)
    for part in ("plain_pages.py", "app_material.py", "stores.py"):
        shutil.copy(script.with_name(part), static.parent)
    flags = ["--server.headless=true", "--server.enableStaticServing=true", "--server.fileWatcherType=none"]
    flags += ["--browser.gatherUsageStats=false", "--server.address=127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", "run", str(static.parent / script.name), *flags]
    told = [PAINTED[way].replace("COUNT", str(TILES)).replace("STEP", str(step)) for step in range(TURNS + 2)]
    with served(command, ["--server.port={}", "--", str(folder), way], "/_stcore/health") as url, browser() as context:
        opening = [link_to_painted(context, f"{url}/?step={step}", told[step]) for step in range(TURNS + 1)][1:]
        page = context.new_page()
        page.goto(f"{url}/?step=0")
        page.wait_for_function(told[0])
        press = partial(page.get_by_role("button", name="Next").click)
        pressed = []
        for step in range(1, TURNS + 1):
            pressed.append(press_to_painted(page, told[step], press))
            page.wait_for_timeout(300)
    return {f"{way}_link_s": statistics.median(opening), f"{way}_s": statistics.median(pressed)}


def _board(folder: Path) -> Figures:
    logs = folder.parent / "board"
    if not logs.exists():
        write_board(folder, logs)
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logs), "--samples_per_plugin", "images=1000"]
    flags = ["--load_fast=false", "--host", "127.0.0.1", "--port", "{}"]
    told = BOARD.replace("COUNT", str(BOARD_TILES))
    with served(command, flags, "/data/plugin/images/tags") as url, browser() as context:
        _until_all_is_read(url, sum(1 for _ in by_step(folder)))
        taken = [link_to_painted(context, f"{url}/#images", told) for _ in range(TURNS + 1)][1:]
    return {"board_link_s": statistics.median(taken)}


def write_board(folder: Path, logs: Path) -> None:
    """The same files as TensorBoard reads them: a tag a place, without encoding any of them anew."""
    from tensorboardX import SummaryWriter
    from tensorboardX.proto.summary_pb2 import Summary

    with SummaryWriter(str(logs)) as writer:
        for step, files in by_step(folder):
            for place, path in enumerate(files):
                picture = Summary.Image(height=480, width=640, colorspace=3, encoded_image_string=path.read_bytes())
                told = Summary(value=[Summary.Value(tag=f"photos/{place:02d}", image=picture)])
                writer.file_writer.add_summary(told, step)


def _until_all_is_read(url: str, steps: int) -> None:
    deadline = time.monotonic() + READY_S
    last = f"{url}/data/plugin/images/images?run=.&tag=photos/{TILES - 1:02d}"
    while len(json.loads(_fetched(last) or "[]")) < steps:
        assert time.monotonic() < deadline, "TensorBoard must have read its files"
        time.sleep(0.5)


def _fetched(url: str) -> str:
    with contextlib.suppress(OSError), urlopen(url, timeout=5) as answer:
        return answer.read().decode()
    return ""


@contextlib.contextmanager
def served(command: Sequence[str], flags: Sequence[str], health: str) -> Iterator[str]:
    """A server of another's, from its first answer to the end of the block."""
    port = choose_port("127.0.0.1", None)
    process = subprocess.Popen(
        [*command, *(flag.format(port) for flag in flags)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + READY_S
        while not _fetched(url + health):
            assert process.poll() is None and time.monotonic() < deadline, f"{command[2]} must answer"
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(30)
