"""What machines, disks and clocks do to a store: `python tests/reliability/machines.py` prints what came of each.

Real processes, real files, real mounts (where this process may have some). After each a reader reads, `check` explains
every difference, mends it, and finds nothing more; every acknowledged item is there.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import faults
import numpy as np
import pytest
import soak
from faults import Fault, Tally

import mediastore
from mediastore import audit, scratch
from mediastore.errors import MediaStoreError, MediaStoreWarning
from mediastore.reader.background import index_everything

AFTERMATH = faults.AFTERMATH
INDEX_WAYS = (*faults.KILLS, *faults.FAILURES, *(f"{name} for good" for name in faults.FAILURES))
NFS_WAYS = ("renamed, told stale", "renamed, told broken", "gone for a moment")
APP_KILLS = 6
HOURS = (-9, 0, 9)
MOUNTED = "MEDIASTORE_MOUNTED"


def log(root: Path, count: int, name: str = "run", size: int = 8) -> list[int]:
    """Log so many items into a run, each flushed; the steps that were acknowledged without a word of a loss."""
    run = mediastore.init(project="p", id=name, dir=root, strict=False)
    draw, done = np.random.default_rng(0), []
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for step in range(count):
            pixels = draw.integers(0, 255, (size, size, 3), dtype=np.uint8)
            run.log({"loss": step, "x": mediastore.Image(pixels)}, step=step)
            run.flush()
            if told:
                break
            done.append(step)
        run.finish(quiet=True)
    return done


def steps(root: Path, name: str = "run") -> set[int]:
    """The steps of a run's items that a reader finds."""
    return set(mediastore.Store(root).items(run=f"p/{name}")["step"])


def settle(root: Path, acknowledged: dict[str, list[int]], tally: Tally) -> None:
    """Read, check, mend, read again, and count what is missing."""
    began = time.monotonic()
    found = {name: steps(root, name) for name in acknowledged}
    report = audit.check(root)
    assert set(report.counts) <= AFTERMATH, report.lines
    tally.findings.update(report.counts)
    audit.check(root, repair=True)
    assert audit.check(root).findings == [], audit.check(root).lines
    tally.recover_s = max(tally.recover_s, time.monotonic() - began)
    tally.tried += 1
    for name, wanted in acknowledged.items():
        found[name] |= steps(root, name)
        tally.written += len(found[name])
        tally.lost += len(set(wanted) - found[name])


