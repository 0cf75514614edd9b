"""What a process needs for a while is gone after it, however it ends."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="locks of files are those of Unix")

SPILLING = """
import sys
from pathlib import Path
from mediastore.reader.database import Database

base = Database(Path(sys.argv[1]), memory_limit="64MB")
base._connection.execute("create table much as select range, hash(range) from range(12000000)")
print("spilled", flush=True)
sys.stdin.read()
"""
ASKING = "from mediastore import scratch; print(scratch.new_folder('query'))"
FORKING = """
import os, sys
from mediastore import scratch
mine = scratch.new_folder("kept")
child = os.fork()
if not child:
    print(scratch.folder() != mine.parent, flush=True)
    sys.exit()
os.waitpid(child, 0)
print(mine.is_dir())
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder for what is temporary, in place of the system's."""
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


def begin(program: str, room: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(room)},
    )


def told(program: str, room: Path) -> str:
    with begin(program, room) as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return said.strip()


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]


@LINUX
def test_what_a_killed_reader_spilled_goes_with_the_next_process_and_not_before(room: Path, tmp_path: Path) -> None:
    with begin(SPILLING, room, str(tmp_path)) as reader:
        assert reader.stdout.readline() == "spilled\n"
        spilled = files_below(room)
        assert sum(path.stat().st_size for path in spilled) > 1_000_000
        told(ASKING, room)
        assert files_below(room) == spilled
        reader.kill()
    assert files_below(room) == spilled
    told(ASKING, room)
    assert [*room.rglob("*")] == [room / f"mediastore-{os.getuid()}"]


@LINUX
def test_nobody_else_can_read_it(room: Path) -> None:
    told(ASKING, room)
    [shared] = room.iterdir()
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700


@LINUX
@pytest.mark.parametrize("trap", ["open", "link"])
def test_a_folder_that_somebody_else_prepared_is_not_used(room: Path, tmp_path: Path, trap: str) -> None:
    place, prepared = room / f"mediastore-{os.getuid()}", tmp_path / "prepared"
    prepared.mkdir(mode=0o700)
    (prepared / "1-2.lock").touch()
    (prepared / "1-2").mkdir()
    if trap == "open":
        prepared.chmod(0o777)
        prepared.rename(place)
        prepared = place
    else:
        place.symlink_to(prepared)
    given = Path(told(ASKING, room))
    assert given.parent.parent == room
    assert not given.exists()
    assert sorted(path.name for path in prepared.iterdir()) == ["1-2", "1-2.lock"]


@LINUX
def test_a_fork_has_its_own_and_leaves_its_parents(room: Path) -> None:
    assert told(FORKING, room).split() == ["True", "True"]
    assert files_below(room) == []


@LINUX
def test_a_store_opens_where_nothing_temporary_can_be_made(room: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    program = f"""
import os, tempfile
tempfile.tempdir = {str(room / "gone")!r}
from mediastore.reader.store import Store
print(len(Store({str(tmp_path / "empty")!r}).runs()))
"""
    assert told(program, room) == "0"
