"""docs/commands.md and the parser tell the same."""

import argparse
import re
from pathlib import Path

import pytest

from mediastore import cli

PAGE = (Path(__file__).parents[2] / "docs/commands.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE))
[COMMANDS] = [action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction)]


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    assert [*SECTIONS] == [*COMMANDS.choices]


@pytest.mark.parametrize("name", COMMANDS.choices)
def test_a_section_tells_every_option_and_no_other(name: str) -> None:
    known = {option for option in COMMANDS.choices[name]._option_string_actions if option.startswith("--")}
    bullets = "\n".join(re.findall(r"^\* .*?(?=^\S|\Z)", SECTIONS[name], re.DOTALL | re.MULTILINE))
    assert set(re.findall(r"--[a-z][\w-]*", bullets)) >= known - {"--help", "--root"}
    of_others = rf"`(?!mediastore |{name} )\w+ [^`]*`"
    assert set(re.findall(r"(?<![\w-])--[a-z][\w-]*", re.sub(of_others, "", SECTIONS[name]))) <= known


@pytest.mark.parametrize("name", COMMANDS.choices)
def test_a_command_explains_itself_and_every_option(name: str) -> None:
    command = COMMANDS.choices[name]
    assert command.description
    assert all(action.help for action in command._actions)
    assert "--root" in command.format_help()


def test_choices_are_told() -> None:
    for name, command in COMMANDS.choices.items():
        for action in command._actions:
            assert all(str(choice) in SECTIONS[name] for choice in action.choices or ())
