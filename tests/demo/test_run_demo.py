"""The demo with the app open beside it, until Ctrl-C."""

import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import mediastore

SCRIPT = """
import sys
from pathlib import Path
from mediastore.demo import run_demo
from mediastore.view import launch

root, port = Path(sys.argv[1]), int(sys.argv[2])
sys.exit(run_demo(root, start_app=lambda: launch.start(root, port=port)))
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def demo(root: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SCRIPT, str(root), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def lines_until(process: subprocess.Popen[str], beginning: str) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(beginning):
            return lines
    raise AssertionError(f"{beginning!r} was never said: {lines}")


def test_ctrl_c_ends_training_and_app_and_keeps_what_was_logged(
    demo: subprocess.Popen[str], root: Path, port: int
) -> None:
    said = lines_until(demo, "photographs, sound, film: ")
    assert any(f"http://127.0.0.1:{port}" in line for line in said)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=60) as answer:
        assert answer.status == 200
    lines_until(demo, "digits steady: ")

    demo.send_signal(signal.SIGINT)
    rest, wrong = demo.communicate(timeout=60)

    assert demo.returncode == 130, wrong
    assert "Traceback" not in wrong
    assert rest.endswith("The demo was stopped; what it logged is kept.\n")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    runs = mediastore.Store(root).runs().set_index("name")["status"]
    assert runs.to_dict() == {
        "photographs, sound, film": "finished",
        "blood cells": "finished",
        "digits steady": "failed",
    }
