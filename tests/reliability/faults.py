"""Every call into the system that one item crosses, failed in every way: `python tests/reliability/faults.py`.

A process logs two items. The first is acknowledged (`flush` returned). At the n-th call that the second makes into the
system the process is killed (before it, after it, in the middle of a write), or the call fails as a disk that is full,
broken, or a process without descriptors would make it fail, once or from then on. Real processes, real files.
"""

import errno
import os
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import mediastore
from mediastore import audit, encode

CALLS = ("open", "write", "close", "replace", "rename", "link", "unlink", "mkdir", "fsync", "stat", "truncate")
FAILURES = {
    "disk full": errno.ENOSPC,
    "broken disk": errno.EIO,
    "no descriptors": errno.EMFILE,
    "no rights": errno.EACCES,
}
ANSWERS = {
    "renamed, told stale": errno.ESTALE,
    "renamed, told broken": errno.EIO,
    "gone for a moment": errno.ENOENT,
}
KILLS = ("killed before", "killed after", "killed in the middle")
AFTERMATH = {"sidecar not in journal", "orphan file", "unfinished file", "torn line", "missing sidecar"}
EXITED = 0


@dataclass
class Tally:
    """What came of one way to fail."""

    tried: int = 0
    written: int = 0
    lost: int = 0
    silent: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    recover_s: float = 0.0


class Fault:
    """Stands in for the functions of `os`: the n-th call goes wrong in its way."""

    def __init__(self, at: int, way: str) -> None:
        self.count, self.at, self.way = 0, at, way
        self.is_armed = False

    def install(self) -> None:
        for name in CALLS:
            setattr(os, name, self._standing_in_for(name, getattr(os, name)))

    def _standing_in_for(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            if not self.is_armed:
                return real(*given, **more)
            self.count += 1
            if self.count == self.at or (self.count > self.at > 0 and self.way.endswith("for good")):
                return self._goes_wrong(name, real, given, more)
            return real(*given, **more)

        return call

    def _answers_as_a_network(self, name: str, real: Callable[..., Any], given: tuple, more: dict) -> Any:
        """A rename is done and told to have failed; a name that is there is not seen yet."""
        if self.way == "gone for a moment":
            if name not in ("open", "stat") or not Path(str(given[0])).exists():
                return real(*given, **more)
        elif name in ("replace", "rename", "link"):
            real(*given, **more)
        else:
            return real(*given, **more)
        raise OSError(ANSWERS[self.way], f"{os.strerror(ANSWERS[self.way])} (injected into {name})")

    def _goes_wrong(self, name: str, real: Callable[..., Any], given: tuple, more: dict) -> Any:
        kind = self.way.removesuffix(" for good")
        if kind in ANSWERS:
            return self._answers_as_a_network(name, real, given, more)
        if kind in FAILURES:
            if name == "close":
                real(*given, **more)
            raise OSError(FAILURES[kind], f"{os.strerror(FAILURES[kind])} (injected into {name})")
        if kind == "killed after":
            with suppress(OSError):
                real(*given, **more)
        elif kind == "killed in the middle" and name == "write":
            real(given[0], bytes(given[1])[: len(given[1]) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
        return None


def log_two_items(root: Path, fault: Fault, said: int) -> None:
    """The child: acknowledges what is flushed by a byte on the pipe, and says a byte when a warning told of a loss."""
    fault.install()
    run = mediastore.init(project="p", id="run", dir=root, strict=False)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for number in range(2):
            fault.is_armed = number == 1
            picture = np.full((8, 8, 3), 100 * number, np.uint8)
            run.log({"loss": number, "x": mediastore.Image(picture, caption=f"item {number}")}, step=number)
            run.flush()
            fault.is_armed = fault.is_armed and fault.way.endswith("for good")
            os.write(said, b"a") if not fault.is_armed else None
        fault.is_armed = False
        run.finish(quiet=True)
        os.write(said, b"w" * any("lost" in str(one.message) or "must be" in str(one.message) for one in told))
    os.write(said, f"#{fault.count}".encode())


def attempt(root: Path, at: int, way: str) -> tuple[bytes, bool]:
    """One child: what it said, and whether it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            log_two_items(root, Fault(at, way), writing)
        finally:
            os._exit(EXITED)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    return said, os.WIFSIGNALED(os.waitpid(child, 0)[1])


def look(root: Path, said: bytes, tally: Tally, was_killed: bool) -> None:
    """What a reader finds, and what `check` makes of it."""
    began = time.monotonic()
    found = set(mediastore.Store(root).items()["step"])
    report = audit.check(root)
    assert set(report.counts) <= AFTERMATH, report.lines
    tally.findings.update(report.counts)
    audit.check(root, repair=True)
    assert audit.check(root).findings == [], audit.check(root).lines
    store = mediastore.Store(root)
    found |= set(store.items()["step"])
    tally.recover_s = max(tally.recover_s, time.monotonic() - began)
    acknowledged = {0, 1} if said.count(b"a") == 2 else {0}
    missing = acknowledged - found
    tally.tried += 1
    tally.written += len(found)
    if missing and not was_killed and b"w" in said:
        return  # not written, and a warning said so
    tally.lost += len(missing)
    tally.silent += bool(1 not in found and not was_killed and b"w" not in said)


def calls_of_one_item(folder: Path) -> int:
    """How many calls the second item makes when nothing fails."""
    said, _ = attempt(folder / "whole", 0, "nothing")
    return int(said.rpartition(b"#")[2])


def run_all(folder: Path) -> dict[str, Tally]:
    """Every call, every way."""
    encode.prepare(["image"])
    count = calls_of_one_item(folder)
    tallies: dict[str, Tally] = {}
    for way in (*KILLS, *FAILURES, *(f"{name} for good" for name in FAILURES)):
        tally = tallies[way] = Tally()
        for at in range(1, count + 1):
            root = folder / f"{way}-{at}"
            said, was_killed = attempt(root, at, way)
            assert was_killed == (way in KILLS), (way, at)
            look(root, said, tally, was_killed)
    return tallies


def table(tallies: dict[str, Tally]) -> str:
    """The tallies as a Markdown table."""
    rows = [
        "| fault | tried | items found | acknowledged and lost | silent | slowest recovery, s | check found |",
        "|---|" + "---:|" * 5 + "---|",
    ]
    for way, tally in tallies.items():
        findings = ", ".join(f"{count} × {kind}" for kind, count in sorted(tally.findings.items())) or "nothing"
        counts = (tally.tried, tally.written, tally.lost, tally.silent, f"{tally.recover_s:.2f}", findings)
        rows.append(f"| {way} | {' | '.join(map(str, counts))} |")
    whole = [sum(getattr(tally, name) for tally in tallies.values()) for name in ("tried", "written", "lost", "silent")]
    slowest = max(tally.recover_s for tally in tallies.values())
    return "\n".join([*rows, f"| all | {' | '.join(map(str, whole))} | {slowest:.2f} | |"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as chosen:
        print(table(run_all(Path(chosen))))
    sys.exit(0)
