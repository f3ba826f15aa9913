"""How a server is named on the command line, and with what one is known there: options, files, environment, prompt."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from urllib.parse import urlsplit

from reviewer_app.cli.profile_folder import first_line
from reviewer_app.domain.profile import AuthKind, Credentials
from reviewer_app.errors import BadInput

PASSWORD, TOKEN = "CONSILIUM_SERVER_PASSWORD", "CONSILIUM_SERVER_TOKEN"


def add_to(command: argparse.ArgumentParser) -> None:
    """The two servers and how to log in there."""
    command.add_argument("fhir_url", metavar="FHIR_URL", help="base URL of the FHIR R4 server")
    command.add_argument("dicomweb_url", metavar="DICOMWEB_URL", help="base URL of the DICOMweb server")
    for who, words in (("", ""), ("dicomweb-", "the image server's, where it differs: ")):
        command.add_argument(f"--{who}user", metavar="NAME", default="", help=f"{words}user name, with a password")
        for secret, meant in (("password", "password"), ("token", "bearer token, instead of user and password")):
            seen = f"{words}{meant}; other users see it among the processes"
            command.add_argument(f"--{who}{secret}", metavar="TEXT", default="", help=seen)
            in_file = f"{words}file whose first line is the {secret}"
            command.add_argument(f"--{who}{secret}-file", metavar="FILE", help=in_file)
    command.epilog = (
        f"The FHIR server's password or token may also stand in {PASSWORD} or {TOKEN}; a password that is nowhere is "
        "asked for. The image server gets the same only if it is on the same host."
    )


def credentials(options: argparse.Namespace) -> tuple[Credentials, Credentials]:
    """For the FHIR and for the DICOMweb server.

    Credentials for one host are never shown to another unless they are given for it.

    Raises:
        BadInput: Two ways to log in are given, a file cannot be read, or a password is missing without a terminal.
    """
    fhir = _credentials(options, "", os.environ.get(PASSWORD, ""), os.environ.get(TOKEN, ""))
    own = _credentials(options, "dicomweb_", "", "")
    if own.kind is AuthKind.NONE and _host(options.fhir_url) == _host(options.dicomweb_url):
        own = fhir
    return fhir, own


def _host(url: str) -> str:
    try:
        return urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""


def _credentials(options: argparse.Namespace, who: str, password: str, token: str) -> Credentials:
    user: str = getattr(options, f"{who}user")
    password = _secret(options, f"{who}password") or (password if user else "")
    token = _secret(options, f"{who}token") or ("" if user else token)
    if token and user:
        raise BadInput("Both a token and a user were given.", "Give one of them.")
    if token:
        return Credentials(AuthKind.BEARER, "", token)
    if not user:
        if password:
            raise BadInput("A password was given without a user.", "Add --user.")
        return Credentials()
    if not password and not sys.stdin.isatty():
        option = f"--{who.replace('_', '-')}password-file"
        raise BadInput("A user was given without a password.", f"Give {option}{'' if who else f', or set {PASSWORD}'}.")
    where = " at the image server" if who else ""
    return Credentials(AuthKind.BASIC, user, password or getpass.getpass(f"Password of {user}{where}: "))


def _secret(options: argparse.Namespace, name: str) -> str:
    given: str = getattr(options, name)
    file: str | None = getattr(options, f"{name}_file")
    if given and file:
        raise BadInput("One secret was given twice.", f"Give --{name.replace('_', '-')} or its file.")
    return first_line(file, name.rpartition("_")[2]) if file else given
