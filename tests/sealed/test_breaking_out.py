"""Renderers that try to get out: each is refused by the kernel, or killed, and the app says so in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mediastore import sealed
from mediastore.errors import MediaStoreError

GOOD = b"""
import json, math
def render(item, media):
    picture = Image.new("RGB", (64, 32), "white")
    ImageDraw.Draw(picture).text((2, 2), item["caption"], fill="black")
    return picture
"""
REFUSED = {
    "a file": "open('/etc/passwd').read()",
    "a file through os": "__import__('os').open('/etc/passwd', 0)",
    "a file of this project": "open(Image.__file__).read()",
    "writing": "open('/tmp/renderer-was-here', 'w')",
    "a list of files": "__import__('os').listdir('/')",
    "is a file there": "__import__('os').stat('/etc/passwd')",
    "an import that was not made before": "__import__('sqlite3')",
    "the environment of its parent": "open(f'/proc/{__import__(chr(111)+chr(115)).getppid()}/environ').read()",
    "its own memory": "open('/proc/self/mem', 'rb')",
    "a socket": "__import__('_socket').socket()",
    "a raw socket": "__import__('ctypes').CDLL(None).socket(2, 1, 0) < 0 and 1 / 0",
    "a fork": "__import__('os').fork()",
    "a program": "__import__('os').execv('/bin/sh', ['sh'])",
    "a shell": "__import__('os').system('touch /tmp/renderer-was-here') and 1 / 0",
    "a thread": "__import__('_thread').start_new_thread(print, ())",
    "killing": "__import__('os').kill(1, 9)",
    "killing the parent": "__import__('os').kill(__import__('os').getppid(), 9)",
    "more memory than allowed": "bytearray(3 * 2**30)",
    "lifting its limits": "__import__('ctypes').CDLL(None).setrlimit(9, b'\\xff' * 16) and 1 / 0",
    "io_uring": "__import__('ctypes').CDLL(None).syscall(425, 8, 0) < 0 and 1 / 0",
    "ptrace": "__import__('ctypes').CDLL(None).ptrace(16, 1, 0, 0) < 0 and 1 / 0",
    "a name space": "__import__('ctypes').CDLL(None).unshare(0x10000000) < 0 and 1 / 0",
    "another seal": "__import__('ctypes').CDLL(None).prctl(22, 0, 0, 0, 0) < 0 and 1 / 0",
    "an answer that is no picture": "42",
    "an end": "__import__('os')._exit(0)",
    "a crash": "__import__('ctypes').string_at(0)",
    "recursion": "(lambda f: f(f))(lambda f: f(f))",
}


def run(body: str, limit_s: float = sealed.LIMIT_S) -> sealed.Drawn:
    return sealed.render(f"def render(item, media):\n    return {body}\n".encode(), {"caption": "x"}, b"abc", limit_s)


def test_a_renderer_draws_a_picture_or_says_a_text() -> None:
    assert sealed.render(GOOD, {"caption": "hello"}, b"").png.startswith(sealed.PNG)
    assert run("np.zeros((4, 5, 3), np.uint8)").png.startswith(sealed.PNG)
    assert run("f'{item[\"caption\"]} {len(media)}'").text == "x 3"


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_does_more_than_compute_is_refused(body: str) -> None:
    with pytest.raises(MediaStoreError, match=r"the renderer (failed|was ended)"):
        run(body)
    assert not Path("/tmp/renderer-was-here").exists()


def test_the_environment_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "treasure")
    assert "treasure" not in run("repr(dict(__import__('os').environ))").text
    assert "SECRET" not in run("repr(dict(__import__('os').environ))").text


def test_nothing_of_ours_is_open_in_it() -> None:
    with Path("/etc/passwd").open() as ours:
        os.set_inheritable(ours.fileno(), True)
        found = run("repr([n for n in range(3, 256) if __import__('ctypes').CDLL(None).lseek(n, 0, 0) >= 0])")
    assert found.text == "[]"


@pytest.mark.parametrize("body", ["[0 for _ in iter(int, 1)]", "__import__('time').sleep(60)", "2 ** 10 ** 10"])
def test_an_endless_renderer_is_killed(body: str) -> None:
    with pytest.raises(MediaStoreError, match=r"must end within 1\.5 s|the renderer failed: MemoryError|ended"):
        run(body, 1.5)


def test_an_answer_of_a_gigabyte_is_cut_off() -> None:
    with pytest.raises(MediaStoreError, match="at most 8388608 bytes, got more"):
        run("[__import__('os').write(1, bytes(2 ** 16)) for _ in range(2 ** 14)]")


def test_a_picture_of_a_billion_pixels_is_not_handed_on() -> None:
    header = "b'p\\x89PNG\\r\\n\\x1a\\n' + bytes(8) + (50000).to_bytes(4, 'big') * 2"
    with pytest.raises(MediaStoreError, match="was ended"):
        run(f"[__import__('os').write(1, {header}), __import__('os')._exit(0)]")


def test_what_is_too_long_is_not_even_started() -> None:
    with pytest.raises(MediaStoreError, match="source of a renderer must be at most"):
        sealed.render(b"#" * (sealed.SOURCE_BYTES_MAX + 1), {}, b"")


WITHOUT_RIGHTS = """
import ctypes, pathlib, subprocess, sys
libc = ctypes.CDLL(None)
for capability in range(64):
    libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: no child gets it back, be it root's
libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)())
print(subprocess.run(["grep", "CapEff", "/proc/self/status"], capture_output=True, text=True).stdout.split()[1])
from mediastore import sealed
from mediastore.errors import MediaStoreError
print(sealed.render(b"def render(item, media): return str(item)", {"a": 1}, b"").text)
try:
    sealed.render(b"def render(item, media): return open('/etc/passwd')", {}, b"")
except MediaStoreError as error:
    print(error)
"""


def test_it_holds_for_a_user_without_any_right() -> None:
    said = subprocess.run([sys.executable, "-c", WITHOUT_RIGHTS], capture_output=True, text=True, timeout=60)
    rights, answer, refused = said.stdout.splitlines()
    assert int(rights, 16) == 0
    assert answer == "{'a': 1}"
    assert "Operation not permitted" in refused


def test_a_system_without_the_filter_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(MediaStoreError, match="must be run on Linux"):
        run("'x'")
