"""The fault harness and the soak, as tests: nothing acknowledged is lost, nothing in silence, no count is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from mediastore.decoders import WORKERS as DECODERS
from mediastore.reader.fence import WORKERS as FENCED

HARNESS = Path(__file__).with_name("faults.py")
MOST_AT_THE_END = {
    "app: memory MB": 500,
    "app: descriptors": 180,
    "app: threads": 70,
    "app: sessions": 4,
    "app: processes": FENCED + DECODERS + 1,
    "reader: memory MB": 350,
    "reader: descriptors": 60,
    "indexer: memory MB": 260,
    "writers: descriptors": 60,
}
MOST_AN_HOUR = {"reader: threads": 12, "writers: memory MB": 120, "writers: descriptors": 12, "writers: threads": 12}
"""Of what hardly moves: in five minutes nothing can be said of the slope of what goes up and down with each visitor."""


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
@pytest.mark.timeout(1200)
def test_no_machine_disk_or_clock_loses_what_was_acknowledged() -> None:
    machines = [sys.executable, str(HARNESS.with_name("machines.py"))]
    done = subprocess.run(machines, capture_output=True, text=True, timeout=1190)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()[2:]]
    assert len(rows) == 8
    tried = [row for row in rows if not row[1].startswith("not tried")]
    assert len(tried) >= 6
    assert all(int(row[1]) > 0 and int(row[2]) > 0 and row[3] == "0" for row in tried), done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_five_minutes_of_writers_an_indexer_a_reader_and_an_app_with_visitors_leak_nothing() -> None:
    soak = [sys.executable, str(HARNESS.with_name("soak.py")), "300"]
    done = subprocess.run(soak, capture_output=True, text=True, timeout=890)
    assert done.returncode == 0, done.stderr[-3000:]
    found = {name: float(value) for name, value in (line.rsplit(": ", 1) for line in done.stdout.splitlines())}
    assert found["counts"] >= 20
    assert found["pages opened"] >= 10
    assert found["files fetched"] >= 20
    for never in ("wrong counts", "pages with an error", "files refused"):
        assert found[never] == 0, f"{never}: {found[never]:g}\n{done.stderr[-3000:]}"
    for name, most in MOST_AT_THE_END.items():
        assert found[name] <= most, done.stdout
    for name, most in MOST_AN_HOUR.items():
        assert found[f"{name} an hour"] <= most, done.stdout
