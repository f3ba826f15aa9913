"""The command line: one parser made of the commands' own descriptions."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

from reviewer_app import __version__, log
from reviewer_app.cli import (
    audit_commands,
    case_commands,
    clinic_commands,
    image_commands,
    manual_commands,
    opinion_commands,
    reading_commands,
    record_commands,
    sign_commands,
    vault_commands,
)
from reviewer_app.cli.describing import Misused, Parser
from reviewer_app.cli.replies import Exit, Reply, show, show_problem
from reviewer_app.errors import BadInput, Fault, ReviewerError
from reviewer_app.jobs import Cancelled

Command = Callable[[argparse.Namespace], Reply]
_log = logging.getLogger(__name__)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    shared = _shared(argument_default=argparse.SUPPRESS)  # so that a command leaves be what stands before it
    top = Parser(
        prog="consilium",
        parents=[_shared()],
        description="The desk of a specialist who gives second opinions. Without a command it opens the window.",
        epilog="Exit status: "
        + ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in Exit)
        + ".",
    )
    top.add_argument("--version", action="version", version=f"consilium {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for family in (
        vault_commands,
        case_commands,
        record_commands,
        reading_commands,
        opinion_commands,
        sign_commands,
        audit_commands,
        image_commands,
        clinic_commands,
        manual_commands,
    ):
        family.add_to(commands, shared)
    commands.add_parser("open", help="open the window, on a case if one is named (open --help)", add_help=False)
    commands.add_parser("demo", help="the whole journey on the practice clinic (demo --help)", add_help=False)
    return top


def _shared(**how: Any) -> argparse.ArgumentParser:
    """The options that may stand before a command as well as after it."""
    parser = argparse.ArgumentParser(add_help=False, **how)
    missing = how.get("argument_default")
    made = parser.add_argument_group("options of every command")
    made.add_argument("--home", metavar="FOLDER", help="profile folder (default: CONSILIUM_HOME)")
    made.add_argument("--passphrase-file", metavar="FILE", help="file whose first line is the passphrase")
    made.add_argument("--key-file", metavar="FILE", help="file whose first line is the recovery key, which opens too")
    made.add_argument("--json", action="store_true", default=missing or False, help="answer as JSON")
    return parser


def _understood(words: Sequence[str] | None) -> argparse.Namespace:
    whole = parser()
    options = whole.parse_args(words)
    if not hasattr(options, "run"):
        whole.error("name a command")
    return options


def _misused(wrong: Misused, *, as_json: bool) -> int:
    """Say what is wrong with the words of a command, and how they are written."""
    if as_json:
        usage = " ".join(wrong.parser.format_usage().split())
        return show_problem(
            BadInput(f"The command cannot be understood: {wrong}.", f"{usage[0].upper()}{usage[1:]}"), as_json=True
        )
    wrong.parser.print_usage(sys.stderr)
    sys.stderr.write(f"{wrong.parser.prog}: error: {wrong}\n")
    return int(Exit.USAGE)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    try:
        options = _understood(words)
    except Misused as wrong:
        return _misused(wrong, as_json="--json" in (sys.argv if words is None else words))
    log.configure()
    as_json = bool(getattr(options, "json", False))
    run: Command = options.run
    try:
        return show(run(options), as_json=as_json)
    except ReviewerError as problem:
        return show_problem(problem, as_json=as_json)
    except (KeyboardInterrupt, Cancelled):
        sys.stderr.write("consilium: stopped; what was finished is kept.\n")
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        return int(Exit.FAILED)
    except Exception:  # noqa: BLE001 - the last line of defence; the trace goes to the log without values
        _log.exception("a command failed by a mistake of ours")
        show_problem(
            Fault("This is a mistake of ours.", "The log has the details; send it to support."), as_json=as_json
        )
        return int(Exit.FAULT)
