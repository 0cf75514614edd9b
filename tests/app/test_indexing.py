"""While a process indexes beside the app, pages stay usable and say how far it is."""

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mediastore
from mediastore.reader import live
from mediastore.view import frame


def test_a_bar_shows_while_it_is_indexed_and_the_media_come_after_it(
    app: Callable[..., AppTest], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = mediastore.init(project="demo", dir=root)
    run.log({"val": mediastore.Image(np.zeros((8, 8, 3), np.uint8))})
    run.finish()
    monkeypatch.setattr(live, "INDEX_ABOVE_BYTES", 0)
    store = frame._opened(str(root.resolve()))
    indexer = store._background._process.pid
    os.kill(indexer, signal.SIGSTOP)
    test = app("runs")
    assert not test.exception
    assert test.title[0].value == "Runs"
    assert re.fullmatch(r"Indexing, \d+% done · the media of 1 run come after it", test.get("progress")[0].proto.text)
    os.kill(indexer, signal.SIGCONT)
    deadline = time.monotonic() + 60
    while store.indexing is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    test.run()
    assert not test.exception
    assert not test.get("progress")
    assert store.count() == 1
