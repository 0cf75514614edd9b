"""The fault harness and the soak, as tests: nothing acknowledged is lost, nothing in silence, no count is wrong."""

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


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_minute_of_eight_writers_an_indexer_and_a_reader_leaks_nothing() -> None:
    soak = [sys.executable, str(HARNESS.with_name("soak.py")), "60"]
    done = subprocess.run(soak, capture_output=True, text=True, timeout=290)
    assert done.returncode == 0, done.stderr[-3000:]
    found = {name: float(value) for name, value in (line.split(": ") for line in done.stdout.splitlines())}
    assert found["wrong counts"] == 0
    assert found["counts"] >= 3
    assert found["descriptors grew"] <= 2
    assert found["threads grew"] <= 2
    assert found["memory grew MB"] < 64
