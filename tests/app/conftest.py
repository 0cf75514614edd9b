import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

import mediastore

PICTURE = "demo/run-1/media/val/000000001-00-aa.png"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run's folder with a picture, a sound and files that must never be served or never be shown."""
    run = tmp_path / "store/demo/run-1"
    media = run / "media/val"
    media.mkdir(parents=True)
    (run / "code").mkdir()
    (run / "items").mkdir()
    (tmp_path / "store/mediastore.json").write_text('{"format": 1}')
    (run / "run.json").write_text('{"format": 1, "config": {"secret": 1}}')
    (run / "items/aa-0001.jsonl").write_text("{}\n")
    (run / "code/train.py").write_text("print('hello')")
    (tmp_path / "outside.png").write_bytes(png(np.zeros((4, 4), np.uint8)))
    rows = np.linspace(0, 255, 480).astype(np.uint8)[:, None, None]
    (tmp_path / "store" / PICTURE).write_bytes(png(np.broadcast_to(rows, (480, 640, 3)).copy()))
    (media / "page.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (media / "page.png").write_text("<script>alert(1)</script>")
    (media / "notes.html").write_text("<script>alert(1)</script>")
    (media / ".hidden.png").write_bytes(b"x")
    soundfile.write(media / "tone.wav", np.sin(np.arange(16000) / 20) * 0.5, 16000)
    (media / "link.png").symlink_to(tmp_path / "outside.png")
    (media / "inner.png").symlink_to(run / "run.json")
    (run / "media/away").symlink_to(tmp_path)
    return tmp_path / "store"


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


MAIN = Path(__file__).parents[2] / "mediastore/view/main.py"


@pytest.fixture
def app(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens a page of the app on the test's store, as a link with these parameters would."""
    monkeypatch.setenv("MEDIASTORE_DIR", str(root))

    def open_page(page: str = "runs", **params: str | list[str]) -> AppTest:
        test = AppTest.from_file(str(MAIN), default_timeout=60)
        test.query_params.update(params)
        test.run()
        return test.switch_page(f"../../pages/{page}.py").run()

    return open_page


@pytest.fixture(autouse=True)
def forget_stores() -> Iterator[None]:
    """The app opens a store once a process; a test leaves none open."""
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def write_run(root: Path) -> Callable[..., str]:
    """Writes one finished run of a few steps and gives back its `project/run`."""

    def write(name: str | None = None, *, steps: Sequence[int] = range(6), every: int = 2, **init: Any) -> str:
        with mediastore.init(project="cells", name=name, dir=root, **init) as run:
            for step in steps:
                run.log({"train/loss": 1 / (step + 1), "val/score": step / 10}, step=step)
                if step % every == 0:
                    boxes = [mediastore.Box((4, 4, 20, 20), label="cell", score=0.9)]
                    pixels = np.full((48, 64, 3), 8 * step, np.uint8)
                    run.log({"val/view": mediastore.Image(pixels, boxes=boxes, caption=f"at {step}")}, step=step)
            return f"{run.project}/{run.id}"

    return write


@pytest.fixture
def component_data() -> Callable[[AppTest, str], dict[str, Any]]:
    """The data that the component of a key was given on a page."""

    def read(test: AppTest, key: str) -> dict[str, Any]:
        (found,) = [one.proto for one in test.get("bidi_component") if one.proto.id.endswith(f"-{key}")]
        return json.loads(found.bytes)

    return read
