"""What ended visits held is given back without anybody waiting for Python to look."""

import gc
import os
import subprocess
import sys
from pathlib import Path

from mediastore import tidying

OPEN = Path("/proc/self/fd" if Path("/proc/self/fd").is_dir() else "/dev/fd")
BEGUN = """
import gc, time
from mediastore import tidying

class Visit:
    def __init__(self):
        self.me = self

gc.disable()
thread = tidying.begin(every_s=0.01)
for _ in range(100):
    Visit()
deadline = time.monotonic() + 60
while time.monotonic() < deadline and any(type(one) is Visit for one in gc.get_objects()):
    time.sleep(0.01)
print(sum(type(one) is Visit for one in gc.get_objects()), thread.daemon)
"""


class Visit:
    """As a session is: it knows what knows it, and has descriptors."""

    def __init__(self) -> None:
        self.itself, self.pipe = self, os.pipe()

    def __del__(self) -> None:
        for end in self.pipe:
            os.close(end)


def test_descriptors_of_what_nobody_knows_any_more_are_closed() -> None:
    gc.disable()
    try:
        before = len(list(OPEN.iterdir()))
        for _ in range(20):
            Visit()
        assert len(list(OPEN.iterdir())) == before + 40
        assert tidying.tidy() >= 20
        assert len(list(OPEN.iterdir())) == before
    finally:
        gc.enable()


def test_it_goes_on_by_itself_and_holds_no_process_back() -> None:
    done = subprocess.run([sys.executable, "-c", BEGUN], capture_output=True, text=True, timeout=100)
    assert done.stdout == "0 True\n", done.stderr
