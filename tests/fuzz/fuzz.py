"""Feeds every door with bytes that coverage leads: `python tests/fuzz/fuzz.py SECONDS [TARGET …]`, with atheris.

Each target runs in a process of its own: an input that raises, ends the process, takes over a second of the processor
or 512 MB of memory is printed and kept as `crash-…` in the folder that is named. What reached new lines is kept too.
Compiled libraries (Pillow's, libsndfile, FFmpeg, DuckDB) are not instrumented: there the bytes are guided by our own
lines and Pillow's Python alone.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
CPU_S, MEMORY_KB = 1.0, 512 * 1024
INPUT_BYTES = 4096
sys.path.insert(0, str(HERE))


def held(name: str, content: bytes, feed, is_bounded: bool) -> None:
    """Feed one input; raises AssertionError where it took too long or too much."""
    if is_bounded:
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here on
    began = time.process_time()
    feed(content)
    took = time.process_time() - began
    assert took < CPU_S, f"{name} took {took:.2f} s of the processor"
    if is_bounded:
        peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
        assert peak < MEMORY_KB, f"{name} took {peak // 1024} MB"


def run_target(name: str, arguments: list[str]) -> None:
    """The child: never returns."""
    import atheris

    with atheris.instrument_imports(include=["mediastore", "PIL"]):
        import targets
    target = targets.TARGETS[name]
    target.feed(target.seeds()[0])  # what is imported and opened once is not the input's
    atheris.Setup([sys.argv[0], *arguments], lambda content: held(name, content, target.feed, target.is_bounded))
    atheris.Fuzz()


def drive(name: str, seconds: int, folder: Path) -> tuple[int, str]:
    """One target for so long: its exit code, and what libFuzzer said last."""
    import targets

    found = folder / name
    found.mkdir(parents=True)
    for number, content in enumerate(targets.TARGETS[name].seeds()):
        (found / f"seed-{number}").write_bytes(content)
    kept = [str(CORPUS / name)] if (CORPUS / name).is_dir() else []
    options = [f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES}", "-timeout=60", "-rss_limit_mb=2048"]
    options += [f"-artifact_prefix={folder / name}-crash-", "-print_final_stats=1", "-verbosity=1"]
    command = [sys.executable, str(HERE / "fuzz.py"), "--child", name, *options, str(found), *kept]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    (folder / f"{name}.log").write_text(done.stdout)
    return done.returncode, done.stdout


def main(seconds: int, *names: str) -> int:
    """Every target in turn; a table of what came of it."""
    import targets

    folder = Path(tempfile.mkdtemp(prefix="mediastore-fuzzed-"))
    print(f"what is found is kept in {folder}\n", flush=True)
    print("| door | inputs | new paths | failed |\n|---|---:|---:|---|", flush=True)
    codes = []
    for name in names or targets.TARGETS:
        code, said = drive(name, seconds, folder)
        units = said.rpartition("stat::number_of_executed_units:")[2].split()
        paths = len(list((folder / name).iterdir()))
        codes.append(code)
        failed = [line for line in said.splitlines() if "Error" in line or "ERROR" in line or "SUMMARY" in line]
        print(f"| {name} | {units[0] if units else '?'} | {paths} | {failed[:2] if code else 'no'} |", flush=True)
    return int(any(codes))


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        run_target(sys.argv[2], sys.argv[3:])
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:]))
