"""Dependencies are few, and each has its reason and both its bounds."""

import importlib.util
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).parents[1] / ".ci/audit.py"
_SPEC = importlib.util.spec_from_file_location("dependency_audit", _SCRIPT)
assert _SPEC is not None and _SPEC.loader is not None
audit = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(audit)


def test_there_are_few() -> None:
    assert 10 < len(audit.dependencies()) < 30


@pytest.mark.parametrize(("section", "name", "bounds", "reason"), audit.dependencies())
def test_each_has_a_reason_and_bounds(section: str, name: str, bounds: str, reason: str) -> None:
    assert reason, f"{name} has no reason beside it in pyproject.toml"
    assert ">=" in bounds and "<" in bounds, f"{name} must have a lower and an upper bound, got {bounds!r}"


def test_licences_are_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.shutil, "which", lambda name: None)
    assert audit.main() == 0
    said = capsys.readouterr().out
    assert "numpy" in said and "BSD" in said
    assert "pip-audit is not installed" in said
