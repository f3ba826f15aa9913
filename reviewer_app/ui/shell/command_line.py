"""What the words after `consilium open` ask of the window; read before Qt is loaded, while the vault is opened already.

No Qt here.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from reviewer_app.services import head_start
from reviewer_app.services.head_start import Unlocked
from reviewer_app.settings import default_home

WORDS = ("open", "window")
"""Commands that mean the window."""
_UNATTENDED = (
    "The vault opens without being asked for, once, with --passphrase-file FILE or CONSILIUM_PASSPHRASE, or with the "
    "printed recovery key by --key-file FILE or CONSILIUM_RECOVERY_KEY; the key is quicker, as it is not stretched."
)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The words, read.

    Attributes:
        words: All of them, to start the same window again.
        for_qt: Those behind `--`.
        home: Profile folder.
        case: Id or number of the case to open, or empty.
        series: Series of it to show, or empty for the one that is read first.
        marks: Whether to tell when what was on screen.
        unlocking: The vault on its way, where a passphrase or the recovery key was given for scripts.
    """

    words: tuple[str, ...]
    home: Path
    for_qt: tuple[str, ...] = ()
    case: str = ""
    series: str = ""
    marks: bool = False
    unlocking: Future[Unlocked] | None = field(default=None, repr=False)


def read(argv: Sequence[str]) -> CommandLine:
    """Read `open [CASE] [--series UID] [--home FOLDER] [--marks] [-- FOR QT]`.

    `CONSILIUM_RECOVERY_KEY` or `CONSILIUM_PASSPHRASE` opens the vault once, from now on, and both are taken out of the
    environment: they are for us only, and neither for who comes after a lock nor for what the window starts.

    Raises:
        SystemExit: The words are not understood; argparse has said why.
    """
    own = [*argv[1:]] if argv and argv[0] in WORDS else [*argv]
    cut = own.index("--") if "--" in own else len(own)
    options = _parser().parse_args(own[:cut])
    home = options.home or default_home()
    passphrase, key = (os.environ.pop(name, "") for name in ("CONSILIUM_PASSPHRASE", "CONSILIUM_RECOVERY_KEY"))
    unlocking = head_start.begin(home, passphrase, recovery_key=key) if passphrase or key else None
    return CommandLine(tuple(argv), home, tuple(own[cut + 1 :]), options.case, options.series, options.marks, unlocking)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="consilium open", description="Open the window.", epilog=_UNATTENDED)
    parser.add_argument("case", metavar="CASE", nargs="?", default="", help="id or number of a case to open")
    parser.add_argument("--series", metavar="UID", default="", help="series of the case to show first")
    parser.add_argument("--home", metavar="FOLDER", type=Path, help="profile folder (default: CONSILIUM_HOME)")
    parser.add_argument("--marks", action="store_true", help="print as JSON when what was on screen (seconds)")
    return parser
