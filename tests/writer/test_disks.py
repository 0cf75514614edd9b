"""Disks that are small, full or read-only: real ones where this process may mount them, else what the kernel offers.

Whatever happens, training goes on, a warning says the remedy, and what could be saved is whole.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PRELUDE = """
import json, os, resource, shutil, signal, subprocess, sys, time, warnings
from pathlib import Path
import numpy as np
import mediastore
from mediastore import audit

root = Path(os.environ["MEDIASTORE_DIR"])
noise = np.random.default_rng(0)
said = []
warnings.showwarning = lambda message, *more: said.append(str(message))

def log(run, count, side=96):
    for _ in range(count):
        picture = noise.integers(0, 255, (side, side, 3), dtype=np.uint8)
        run.log({"loss": run.step, "x": mediastore.Image(picture, boxes=[mediastore.Box((1, 2, 30, 40))])})

def lines(kind):
    return [
        json.loads(line)
        for path in sorted(root.glob(f"*/*/{kind}/*.jsonl"))
        for line in path.read_bytes().split(b"\\n")[:-1]
    ]

def tell():
    before = audit.check(root)
    audit.check(root, repair=True)
    print(json.dumps({
        "said": said,
        "steps": [line["step"] for line in lines("metrics")],
        "items": sorted(line["step"] for line in lines("items")),
        "media": len(list(root.rglob("*.webp"))),
        "before": before.counts,
        "after": audit.check(root).counts,
        "status": [json.loads(path.read_bytes())["status"] for path in root.glob("*/*/run.json")],
    }))
"""


def can_mount() -> bool:
    """Whether this process may have mounts of its own, which vanish with it."""
    if not (shutil.which("unshare") and shutil.which("mount")):
        return False
    probe = "mount -t tmpfs -o size=1m none /mnt"
    return subprocess.run(["unshare", "--mount", "sh", "-c", probe], capture_output=True, check=False).returncode == 0


CAN_MOUNT = can_mount()


def told(tmp_path: Path, script: str, megabytes: int | None = None) -> dict:
    """What the script said at its end, run on a disk of so many megabytes, or on none of its own."""
    root = tmp_path / "disk" / "store"
    root.parent.mkdir()
    command = [sys.executable, "-c", PRELUDE + script]
    if megabytes is not None:
        mount = f'mount -t tmpfs -o size={megabytes}m none "{root.parent}" && exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", mount, "sh", *command]
    environment = os.environ | {"MEDIASTORE_DIR": str(root), "MEDIASTORE_STRICT": "0", "DISK": str(root.parent)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


FULL = """
run = mediastore.init(project="p")
log(run, 200)
run.flush()
full = [line["step"] for line in lines("items")]
{more_room}
log(run, 3)
run.finish()
assert len(full) < 200
tell()
"""
ROOM = {
    "a disk of four megabytes that is made larger": (
        'subprocess.run(["mount", "-o", "remount,size=64m", os.environ["DISK"]], check=True)',
        4,
    ),
    "files that may not grow beyond 20 KB": ("resource.setrlimit(resource.RLIMIT_FSIZE, (2**30, 2**30))", None),
}
SMALL = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 2**30))
"""


@pytest.mark.parametrize("disk", [name for name, (_, size) in ROOM.items() if size is None or CAN_MOUNT])
def test_a_full_disk_is_said_once_and_logging_goes_on_when_there_is_room(tmp_path: Path, disk: str) -> None:
    more_room, megabytes = ROOM[disk]
    script = (SMALL if megabytes is None else "") + FULL.format(more_room=more_room)
    found = told(tmp_path, script, megabytes)
    assert any("is lost" in sentence and "[Errno" in sentence for sentence in found["said"]), found["said"]
    assert len(found["said"]) <= 4, "a full disk is said once a kind, not at every step"
    assert found["steps"] == list(range(203)), "no scalar is lost: they wait for room"
    assert found["items"][-3:] == [200, 201, 202]
    assert found["before"].keys() <= {"orphan file", "torn line", "sidecar not in journal"}
    assert found["after"] == {}
    assert found["media"] >= len(found["items"])
    assert found["status"] == ["finished"]


READ_ONLY = """
run = mediastore.init(project="p")
log(run, 3)
run.flush()
{close}
log(run, 3)
run.flush()
{reopen}
log(run, 3)
run.finish()
tell()
"""
MOUNT = (
    """for options in (["--bind", os.environ["DISK"]], ["-o", "remount,bind,ro"]):
    subprocess.run(["mount", *options, os.environ["DISK"]], check=True)""",
    'subprocess.run(["umount", os.environ["DISK"]], check=True)',
)
MOVED = ("run.dir.rename(root / 'away'); run.dir.write_text('')", "run.dir.unlink(); (root / 'away').rename(run.dir)")
CLOSED = {
    "a disk that becomes read-only": (*MOUNT, 16),
    "a folder that may not be written": ("os.chmod(run.dir, 0o500)", "os.chmod(run.dir, 0o700)", None),
    "a file where the folder was": (*MOVED, None),
}
POSSIBLE = {"a disk that becomes read-only": CAN_MOUNT, "a folder that may not be written": os.geteuid() != 0}


@pytest.mark.parametrize("way", [way for way in CLOSED if POSSIBLE.get(way, True)])
def test_a_folder_that_cannot_be_written_for_a_while_costs_no_more_than_that_while(tmp_path: Path, way: str) -> None:
    close, reopen, megabytes = CLOSED[way]
    found = told(tmp_path, READ_ONLY.format(close=close, reopen=reopen), megabytes)
    assert any("is lost" in sentence for sentence in found["said"]), found["said"]
    assert found["steps"] == list(range(9)), "scalars wait until they can be written"
    assert {0, 1, 2, 6, 7, 8} <= set(found["items"])
    assert found["after"] == {}
    assert found["status"] == ["finished"]


@pytest.mark.parametrize("megabytes", [1] if CAN_MOUNT else [])
def test_a_disk_without_room_for_a_run_sends_it_elsewhere(tmp_path: Path, megabytes: int) -> None:
    script = """
filler = os.open(root.parent / "filler", os.O_WRONLY | os.O_CREAT)
try:
    while os.write(filler, bytes(4096)):
        pass
except OSError:
    os.close(filler)
import tempfile
tempfile.tempdir = os.getcwd()
with mediastore.init(project="p") as run:
    log(run, 3)
root = Path(tempfile.tempdir) / "mediastore-runs"
tell()
"""
    found = told(tmp_path, script, megabytes)
    assert "set MEDIASTORE_DIR" in found["said"][0]
    assert found["items"] == [0, 1, 2] and found["before"] == {}
