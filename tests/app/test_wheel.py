"""The app of an installed wheel is the app of a checkout: laid out as the wheel is, away from the sources."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest

import mediastore

TOP = Path(__file__).parents[2]
COMMAND = "import sys, mediastore.cli as c; print(c.__file__, file=sys.stderr); sys.exit(c.main())"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder of packages that holds what pyproject.toml puts into the wheel."""
    wheel = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    packages = {name: name for name in wheel["packages"]}
    for source, target in (packages | wheel["force-include"]).items():
        (tmp_path / "packages" / target).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (TOP / source).is_dir() else shutil.copy
        copy(TOP / source, tmp_path / "packages" / target)
    return tmp_path / "packages"


@pytest.mark.slow
def test_the_app_runs_from_an_installed_wheel(installed: Path, root: Path, tmp_path: Path) -> None:
    with mediastore.init(project="cells", id="one", dir=root) as run:
        run.log({"loss": 1.0})
    known = {name: value for name, value in os.environ.items() if not name.startswith(("MEDIASTORE", "STREAMLIT"))}
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, "app", str(root), "--no-browser"],
        cwd=tmp_path,
        env=known | {"PYTHONPATH": str(installed)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        url = re.search(r"http://\S+", process.stdout.readline())
        with urllib.request.urlopen(f"{url[0]}/gallery", timeout=60) as answer:
            headers, content = answer.headers, answer.read()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert headers["x-frame-options"] == "DENY"
    assert b"<!doctype html>" in content.lower()
    assert errors == f"{installed / 'mediastore/cli/__init__.py'}\n"
    assert process.returncode == 0
