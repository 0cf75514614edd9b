import contextlib
import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import mediastore
from mediastore import cli


@dataclass(frozen=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, str]]:
        """The lines of a listing by the names in its first line."""
        header, *lines = self.out.splitlines()
        return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


@pytest.fixture
def command(root: Path) -> Callable[..., Told]:
    """Runs a command on the test's store, as a pipe would see it."""

    def run(*arguments: str) -> Told:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.main([*arguments, "--root", str(root)])
        return Told(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def log_run(root: Path) -> Callable[..., str]:
    """Writes a finished run: a picture that two steps share, a sound, a table, a metric; returns its id."""

    def write(run: str, project: str = "demo", **fields: object) -> str:
        pixels = np.arange(48 * 64 * 3, dtype=np.uint8).reshape(48, 64, 3)
        with mediastore.init(project=project, id=run, dir=root, **fields) as running:
            for step in range(2):
                box = mediastore.Box((1, 2, 30, 40), label="cat", score=0.5 + step / 4)
                picture = mediastore.Image(pixels, boxes=[box], caption=f"{run} {step}")
                running.log({"loss": 1 / (step + 1), "val/view": picture}, step=step)
            running.log({"Take": mediastore.Audio(np.zeros(800, np.float32), sample_rate=8000)}, step=1)
        return run

    return write


@pytest.fixture
def on_terminal() -> Callable[..., str]:
    """Runs a command of its own process on a terminal of 100 columns; what it printed there, both streams."""

    def run(*arguments: str, answer: str = "", **environment: str) -> str:
        ours, theirs = pty.openpty()
        code = "import sys; from mediastore.cli import main; sys.exit(main())"
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment},
            start_new_session=True,
        )
        os.close(theirs)
        if answer:
            os.write(ours, answer.encode())
        told = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(ours, 65536):
                told += chunk
        os.close(ours)
        process.wait(60)
        return told.decode()

    return run
