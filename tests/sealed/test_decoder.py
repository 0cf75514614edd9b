"""What a decoder of media can do once it is sealed: read what it was handed, compute, answer."""

import subprocess
import sys
from pathlib import Path

import pytest

from mediastore.sealed import can_seal

pytestmark = pytest.mark.skipif(not can_seal(), reason="this system has no seccomp filter")

TRIES = """
import os, socket, sys, threading
from mediastore.encode import ahead
from mediastore.sealed.worker import seal
ahead.import_everything()
parent = os.getppid()
seal(is_decoder=True)
tries = {
    "read": lambda: open("/etc/passwd"),
    "write": lambda: open("/tmp/a-decoder-was-here", "w"),
    "list": lambda: os.listdir("/"),
    "stat": lambda: os.stat("/etc/passwd"),
    "link": lambda: os.readlink("/proc/self/exe"),
    "socket": lambda: socket.socket(),
    "fork": os.fork,
    "run": lambda: os.execv("/bin/true", ["true"]),
    "kill": lambda: os.kill(parent, 9),
    "trace": lambda: __import__("ctypes").CDLL(None, use_errno=True).ptrace(16, parent, 0, 0) and 1 / 0,
    "import": lambda: __import__("sqlite3"),
}
for name, act in tries.items():
    try:
        act()
        print(name, "done")
    except (OSError, ImportError, ZeroDivisionError):
        print(name, "refused")
done = []
thread = threading.Thread(target=done.append, args=[1])
thread.start()
thread.join()
print("thread", "done" if done else "refused")
"""


def test_it_opens_nothing_reaches_nobody_and_begins_no_process() -> None:
    tried = [sys.executable, "-c", TRIES]
    top = Path(__file__).parents[2]
    done = subprocess.run(tried, capture_output=True, text=True, timeout=120, cwd=top, check=True)
    said = dict(line.split() for line in done.stdout.splitlines())
    assert said.pop("thread") == "done"
    assert len(said) == 11
    assert set(said.values()) == {"refused"}, said
