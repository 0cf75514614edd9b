"""Scripts as wandb's users write them, run by a fresh interpreter with their import changed and nothing else."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mediastore

SCRIPTS = Path(__file__).with_name("scripts")
TOP = Path(__file__).parents[2]


@pytest.fixture
def ran(root: Path, tmp_path: Path) -> Callable[..., mediastore.Store]:
    """`ran(name, **environment)`: the store that a script wrote. It must end well and warn of nothing."""

    def run(name: str, **environment: str) -> mediastore.Store:
        text = (SCRIPTS / f"{name}.py").read_text("utf-8")
        assert text.count("import wandb\n") == 1
        script = tmp_path / f"{name}.py"
        script.write_text(text.replace("import wandb\n", "import mediastore as wandb\n"), "utf-8")
        known = {key: value for key, value in os.environ.items() if not key.startswith(("WANDB_", "MEDIASTORE_"))}
        done = subprocess.run(
            [sys.executable, "-W", "error", str(script)],
            cwd=tmp_path,
            env=known | {"MEDIASTORE_DIR": str(root), "MEDIASTORE_STRICT": "1", "PYTHONPATH": str(TOP)} | environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        run.said = done.stderr
        return mediastore.Store(root)

    return run
