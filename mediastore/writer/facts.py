"""What a run records of where it ran: machine, Python, packages, command line, git. Never the environment."""

import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = "mediastore numpy torch tensorflow jax flax keras scikit-learn transformers lightning ultralytics".split()


def quick_facts() -> dict[str, Any]:
    """What can be known at once."""
    return {
        "host": platform.node(),
        "python": platform.python_version(),
        "command": sys.argv,
    }


def slow_facts() -> dict[str, Any]:
    """What takes a moment: package versions and the state of git."""
    return {"packages": _versions(), **_git(Path.cwd())}


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _git(folder: Path) -> dict[str, Any]:
    commit = _git_says(folder, "rev-parse", "HEAD")
    if not commit:
        return {}
    return {"git_commit": commit, "git_dirty": bool(_git_says(folder, "status", "--porcelain", "--untracked-files=no"))}


def _git_says(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
