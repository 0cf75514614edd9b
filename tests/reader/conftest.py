"""Stores written by hand from the format's page: the reader needs nothing of the writer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RUN = "20261123-031200-brave-otter"


class HandWritten:
    """A store written with json and open alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        (root / "mediastore.json").write_text('{"format": 1}')

    def run(self, run: str = RUN, project: str = "demo", **fields: Any) -> Path:
        """A run's folder with its run.json."""
        folder = self.root / project / run
        folder.mkdir(parents=True, exist_ok=True)
        record = {"format": 1, "project": project, "run": run, "name": run[16:], "created": 1795403520.0}
        record |= {"updated": 1795403580.0, "status": "finished", "config": {"lr": 0.001}, "summary": {}} | fields
        (folder / "run.json").write_text(json.dumps(record))
        return folder

    def items(self, *records: dict[str, Any], folder: Path | None = None, journal: str = "k3f9-0001") -> Path:
        """Lines appended to a journal of items."""
        return self.append(folder or self.root / "demo" / RUN, f"items/{journal}.jsonl", *records)

    def metrics(self, *lines: dict[str, Any], folder: Path | None = None, journal: str = "k3f9-0001") -> Path:
        """Lines appended to a journal of metrics."""
        return self.append(folder or self.root / "demo" / RUN, f"metrics/{journal}.jsonl", *lines)

    def append(self, folder: Path, name: str, *lines: dict[str, Any] | bytes) -> Path:
        """Append objects as JSON lines, bytes as they are."""
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            for line in lines:
                file.write(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n")
        return path


@pytest.fixture
def by_hand(tmp_path: Path) -> HandWritten:
    return HandWritten(tmp_path / "sick-store")


@pytest.fixture(scope="module")
def shared_by_hand(tmp_path_factory: pytest.TempPathFactory) -> HandWritten:
    """One for all tests of a module: they look and do not touch."""
    return HandWritten(tmp_path_factory.mktemp("shared") / "store")


@pytest.fixture(scope="session")
def item() -> Callable[..., dict[str, Any]]:
    """A sidecar's content; fields can be given, and None leaves one out."""

    def make(step: Any = 0, index: Any = 0, key: str = "val/detections", **fields: Any) -> dict[str, Any]:
        record = {"format": 1, "project": "demo", "run": RUN, "writer": "k3f9", "key": key, "step": step}
        record |= {"index": index, "kind": "image", "file": f"{step!s:0>9}-{index!s:0>2}-k3f9.png"}
        record |= {"media_type": "image/png", "bytes": 48213, "sha256": "9f", "time": 1795403520.0}
        return {name: value for name, value in (record | fields).items() if value is not None}

    return make


@pytest.fixture(scope="session")
def box() -> Callable[..., dict[str, Any]]:
    """A box as an annotation."""

    def make(label: str | None = "cat", score: float | None = 0.9, layer: str = "predictions", **more: Any) -> dict:
        made = {"layer": layer, "type": "box", "label": label, "score": score, "box": [64.0, 96.0, 320.0, 288.0]} | more
        return {name: value for name, value in made.items() if value is not None}

    return make
