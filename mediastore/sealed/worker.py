"""The process in which a renderer runs. It is started alone: `python -I worker.py MEMORY_BYTES SECONDS`.

Everything that the renderer may use is imported before the seal; after it there is no way back.
System call numbers: https://github.com/torvalds/linux (arch/x86/entry/syscalls/syscall_64.tbl, and
include/uapi/asm-generic/unistd.h for arm64). Filter: https://www.kernel.org/doc/Documentation/prctl/seccomp_filter.txt.
"""

import ctypes
import io
import json
import os
import platform
import struct
import sys

ARCHITECTURE = platform.machine()
AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SYSTEM_CALLS = {
    "x86_64": "read 0 write 1 close 3 fstat 5 lseek 8 mmap 9 mprotect 10 munmap 11 brk 12 rt_sigaction 13 "
    "rt_sigprocmask 14 rt_sigreturn 15 sched_yield 24 mremap 25 madvise 28 getpid 39 exit 60 gettimeofday 96 "
    "sigaltstack 131 gettid 186 time 201 futex 202 restart_syscall 219 clock_gettime 228 clock_nanosleep 230 "
    "exit_group 231 set_robust_list 273 getrandom 318 rseq 334",
    "aarch64": "read 63 write 64 close 57 fstat 80 lseek 62 mmap 222 mprotect 226 munmap 215 brk 214 rt_sigaction 134 "
    "rt_sigprocmask 135 rt_sigreturn 139 sched_yield 124 mremap 216 madvise 233 getpid 172 exit 93 gettimeofday 169 "
    "sigaltstack 132 gettid 178 futex 98 restart_syscall 128 clock_gettime 113 clock_nanosleep 115 "
    "exit_group 94 set_robust_list 99 getrandom 278 rseq 293",
}
"""The only calls that are answered, name and number."""

PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 4, 22, 38
SECCOMP_MODE_FILTER = 2
ALLOW, NOT_PERMITTED, NOT_THERE, KILL = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38, 0x80000000
LOAD_WORD, JUMP_IF_EQUAL, JUMP_IF_SET, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
DECODING = {
    "x86_64": "pread64 17 dup 32 recvmsg 47 readv 19 writev 20 getcwd 79 sysinfo 99 sched_getaffinity 204",
    "aarch64": "pread64 67 dup 23 recvmsg 212 readv 65 writev 66 getcwd 17 sysinfo 179 sched_getaffinity 123",
}
"""What decoders of media need beside: more ways to read what is open, and to be handed the next file."""
THREADS = {"x86_64": (56, 435), "aarch64": (220, 435)}
"""clone, and clone3, whose flags a filter cannot see: it is said not to be there, and the former is used."""
CLONE_THREAD = 0x10000


class Program(ctypes.Structure):
    """`struct sock_fprog` of <linux/filter.h>."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def main(memory_bytes: int, seconds: int) -> None:
    """Read the question, seal the process, run the renderer, write the answer."""
    import resource

    import numpy as np
    from PIL import Image, ImageDraw, ImageFont, PngImagePlugin  # noqa: F401 - no import works behind the seal

    Image.init()
    ImageFont.load_default()
    head = sys.stdin.buffer.read(16)
    sizes = struct.unpack("!QQ", head)
    asked, media = json.loads(sys.stdin.buffer.read(sizes[0])), sys.stdin.buffer.read(sizes[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))
    seal()
    try:
        names = {"__name__": "renderer", "np": np, "Image": Image, "ImageDraw": ImageDraw, "ImageFont": ImageFont}
        exec(compile(asked["source"], "renderer", "exec"), names)
        answer = answered(names["render"](asked["item"], media), np, Image)
    except BaseException as error:
        answer = b"e" + f"{type(error).__name__}: {error}"[:1000].encode("utf-8", "replace")
    os.write(1, answer[:1])
    for start in range(1, len(answer), 2**16):
        os.write(1, answer[start : start + 2**16])
    os._exit(0)


def answered(made: object, np: object, image: object) -> bytes:
    """The kind of what a renderer returned, and its bytes."""
    if isinstance(made, str):
        return b"t" + made.encode("utf-8", "replace")
    if isinstance(made, np.ndarray):
        made = image.fromarray(made)
    out = io.BytesIO()
    made.save(out, "PNG")
    return b"p" + out.getvalue()


def seal(*, is_decoder: bool = False) -> None:
    """From here on this process may compute, read what it was given and write its answer. Raises OSError.

    is_decoder: it may also be handed more files, and begin threads, no processes.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    steps = [
        (LOAD_WORD, 0, 0, ARCHITECTURE_AT),
        (JUMP_IF_EQUAL, 1, 0, AUDIT_ARCHITECTURE[ARCHITECTURE]),
        (RETURN, 0, 0, KILL),
        (LOAD_WORD, 0, 0, NUMBER_AT),
    ]
    known = SYSTEM_CALLS[ARCHITECTURE].split() + (DECODING[ARCHITECTURE].split() if is_decoder else [])
    for number in map(int, known[1::2]):
        steps += [(JUMP_IF_EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    if is_decoder:
        clone, clone3 = THREADS[ARCHITECTURE]
        steps += [(JUMP_IF_EQUAL, 0, 1, clone3), (RETURN, 0, 0, NOT_THERE), (JUMP_IF_EQUAL, 0, 3, clone)]
        steps += [(LOAD_WORD, 0, 0, FIRST_ARGUMENT_AT), (JUMP_IF_SET, 0, 1, CLONE_THREAD), (RETURN, 0, 0, ALLOW)]
    steps.append((RETURN, 0, 0, NOT_PERMITTED))
    program = Program(len(steps), b"".join(struct.pack("=HBBI", *step) for step in steps))
    for call in (
        (PR_SET_DUMPABLE, 0, 0, 0, 0),
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0),
    ):
        if libc.prctl(*call):
            raise OSError(ctypes.get_errno(), "this system has no seccomp filter; the renderer was not run")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
