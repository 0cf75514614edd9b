import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

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
