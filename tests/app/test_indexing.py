"""While a process indexes beside the app, pages stay usable and say how far it is."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.reader import background, live
from mediastore.view import frame


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen]]:
    """Indexers that are stopped as soon as they begin."""
    begun: list[subprocess.Popen] = []

    class Stopped(subprocess.Popen):
        def __init__(self, command: list[str], **more: object) -> None:
            super().__init__(command, **more)
            if background.__name__ in command:
                os.kill(self.pid, signal.SIGSTOP)
                begun.append(self)

    monkeypatch.setattr(background.subprocess, "Popen", Stopped)
    yield begun
    for one in begun:
        one.kill()
        one.wait()


def test_a_bar_shows_while_it_is_indexed_and_the_media_come_after_it(
    app: Callable[..., AppTest], root: Path, monkeypatch: pytest.MonkeyPatch, stopped: list[subprocess.Popen]
) -> None:
    run = mediastore.init(project="demo", dir=root)
    run.log({"val": mediastore.Image(np.zeros((8, 8, 3), np.uint8))})
    run.finish()
    monkeypatch.setattr(live, "INDEX_ABOVE_BYTES", 0)
    store = frame._opened(str(root.resolve()))
    (indexer,) = stopped
    test = app("runs")
    assert not test.exception
    assert test.title[0].value == "Runs"
    assert re.fullmatch(r"Indexing, \d+% done · the media of 1 run come after it", test.get("progress")[0].proto.text)
    indexer.send_signal(signal.SIGCONT)
    deadline = time.monotonic() + 120
    while store.indexing is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    test.run()
    assert not test.exception
    assert not test.get("progress")
    assert store.count() == 1
