"""What reaches the terminal, and how a command ends that is interrupted."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mediastore import cli
from mediastore.cli import words

Command = Callable[..., object]
HOSTILE = "cat\x1b[31m\x9b1m\u202eevil\x07\r\n\tx"
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
RUN = [sys.executable, "-c", "import sys; from mediastore.cli import main; sys.exit(main())"]


@pytest.fixture
def hostile(root: Path, log_run: Callable[..., str]) -> str:
    """A run whose every word is an attack on the terminal."""
    log_run(HOSTILE, project=HOSTILE, name=HOSTILE, tags=[HOSTILE], notes=HOSTILE, config={HOSTILE: HOSTILE})
    return HOSTILE


@pytest.mark.parametrize(
    "arguments",
    [
        ["ls"],
        ["ls", "--json"],
        ["show", HOSTILE],
        ["show", HOSTILE, "--json"],
        ["show", HOSTILE, "--key", "val/view"],
        ["show", HOSTILE, "--key", HOSTILE],
        ["show", "nobody"],
        ["query", "select caption, project from items"],
        ["query", "select caption from items", "--json"],
        ["du"],
        ["du", "--by", "key"],
        ["tag", HOSTILE],
        ["notes", HOSTILE],
        ["rename", HOSTILE, HOSTILE + "2"],
        ["index"],
        ["check"],
        ["mv", HOSTILE, "x\x1b[2J"],
        ["rm", HOSTILE],
        ["rm", HOSTILE, "--yes"],
        ["trash"],
        ["restore", "nobody"],
    ],
)
def test_no_command_lets_a_stranger_speak_to_the_terminal(command: Command, hostile: str, arguments: list[str]) -> None:
    told = command(*arguments)
    said = told.out + told.err
    assert said.strip()
    assert OBEYED.search(said) is None


@pytest.mark.parametrize("arguments", [["ls"], ["show", HOSTILE], ["query", "from items", "--csv"]])
def test_nor_does_a_table_on_a_terminal(
    on_terminal: Callable[..., str], hostile: str, root: Path, arguments: list[str]
) -> None:
    told = on_terminal(*arguments, "--root", str(root), NO_COLOR="1", PYTHONWARNINGS="ignore")
    ours = re.sub(r"\x1b\[(0|1|2K|1A|\?25[hl])m?", "", told)
    assert "Traceback" not in told
    assert OBEYED.search(ours.replace("\r", "")) is None


def test_csv_in_a_pipe_is_what_was_logged(command: Command, hostile: str) -> None:
    assert HOSTILE in command("query", "select project from runs", "--csv").out


def test_the_width_and_the_colours_are_those_that_are_asked_for(
    on_terminal: Callable[..., str], log_run: Callable[..., str], root: Path
) -> None:
    log_run("a-run-with-a-rather-long-name-that-fills-the-line", notes="n " * 200)
    for width in (60, 200):
        told = on_terminal("ls", "--root", str(root), COLUMNS=str(width), NO_COLOR="1")
        lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in told.splitlines()]
        assert max(map(len, lines)) <= width
    assert "\x1b[3" not in told


@pytest.mark.parametrize("arguments", [["--root", "{}", "ls", "--json"], ["ls", "--json", "--root", "{}"]])
def test_the_root_stands_before_or_after(
    log_run: Callable[..., str], root: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    log_run("one")
    assert cli.main([str(root) if word == "{}" else word for word in arguments]) == 0
    assert [row["run"] for row in json.loads(capsys.readouterr().out)] == ["one"]


def test_ctrl_c_ends_a_query_with_130(log_run: Callable[..., str], root: Path, tmp_path: Path) -> None:
    log_run("one")
    endless = "select sum(a.range * b.range) from range(100000000) a, range(100000000) b"
    asked, own = [*RUN, "query", endless, "--root", str(root)], {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(asked, stderr=subprocess.PIPE, text=True, env=own) as process:
        while not any(tmp_path.glob("mediastore-*/*")):  # the store is being opened
            time.sleep(0.01)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT)  # both are 130 to a shell
    assert errors == ""


def test_a_closed_pipe_gives_141_and_no_traceback(root: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    query = [*RUN, "query", "select 1 as one", "--root", str(root)]
    told = subprocess.run(query, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(writing)
    assert (told.returncode, told.stderr) == (141, "")


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_949, "99.9 kB"), (1_234_567_890, "1.2 GB")]
)
def test_sizes_read_well(count: int, said: str) -> None:
    assert words.size(count) == said
