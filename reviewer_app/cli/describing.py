"""How commands are described: a sentence that stands in the list of commands and above the command's own help.

The commands themselves are in the module of their family.
"""

from __future__ import annotations

import argparse
from typing import Any


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
