"""How commands are described: a sentence that stands in the list of commands and above the command's own help.

The commands themselves are in the module of their family.
"""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn


class Misused(Exception):
    """The words of a command cannot be understood.

    Attributes:
        parser: Of the command that was meant.
    """

    def __init__(self, said: str, parser: argparse.ArgumentParser) -> None:
        super().__init__(said)
        self.parser = parser


class Parser(argparse.ArgumentParser):
    """Takes words such as `-600,1500` for values, and leaves it to the caller to say what is wrong with the words."""

    def __init__(self, *words: Any, **how: Any) -> None:
        super().__init__(*words, **how)
        self._negative_number_matcher = re.compile(r"-\.?\d")  # argparse knows single numbers only

    def error(self, message: str) -> NoReturn:
        """Instead of ending the program.

        Raises:
            Misused: Always.
        """
        raise Misused(message, self)


def command(
    commands: Any, name: str, words: str, *shared: argparse.ArgumentParser, **how: Any
) -> argparse.ArgumentParser:
    """A command of a family.

    Args:
        commands: What `add_subparsers` gave.
        words: What it does, in one sentence without capital and full stop.
        shared: Parsers with options that it has in common with others.
        how: More for argparse, such as an epilog.
    """
    sentence = words[0].upper() + words[1:] + ("" if words.endswith("?") else ".")
    made: argparse.ArgumentParser = commands.add_parser(name, parents=shared, help=words, description=sentence, **how)
    return made


def on_case(commands: Any, name: str, words: str, *shared: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """A command whose first word names a case."""
    made = command(commands, name, words, *shared)
    made.add_argument("case", metavar="CASE", help="case id, number or Task, or the beginning of one")
    return made
