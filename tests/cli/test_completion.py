"""What Tab offers, through the protocol that all three shells use, and through bash itself."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mediastore import cli
from mediastore.cli import completion

HOSTILE = ["$(touch pwned)", "`touch pwned`", "a b", "x;y", "new\nline", "q'uote", "*", "~root"]


@pytest.fixture
def offered(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What is offered for the last of the words."""
    monkeypatch.setenv("MEDIASTORE_DIR", str(root))
    return lambda *words: completion.candidates(cli.parser(), words)


def test_commands_options_and_choices_are_those_of_the_parser(offered: Callable[..., list[str]]) -> None:
    assert {"ls", "query", "completion"} <= set(offered(""))
    assert offered("re") == ["rename", "restore"]
    assert offered("ls", "--j") == ["--json"]
    assert offered("du", "--by", "") == ["key", "kind", "project", "run"]
    assert offered("completion", "") == ["bash", "fish", "zsh"]
    assert offered("nonsense", "") == []


def test_runs_keys_projects_and_tags_are_those_of_the_store(
    offered: Callable[..., list[str]], log_run: Callable[..., str]
) -> None:
    log_run("one", tags=["best"])
    log_run("two", project="else")
    assert offered("show", "") == ["demo/one", "else/two"]
    assert offered("tag", "one", "--add", "x", "e") == ["else/two"]
    assert offered("show", "one", "--key", "") == ["Take", "val/view"]
    assert offered("rm", "--project", "") == ["demo", "else"]
    assert offered("tag", "one", "--add", "") == ["best"]
    assert offered("query", "") == []


def test_removed_runs_are_offered_to_be_restored(
    offered: Callable[..., list[str]], command: Callable[..., object], log_run: Callable[..., str]
) -> None:
    log_run("one")
    command("rm", "one", "--yes")
    assert offered("restore", "") == ["demo/one"]
    assert offered("show", "") == []


def test_the_root_that_was_typed_counts(offered: Callable[..., list[str]], tmp_path: Path, root: Path) -> None:
    assert offered("--root", str(tmp_path / "nothing"), "show", "") == []


def test_a_name_that_a_shell_could_obey_is_not_offered(
    offered: Callable[..., list[str]], log_run: Callable[..., str]
) -> None:
    log_run("good")
    for name in HOSTILE:
        log_run(name, project="bad")
    assert offered("show", "") == ["demo/good"]
    assert offered("mv", "good", "--project", "") == ["bad", "demo"]


def test_zsh_and_fish_are_told_what_each_word_means(
    log_run: Callable[..., str], root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log_run("one", name="first")
    monkeypatch.setenv("_MEDIASTORE_COMPLETE", "zsh")
    assert cli.main(["rest"]) == 0
    assert capsys.readouterr().out == "restore:put removed runs back\n"
    assert cli.main(["--root", str(root), "show", ""]) == 0
    assert capsys.readouterr().out == "demo/one:first\n"


def test_bash_completes(log_run: Callable[..., str], root: Path, tmp_path: Path) -> None:
    log_run("one")
    log_run("$(touch pwned)")
    tool = tmp_path / "bin/mediastore"
    tool.parent.mkdir()
    tool.write_text(f"#!{sys.executable}\nimport sys\nfrom mediastore.cli import main\nsys.exit(main())\n")
    tool.chmod(0o755)
    script = 'eval "$(mediastore completion bash)"; COMP_WORDS=(mediastore show ""); COMP_CWORD=2; _mediastore; '
    script += 'printf "%s\\n" "${COMPREPLY[@]}"; complete -p mediastore'
    told = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}", "MEDIASTORE_DIR": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.stdout.splitlines() == ["demo/one", "complete -o default -F _mediastore mediastore"]
    assert told.stderr == ""
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_its_lines(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    assert f"_MEDIASTORE_COMPLETE={shell}" in capsys.readouterr().out
