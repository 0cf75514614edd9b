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


def test_licences_are_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(audit, "PIP_AUDIT", tmp_path / "none")
    assert audit.main() == 1
    said = capsys.readouterr().out
    assert "numpy" in said and "BSD" in said
    assert "were not looked up" in said


def test_what_could_not_be_looked_up_is_not_called_sound() -> None:
    sound = {"name": "a", "version": "1", "vulns": []}
    assert audit.judged({"dependencies": []})[0] == 1
    unknown = {"name": "b", "skip_reason": "not found"}
    flawed = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
    assert audit.judged({"dependencies": [sound]}) == (0, ["1 of 1 packages looked up, 0 flaws known"])
    code, lines = audit.judged({"dependencies": [sound, unknown]})
    assert (code, lines[0]) == (1, "1 of 2 packages looked up, 0 flaws known")
    assert lines[1].startswith("not looked up: b;")
    code, lines = audit.judged({"dependencies": [sound, flawed]})
    assert (code, lines[0]) == (1, "c 2: PYSEC-1, mended in 2.1")
