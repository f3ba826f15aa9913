"""What `--help` says: of each command what it does, and of each word what it stands for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from reviewer_app.cli.main import parser

SAYS_ITSELF = {"--specialty", "--licence", "--organisation"}


def commands(within: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    families = [action for action in within._actions if isinstance(action, argparse._SubParsersAction)]
    if not families:
        yield within
    for command in (command for family in families for command in family.choices.values()):
        yield from commands(command)


COMMANDS = [command for command in commands(parser()) if command.prog not in {"consilium open", "consilium demo"}]
"""Those of the terminal; the window and the journey have parsers of their own."""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.prog.removeprefix("consilium "))
def test_every_command_says_what_it_does_and_what_its_words_stand_for(command):
    assert command.description
    assert command.description[0].isupper()
    unsaid = [action.option_strings or action.dest for action in command._actions if not action.help]
    assert not [names for names in unsaid if not SAYS_ITSELF.intersection(names)]
    assert command.format_help()  # a per cent sign that argparse would take for a value raises here
