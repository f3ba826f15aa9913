"""Where the vault is and with what it opens: options, environment, or a prompt."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from reviewer_app.errors import BadInput
from reviewer_app.services import session as sessions
from reviewer_app.services.session import Session
from reviewer_app.settings import default_home


def home_of(options: argparse.Namespace) -> Path:
    """The profile folder: `--home`, `CONSILIUM_HOME`, or the usual place for application files of this user."""
    return Path(options.home) if options.home else default_home()


def passphrase_of(options: argparse.Namespace, prompt: str = "Passphrase: ", *, twice: bool = False) -> str:
    """The passphrase: first line of `--passphrase-file`, `CONSILIUM_PASSPHRASE`, or a prompt.

    Args:
        twice: A new one: at the prompt it is typed twice.

    Raises:
        BadInput: There is none, or the two that were typed differ.
    """
    if options.passphrase_file:
        return first_line(options.passphrase_file, "passphrase")
    if "CONSILIUM_PASSPHRASE" in os.environ:
        return os.environ["CONSILIUM_PASSPHRASE"]
    if not sys.stdin.isatty():
        raise BadInput("No passphrase was given.", "Set CONSILIUM_PASSPHRASE, or give --passphrase-file.")
    typed = getpass.getpass(prompt)
    if twice and getpass.getpass("The same again: ") != typed:
        raise BadInput("The two passphrases differ.", "Type it again.")
    return typed


def first_line(path: str, what: str) -> str:
    """The secret that stands in the first line of a file.

    Raises:
        BadInput: The file cannot be read, or is empty.
    """
    try:
        return Path(path).read_text("utf-8").splitlines()[0]
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise BadInput(f"The {what} file cannot be read.", "Give a text file whose first line it is.") from error


def recovery_key_of(options: argparse.Namespace) -> str:
    """The recovery key that opens the vault instead of a passphrase; empty where a passphrase does.

    It is the first line of `--key-file`, or `CONSILIUM_RECOVERY_KEY` unless there is a passphrase file.

    Raises:
        BadInput: The file cannot be read.
    """
    if options.key_file:
        return first_line(options.key_file, "recovery key")
    return "" if options.passphrase_file else os.environ.get("CONSILIUM_RECOVERY_KEY", "")


@contextlib.contextmanager
def unlocked(options: argparse.Namespace) -> Iterator[Session]:
    """The unlocked vault for the time of one command."""
    home, key = home_of(options), recovery_key_of(options)
    session = sessions.unlock_with_recovery(home, key) if key else sessions.unlock(home, passphrase_of(options))
    try:
        yield session
    finally:
        session.close()
