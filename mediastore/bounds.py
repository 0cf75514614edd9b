"""What a process may take of the machine."""

import contextlib
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None


def bound_memory(count: int) -> None:
    """Let this process take `count` bytes beyond what it has; no core is left when it asks for more."""
    if resource is None:
        return
    with contextlib.suppress(OSError, ValueError):
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + count, taken + count))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
