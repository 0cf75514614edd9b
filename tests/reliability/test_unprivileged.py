"""A store that can be read, not written: everything is shown, nothing is left in it.

Run as root, it belongs to somebody else and the children lose every capability: to files of another owner they are then
as any other user is. Run as another user, nobody may write to it.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest

import mediastore
from mediastore.serve import media_url, thumb_url

OWNER = 12345
CLI = "from mediastore.cli import main; raise SystemExit(main())"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if IS_ROOT else []
COMMAND = [*WITHOUT_RIGHTS, sys.executable, "-B", "-c", CLI]

pytestmark = pytest.mark.skipif(
    os.name != "posix" or (IS_ROOT and shutil.which("setpriv") is None),
    reason="rights are those of POSIX systems, and what root loses them with is setpriv",
)


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Path]:
    """A store that all may read and the children may not write to."""
    root = tmp_path / "store"
    with mediastore.init(project="p", id="run-1", dir=root) as run:
        boxes = [mediastore.Box((1, 1, 9, 9), label="cat", score=0.5)]
        run.log({"loss": 1.0, "view": mediastore.Image(np.zeros((20, 30, 3), np.uint8), boxes=boxes)}, step=0)
    for place in (root, *root.rglob("*")):
        place.chmod(0o555 if place.is_dir() else 0o444)
        if IS_ROOT:
            os.chown(place, OWNER, OWNER)
    yield root
    for place in (root, *root.rglob("*")):
        place.chmod(0o755)


def tree(root: Path) -> dict[str, tuple[int, int]]:
    return {str(place): (place.stat().st_size, place.stat().st_mtime_ns) for place in root.rglob("*")}


def asked(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=120)


def test_the_children_may_not_write(theirs: Path) -> None:
    tried = "import sys; open(sys.argv[1], 'a')"
    for place in (theirs / "mediastore.json", theirs / "p/run-1/new.json"):
        done = subprocess.run(
            [*WITHOUT_RIGHTS, sys.executable, "-c", tried, str(place)], capture_output=True, text=True
        )
        assert "PermissionError" in done.stderr


def test_the_app_shows_all_of_it_and_leaves_it_alone(theirs: Path) -> None:
    before = tree(theirs)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*COMMAND, "app", str(theirs), "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert f":{port}" in process.stdout.readline()
            url = f"http://127.0.0.1:{port}"
            path = str(mediastore.Store(theirs).items()["path"].item())
            count = f"{url}/app/static/export/query.csv?sql=select+count(*)+as+n+from+annotations"
            assert urlopen(count, timeout=60).read().split()[-1] == b"1"
            assert urlopen(url + media_url(path), timeout=60).read() == (theirs / path).read_bytes()
            drawn = urlopen(url + thumb_url(path), timeout=60)
            assert drawn.headers["cache-control"] == "private, max-age=604800", "a picture, not a card"
            assert drawn.read(4) == b"RIFF"
        finally:
            process.terminate()
    assert tree(theirs) == before


def test_commands_read_it_and_say_what_they_may_not(theirs: Path) -> None:
    before = tree(theirs)
    listed = asked("ls", "--root", str(theirs))
    assert (listed.returncode, "run-1" in listed.stdout) == (0, True), listed.stderr
    assert asked("check", "--root", str(theirs)).returncode == 0
    for words in (["index"], ["tag", "run-1", "--add", "best"], ["rm", "run-1", "--yes"]):
        refused = asked(*words, "--root", str(theirs))
        assert refused.returncode == 1, words
        assert refused.stderr.startswith("mediastore: "), words
        assert "Traceback" not in refused.stderr
    assert tree(theirs) == before


def test_what_may_not_even_be_read_is_told(theirs: Path) -> None:
    run = theirs / "p/run-1"
    next(run.glob("items/*.jsonl")).chmod(0o000)
    told = asked("ls", "--root", str(theirs))
    assert "Traceback" not in told.stderr
    found = asked("check", "--root", str(theirs))
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
