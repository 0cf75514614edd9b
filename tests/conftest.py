"""What every test may ask for: a store of its own, and a small one that the real demo wrote."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mediastore import audit
from mediastore.demo.program import parts
from mediastore.demo.training import Length

SHORT = Length(epochs=3, steps_an_epoch=20, pictures_an_epoch=5, held_out=6)


settings.register_profile("unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_configure() -> None:
    """A job in the background ignores Ctrl-C and so would its children; here they are sent it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the slow ones to CI and to who asks for them: `pytest -m slow`."""
    if os.environ.get("CI") != "true" and not config.option.markexpr:
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logging fault raises, and no store of the user's is in the way."""
    monkeypatch.setenv("MEDIASTORE_STRICT", "1")
    monkeypatch.delenv("MEDIASTORE_DIR", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A folder for one store; when the test is over, nothing in it may contradict anything else."""
    folder = tmp_path / "store"
    yield folder
    if (folder / "mediastore.json").exists():
        assert audit.check(folder).findings == []


@pytest.fixture
def sick_root(tmp_path: Path) -> Path:
    """A folder for a store that the test damages."""
    return tmp_path / "sick-store"


@pytest.fixture(scope="session")
def demo_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that the demo wrote, with short trainings. Shared: look, do not touch."""
    folder = tmp_path_factory.mktemp("demo") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDIASTORE_STRICT", "1")
        for part in parts(SHORT):
            for _ in part.log(folder):
                pass
    assert audit.check(folder).findings == []
    return folder
