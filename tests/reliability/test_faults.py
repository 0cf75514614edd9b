"""The fault harness, as a test: nothing acknowledged is lost, and nothing is lost in silence."""

import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("faults.py")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_fault_at_any_call_loses_what_was_acknowledged() -> None:
    done = subprocess.run([sys.executable, str(HARNESS)], capture_output=True, text=True, timeout=590)
    assert done.returncode == 0, done.stderr[-3000:]
    cells = [cell.strip() for cell in done.stdout.splitlines()[-1].split("|")[1:-1]]
    _, tried, written, lost, silent, *_ = cells
    assert int(tried) >= 90
    assert int(written) >= int(tried)
    assert (lost, silent) == ("0", "0"), done.stdout
