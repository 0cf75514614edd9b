"""What `mediastore app` makes of its options, before a server starts."""

from pathlib import Path

import pytest

from mediastore import cli
from mediastore.cli import commands
from mediastore.view import launch


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What would have been served, and how."""
    found: list[tuple] = []
    monkeypatch.delenv("MEDIASTORE_PASSWORD", raising=False)
    monkeypatch.setattr(launch, "launch", lambda *roots, **how: found.append((roots, how)) or 0)
    return found


def test_several_stores_and_every_option_are_passed_on(launched: list[tuple], tmp_path: Path) -> None:
    options = ["--port", "9", "--base-url", "/lab", "--read-only", "--no-browser"]
    assert cli.main(["app", str(tmp_path / "a"), str(tmp_path / "b"), *options]) == 0
    [(roots, how)] = launched
    assert roots == (tmp_path / "a", tmp_path / "b")
    wanted = {
        "port": 9,
        "host": "127.0.0.1",
        "base_url": "/lab",
        "read_only": True,
        "password": None,
        "open_browser": False,
    }
    assert how | wanted == how


def test_without_a_store_the_usual_one_is_meant(launched: list[tuple], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIASTORE_DIR", "/somewhere")
    assert cli.main(["app"]) == 0
    assert launched[0][0] == (Path("/somewhere"),)


@pytest.mark.parametrize(
    ("options", "is_loud"),
    [
        ([], False),
        (["--host", "0.0.0.0"], True),
        (["--base-url", "https://example.org"], True),
        (["--base-url", "/x"], False),
    ],
)
def test_what_others_can_come_to_is_said_loudly(
    launched: list[tuple], options: list[str], is_loud: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["app", *options])
    assert capsys.readouterr().err.startswith("EVERYBODY") == is_loud


def test_a_password_comes_from_the_environment_and_never_stands_in_the_arguments(
    launched: list[tuple], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDIASTORE_PASSWORD", "correct horse")
    cli.main(["app", "--host", "0.0.0.0"])
    assert launched[0][1]["password"] == "correct horse"
    assert capsys.readouterr().err == ""
    serving = launch.Serving(password="correct horse")
    assert "correct horse" not in " ".join(serving.flags(1))


def test_a_password_is_typed_at_a_terminal_or_not_at_all(
    launched: list[tuple], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["app", "--password"]) == 1
    assert "the password must be typed, got no terminal; set MEDIASTORE_PASSWORD" in capsys.readouterr().err
    monkeypatch.setattr(commands, "can_answer", lambda: True)
    for typed, code in (("", 1), ("open", 0)):
        monkeypatch.setattr(commands.getpass, "getpass", lambda *asked, typed=typed: typed)
        assert cli.main(["app", "--password"]) == code
    assert launched[0][1]["password"] == "open"