def in_child(work: Callable[[], None]) -> int:
    """Run in a process of its own; the signal that ended it, or 0. Raises AssertionError where it failed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except (OSError, MediaStoreError):
            code = 0  # a sentence; what matters is what is left
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def killed_indexers(folder: Path, tally: Tally) -> None:
    """The indexer fails, or is killed, at each of its calls; the next one goes on."""
    whole = folder / "whole"
    wanted = log(whole, 3)
    calls = count_calls(whole)
    for way in INDEX_WAYS:
        for at in range(1, calls + 1):
            root = folder / f"{way}-{at}"
            shutil.copytree(whole, root, ignore=shutil.ignore_patterns("index"))

            def index(root: Path = root, at: int = at, way: str = way) -> None:
                scratch.folder()  # it looks at what other processes left, so that its calls are not always as many
                fault = Fault(at, way)
                fault.install()
                fault.is_armed = True
                index_everything(root, lambda *_: None)

            ended = in_child(index)
            assert ended == (signal.SIGKILL if way in faults.KILLS else 0), (way, at)
            assert steps(root) == set(wanted), (way, at)
            with suppress(MediaStoreError):
                index_everything(root, lambda *_: None)
            settle(root, {"run": wanted}, tally)
            shutil.rmtree(root)


def count_calls(whole: Path) -> int:
    """How many calls into the system the indexer makes for a run, beside those of compiled code."""
    root = whole.with_name("counted")
    shutil.copytree(whole, root, ignore=shutil.ignore_patterns("index"))
    reading, writing = os.pipe()

    def index() -> None:
        scratch.folder()
        fault = Fault(0, "nothing")
        fault.install()
        fault.is_armed = True
        index_everything(root, lambda *_: None)
        fault.is_armed = False
        os.write(writing, str(fault.count).encode())

    in_child(index)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return int(pipe.read())


def killed_apps(folder: Path, tally: Tally) -> None:
    """Signal 9 for an app that refreshes and counts for visitors while a run is written; the next app goes on."""
    import visitors

    root, choice = folder / "store", Random(1)
    begun, acknowledged = (soak.context.Array("q", soak.WRITERS, lock=False) for _ in range(2))
    until = time.monotonic() + 600
    writer = soak.context.Process(target=soak.write, args=[root, 0, until, begun, acknowledged])
    writer.start()
    while not acknowledged[0]:
        time.sleep(0.1)
    try:
        for _ in range(APP_KILLS):
            with soak.app(root) as (url, serving):
                asking = [soak.context.Process(target=ask_on, args=[url]) for _ in range(2)]
                for process in asking:
                    process.start()
                assert visitors.asked(f"{url}/app/static/export/query.json?sql={visitors.quote(visitors.COUNT)}")
                time.sleep(choice.random())
                os.kill(serving, signal.SIGKILL)
                for process in asking:
                    process.kill()
                    process.join()
            least = sum(acknowledged)
            assert least <= mediastore.Store(root).count() <= sum(begun)
            report = audit.check(root)
            assert set(report.counts) <= AFTERMATH, report.lines
            tally.tried += 1
    finally:
        writer.terminate()
        writer.join()
    began = time.monotonic()
    audit.check(root, repair=True)
    found = mediastore.Store(root).count()
    tally.recover_s = time.monotonic() - began
    assert audit.check(root).findings == []
    tally.written, tally.lost = found, max(0, sum(acknowledged) - found)


def ask_on(url: str) -> None:
    """One question after another, so that the app is always in a refresh."""
    import visitors

    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the app is killed under it
    while True:
        visitors.asked(f"{url}/app/static/export/annotations.csv")


def renames_of_a_network(folder: Path, tally: Tally) -> None:
    """Each call of one item as NFS answers it: a rename is done and told to have failed, a name is not seen yet."""
    calls = faults.calls_of_one_item(folder)
    for way in NFS_WAYS:
        for at in range(1, calls + 1):
            root = folder / f"{way}-{at}"
            said, was_killed = faults.attempt(root, at, way)
            assert not was_killed, (way, at)
            faults.look(root, said, tally, was_killed)


def silly_renames(folder: Path, tally: Tally) -> None:
    """`.nfsXXXX`, which stands for a file that was removed while it was open, in every folder of a store."""
    root = folder / "store"
    wanted = log(root, 3)
    for place in [root, *(path for path in root.rglob("*") if path.is_dir())]:
        (place / ".nfs00000000004a1b2c0000001f").write_bytes(b'{"half": ')
    index_everything(root, lambda *_: None)
    settle(root, {"run": wanted}, tally)


def clocks_apart(folder: Path, tally: Tally) -> None:
    """Machines whose clocks are nine hours before and behind write at once; files changed tomorrow; all is found."""
    root = folder / "store"
    for hours in HOURS:
        in_child(lambda hours=hours: log_at(root, hours))
    tomorrow = time.time() + 86_400
    for path in list(root.rglob("*.json*"))[::2]:
        os.utime(path, (tomorrow, tomorrow))
    store = mediastore.Store(root)
    index_everything(root, lambda *_: None)
    in_child(lambda: log_at(root, -9, "later"))
    store.refresh()
    assert store.count() == 3 * (len(HOURS) + 1)
    settle(root, {f"clock {hours}": [0, 1, 2] for hours in HOURS} | {"later": [0, 1, 2]}, tally)


def log_at(root: Path, hours: float, name: str = "") -> None:
    """Log three items on a machine whose clock is so far off."""
    real = time.time
    time.time = lambda: real() + hours * 3600
    log(root, 3, name or f"clock {hours}")


def no_descriptors(folder: Path, tally: Tally) -> None:
    """A reader and an indexer in processes that may open next to nothing: nothing is raised, and later all is found."""
    root = folder / "store"
    wanted = log(root, 3)
    for spare in (0, 1, 2, 3, 5, 8, 13):

        def read(spare: int = spare) -> None:
            store = mediastore.Store(root)
            log_at(root, 0, f"with {spare}")
            with descriptors_left(spare):
                store.refresh()
                for ask in (store.count, store.runs, lambda: index_everything(root, lambda *_: None)):
                    with suppress(MediaStoreError):
                        ask()
            store.refresh()
            assert len(store.items(run="p/run")) == len(wanted)
            assert len(store.items(run=f"p/with {spare}")) == 3

        in_child(read)
        settle(root, {"run": wanted}, tally)


@contextmanager
def descriptors_left(spare: int) -> Iterator[None]:
    """Hold all descriptors that this process may have, save so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    held = []
    with suppress(OSError):
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    for _ in range(spare):
        os.close(held.pop())
    try:
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def full_disks(folder: Path, tally: Tally) -> None:
    """A disk of two megabytes that fills while it is logged to and indexed, and then has room again."""
    root = folder / "disk" / "store"
    root.parent.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", root.parent], check=True)
    wanted = log(root, 400, size=64)
    assert 0 < len(wanted) < 400
    assert set(wanted) <= steps(root)
    with suppress(MediaStoreError):
        index_everything(root, lambda *_: None)
    assert set(wanted) <= steps(root)
    subprocess.run(["mount", "-o", "remount,size=64m", root.parent], check=True)
    index_everything(root, lambda *_: None)
    settle(root, {"run": wanted}, tally)


