"""What follows the end of a run: the index of a long one, made by a process that nobody waits for."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

WORTH_BYTES = 4 * 2**20
VARIABLE = "MEDIASTORE_INDEX"
MARK = "mediastore.json"
INDEXER = "mediastore.reader.background"
_begun: list[subprocess.Popen[bytes]] = []


def index_later(folder: Path) -> bool:
    """Let a process of its own index the run in `folder`, if its journals are worth it.

    Short journals are read as fast without. Nothing is begun where DuckDB is not installed or MEDIASTORE_INDEX is "0":
    the app and `mediastore index` do it then. Whether a process was begun.
    """
    root = next((parent for parent in folder.parents if (parent / MARK).is_file()), None)
    is_wanted = os.environ.get(VARIABLE) != "0" and find_spec("duckdb") is not None
    if root is None or not is_wanted or _journal_bytes(folder) < WORTH_BYTES:
        return False
    _begun[:] = [process for process in _begun if process.poll() is None]
    try:
        _begun.append(
            subprocess.Popen(
                [sys.executable, "-m", INDEXER, str(root), folder.relative_to(root).as_posix()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
    except OSError:
        return False
    return True


def _journal_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for kind in ("items", "metrics") for path in (folder / kind).glob("*.jsonl"))
