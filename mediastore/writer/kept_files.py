"""Files that a script wants kept with its run: `save`, `restore`, and its code."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO

from mediastore import files, naming
from mediastore.errors import MediaStoreValueError, NotFoundError

FILES = "files"
CODE = "code"


def save(folder: Path, pattern: Any, base_path: Any = None) -> list[str]:
    """Copy the files that match into `<run>/files/`, below `base_path` by their place there, else by name alone."""
    base = None if base_path is None else Path(base_path).resolve()
    found = []
    for name in sorted(_matching(str(pattern))):
        source = name.resolve()
        if source.is_file() and folder / FILES not in source.parents:
            found.append(str(_copied(source, folder / FILES, _below(source, base))))
    return found


def restore(folder: Path, name: str, run_path: str | None, root: Any, *, replace: bool) -> TextIO:
    """Copy a saved file out of a run and open it. Raises NotFoundError."""
    if run_path is not None:
        project, run = str(run_path).strip("/").split("/")[-2:]
        folder = folder.parent.parent / naming.encode_part(project) / naming.encode_part(run)
    source = (folder / FILES / name).resolve()
    if not source.is_relative_to((folder / FILES).resolve()) or not source.is_file():
        raise NotFoundError(f"file must be one that run {folder.name} saved, got {name!r}; see {folder / FILES}")
    target = Path(root or ".") / name
    if replace or not target.exists():
        files.make(target, lambda aside: files.copy(source, aside))
    return target.open(encoding="utf-8", errors="replace")


def save_code(
    folder: Path,
    root: Path,
    include: Callable[..., bool] | None = None,
    exclude: Callable[..., bool] | None = None,
) -> list[str]:
    """Copy the Python files below `root` into `<run>/code/`; hidden folders and environments are left out."""
    chosen = [path for path in _visible(root) if _says(include, path, path.suffix == ".py")]
    return [
        str(_copied(path.resolve(), folder / CODE, path.relative_to(root)))
        for path in chosen
        if not _says(exclude, path, False)
    ]


def save_script(folder: Path) -> None:
    """Copy the script that runs into `<run>/code/`; nothing for a notebook or a prompt."""
    script = Path(getattr(sys.modules.get("__main__"), "__file__", None) or "")
    if script.is_file():
        _copied(script.resolve(), folder / CODE, Path(script.name))


def _matching(pattern: str) -> Iterable[Path]:
    """The files that a pattern names, absolute or not."""
    path = Path(pattern)
    return Path(path.anchor or ".").glob(str(path.relative_to(path.anchor))) if path.parts else ()


def _below(source: Path, base: Path | None) -> Path:
    if base is None:
        return Path(source.name)
    if not source.is_relative_to(base):
        raise MediaStoreValueError(f"a saved file must lie below base_path {str(base)!r}, got {str(source)!r}; move it")
    return source.relative_to(base)


def _copied(source: Path, folder: Path, place: Path) -> Path:
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    files.make(target, lambda aside: files.copy(source, aside))
    return target


def _visible(root: Path) -> Iterable[Path]:
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.is_symlink() or (path / "pyvenv.cfg").exists():
            continue
        if path.is_dir() and not (path / "mediastore.json").exists():
            yield from _visible(path)
        elif path.is_file():
            yield path


def _says(choice: Callable[..., bool] | None, path: Path, default: bool) -> bool:
    return default if choice is None else bool(choice(str(path)))
