"""The README's first screen is what happens when one does as it says."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mediastore import cli

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
TREE = re.search(r"^```text\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
QUERY = re.search(r"^\$ mediastore query (\".*?\")\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every Python block of the README was run, one after the other."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "readme.py").write_text("\n".join(PYTHON))
    subprocess.run([sys.executable, "readme.py"], cwd=folder, check=True, timeout=120, env=_environment())
    return folder


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "MEDIASTORE_DIR"}


def test_the_tree_is_the_one_they_make(folder: Path) -> None:
    assert TREE is not None
    assert _told(_tree(folder / "mediastore-runs")) == _told(TREE[1])


def test_the_query_gives_the_printed_result(folder: Path) -> None:
    assert QUERY is not None
    command = [str(Path(sys.executable).with_name("mediastore")), "query", QUERY[1].strip('"')]
    told = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, timeout=120, env=_environment()
    )
    assert re.findall(r"[\w.]+", told.stdout) == re.findall(r"[\w.]+", QUERY[2])


@pytest.mark.parametrize("target", re.findall(r"\]\((?!http)([^)#]+)\)|(?:src|srcset)=\"([^\"]+)\"", README))
def test_every_file_it_points_to_is_there(target: tuple[str, str]) -> None:
    assert (TOP / "".join(target)).is_file()


def test_every_command_is_told() -> None:
    table = README[README.index("| command |") : README.index("## From Python")]
    [commands] = [action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction)]
    assert re.findall(r"^\| `mediastore (\w+)", table, re.MULTILINE) == [*commands.choices]


def _tree(root: Path) -> str:
    lines = [f"{root.name}/"]
    for path in sorted(root.rglob("*")):
        indent = "  " * len(path.relative_to(root).parts)
        lines.append(f"{indent}{path.name}{'/' if path.is_dir() else ''}")
    return "\n".join(lines) + "\n"


def _told(tree: str) -> tuple[list[str], list[str]]:
    """What the README promises: all but the picture line by line, and one picture, of whichever step came first."""
    lines = _anonymous(tree).splitlines()
    pictures = [re.sub(r"\d{9}-00", "<step>", line) for line in lines if line.endswith(".png")]
    return [line for line in lines if not line.endswith(".png")], pictures


def _anonymous(tree: str) -> str:
    """The tree without what differs from run to run: the run's id, the writer's id."""
    tree = re.sub(r"\d{8}-\d{6}-\w+-\w+/", "<run>/", tree)
    return re.sub(r"\b[a-z0-9]{6}(?=(-\d{4})?\.\w+$)", "<writer>", tree, flags=re.MULTILINE)
