"""Which files of a store may be looked at from outside: those in its runs' media and code, through no link."""

import stat
from pathlib import Path

REFUSED_CHARACTERS = frozenset("\\:\0")


def media_file(root: Path, path: str) -> Path | None:
    """The file that `path` names inside a run's `media` or `code` folder, or None when there is none to be served."""
    parts = path.split("/")
    if any(not part or part.startswith(".") or set(part) & REFUSED_CHARACTERS for part in parts):
        return None
    try:
        real_root = root.resolve(strict=True)
        file = real_root.joinpath(*parts)
        if file.resolve(strict=True) != file or not stat.S_ISREG(file.lstat().st_mode):
            return None
    except (OSError, ValueError):
        return None
    runs = (at for at in range(2, len(parts) - 1) if parts[at] in ("media", "code"))
    return file if any(real_root.joinpath(*parts[:at], "run.json").is_file() for at in runs) else None
