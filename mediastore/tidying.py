"""Gives back what ended visits held, while the app runs.

Streamlit lets go of a visit some minutes after its page was closed, but in cycles with three descriptors in each, and
Python looks for those seldom in a process of many objects. What is there when the app begins is left out of the search.
"""

import contextlib
import ctypes
import gc
import threading
import time

EVERY_S = 30.0


def begin(every_s: float = EVERY_S) -> threading.Thread:
    """Tidy every so many seconds in a thread that ends with the process."""
    gc.collect()
    gc.freeze()
    thread = threading.Thread(target=_tidy_for_ever, args=[every_s], name="mediastore-tidying", daemon=True)
    thread.start()
    return thread


def tidy() -> int:
    """Collect cycles and give free pages back to the system, where its allocator can; how many objects went."""
    gone = gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # no glibc
        ctypes.CDLL(None).malloc_trim(0)
    return gone


def _tidy_for_ever(every_s: float) -> None:
    while True:
        time.sleep(every_s)
        tidy()
