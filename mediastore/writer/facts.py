"""What a run records of where it ran: machine, Python, packages, command line, git. Never the environment."""

import platform
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

_PACKAGES = "mediastore numpy torch tensorflow jax flax keras sklearn transformers lightning ultralytics".split()


def facts_at_begin() -> dict[str, Any]:
    """What can be known at once."""
    return {"host": socket.gethostname(), "python": platform.python_version(), "command": sys.argv}


def facts_of_git() -> dict[str, Any]:
    """The commit that is checked out, and whether files differ from it; nothing outside a repository."""
    commit = _git_says("rev-parse", "HEAD")
    if not commit:
        return {}
    return {"git_commit": commit, "git_dirty": bool(_git_says("status", "--porcelain", "--untracked-files=no"))}


def package_versions() -> dict[str, str]:
    """Versions of the packages of note that the script has imported by now."""
    found = {name: getattr(sys.modules.get(name), "__version__", None) for name in _PACKAGES}
    return {name: str(version) for name, version in found.items() if version is not None}


def _git_says(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=Path.cwd(), capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