def read_only_mounts(folder: Path, tally: Tally) -> None:
    """A store on a mount that nobody may write to: it is read and checked; writer and indexer say a sentence."""
    root = folder / "bound" / "store"
    wanted = log(folder / "real" / "store", 3)
    root.parent.mkdir()
    subprocess.run(["mount", "--bind", folder / "real", root.parent], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", root.parent], check=True)
    assert steps(root) == set(wanted)
    with pytest.raises(MediaStoreError, match="must be writable"):
        index_everything(root, lambda *_: None)
    with pytest.warns(MediaStoreWarning):
        mediastore.init(project="p", dir=root, strict=False).finish(quiet=True)
    subprocess.run(["mount", "-o", "remount,bind,rw", root.parent], check=True)
    settle(root, {"run": wanted}, tally)


MACHINES = {
    "indexer failed or killed at each call": killed_indexers,
    "app killed in a refresh": killed_apps,
    "a network's renames": renames_of_a_network,
    "`.nfs…` in every folder": silly_renames,
    "clocks nine hours apart, files of tomorrow": clocks_apart,
    "no descriptors for reader and indexer": no_descriptors,
    "disk of 2 MB full (tmpfs)": full_disks,
    "read-only mount": read_only_mounts,
}
NEED_MOUNTS = ("disk of 2 MB full (tmpfs)", "read-only mount")


def can_mount() -> bool:
    """Whether this process may have mounts of its own, which vanish with it."""
    probe = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(probe, capture_output=True, check=False).returncode == 0


@contextmanager
def place() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mediastore-machines-") as chosen:
        yield Path(chosen)


def main(*names: str) -> int:
    """The scenarios that are named, else all, as a Markdown table."""
    if MOUNTED not in os.environ and can_mount():
        command = ["unshare", "--mount", sys.executable, __file__, *names]
        return subprocess.run(command, env=os.environ | {MOUNTED: "1"}, check=False).returncode
    print("| what happened | tried | items found | acknowledged and lost | slowest recovery, s | check found |")
    print("|---|---:|---:|---:|---:|---|")
    for name in names or MACHINES:
        if name in NEED_MOUNTS and MOUNTED not in os.environ:
            print(f"| {name} | not tried: no right to mount | | | | |", flush=True)
            continue
        tally = Tally()
        with place() as folder:
            try:
                MACHINES[name](folder, tally)
            finally:
                for mounted in folder.iterdir() if name in NEED_MOUNTS else ():
                    subprocess.run(["umount", "-q", "--lazy", mounted], check=False)
        findings = ", ".join(f"{count} × {kind}" for kind, count in sorted(tally.findings.items())) or "nothing"
        figures = f"{tally.tried} | {tally.written} | {tally.lost} | {tally.recover_s:.2f} | {findings}"
        print(f"| {name} | {figures} |", flush=True)
        assert tally.lost == tally.silent == 0
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
