"""Commands around the vault, the servers it is enrolled with, and the profile of its user."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields, replace
from typing import Any

import msgspec

from reviewer_app.cli import server_words
from reviewer_app.cli.describing import command
from reviewer_app.cli.profile_folder import home_of, passphrase_of, recovery_key_of, unlocked
from reviewer_app.cli.replies import Exit, Reply, table
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.opinion import Author
from reviewer_app.errors import BadInput
from reviewer_app.jobs import Job, Progress
from reviewer_app.services import session as sessions

_AUTHOR = {
    "name": "as it stands under the letter",
    "licence_ends": "last day it is valid, such as 2027-12-31; empty where it does not end",
    "licence_authority": "who gave the licence",
    "ref": "your Practitioner on the server, such as Practitioner/17",
    "interests": "what readers of a letter should know of",
}
"""What an option of `profile` means, where its name does not say it."""


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    vault = command(commands, "vault", "create, check or recover the encrypted vault")
    acts = vault.add_subparsers(dest="act", required=True, metavar="ACT")
    command(acts, "create", "create a vault, print its recovery key", shared).set_defaults(run=_create)
    check = command(acts, "unlock-check", "does the passphrase or recovery key open the vault?", shared)
    check.set_defaults(run=_unlock_check)
    recover = command(acts, "recover", "set a new passphrase with the recovery key", shared)
    recover.add_argument("recovery_key", metavar="KEY", help="the printed key, or - to read it from standard input")
    recover.set_defaults(run=_recover)
    goes_on = command(acts, "go-on", "take an older copy of the vault for the right one", shared)
    goes_on.set_defaults(run=_go_on)
    command(acts, "storage", "what each case takes on this machine", shared).set_defaults(run=_storage)
    erase = command(acts, "erase", "destroy a case that is over; it cannot be undone", shared)
    erase.add_argument("case", metavar="CASE", help="case id, number or Task, or the beginning of one")
    erase.add_argument("--draft", action="store_true", help="also where a draft is lost with it")
    erase.set_defaults(run=_erase)

    enrol = command(commands, "enrol", "connect to a programme's servers", shared)
    server_words.add_to(enrol)
    enrol.add_argument("--reviewer", default="", metavar="REF", help="pull only this practitioner's cases")
    enrol.add_argument("--quality-review", action="store_true", help="a medical director releases the opinions")
    enrol.set_defaults(run=_enrol)
    probe = command(commands, "check-server", "what servers really do, as a table", shared)
    server_words.add_to(probe)
    probe.set_defaults(run=_check_server)

    sync = command(commands, "sync", "pull cases, deliver what waits", shared)
    sync.add_argument("--retry", action="store_true", help="ask again for what could not be had")
    sync.set_defaults(run=_sync)
    profile = command(commands, "profile", "show or set who signs", shared)
    for field in fields(Author):
        profile.add_argument(f"--{field.name.replace('_', '-')}", metavar="TEXT", help=_AUTHOR.get(field.name))
    profile.set_defaults(run=_profile)


def _create(options: argparse.Namespace) -> Reply:
    home = home_of(options)
    session, recovery_key = sessions.create(home, passphrase_of(options, "New passphrase: ", twice=True))
    session.close()
    return Reply(
        {"home": str(home), "recovery_key": recovery_key},
        (f"Vault created in {home}.", "Recovery key (write it down, it is shown only now):", f"  {recovery_key}"),
    )


def _unlock_check(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        count, why = len(session.vault.cases.all()), session.vault.read_only
    way = "recovery key" if recovery_key_of(options) else "passphrase"
    lines = (f"The {way} opens the vault; it holds {count} cases.", *((why,) if why else ()))
    return Reply({"opens": True, "cases": count, "read_only": why}, lines)


def _recover(options: argparse.Namespace) -> Reply:
    key = sys.stdin.readline().strip() if options.recovery_key == "-" else options.recovery_key
    sessions.recover(home_of(options), key, passphrase_of(options, "New passphrase: ", twice=True)).close()
    return Reply({"recovered": True}, ("The vault opens with the new passphrase from now on.",))


def _go_on(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        sessions.go_on(session)
    return Reply({"read_only": False}, ("The vault is written again; what the newer copy held stays lost.",))


def _storage(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import storage

    with unlocked(options) as session:
        held = storage.held(session)
    facts = [
        {"case": one.case.id, "number": one.case.number, "bytes": one.size, "erasable": not one.hindrance}
        for one in held
    ]
    rows = [
        (one.case.number, one.case.state.shown, f"{one.size / 1e6:.1f} MB", one.hindrance or "can be erased")
        for one in held
    ]
    return Reply(facts, table(("Case", "State", "Takes", "Erasing"), rows) or ("No case is on this machine.",))


def _erase(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import storage, worklist

    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        storage.erase(session, case.id, draft_too=options.draft)
    return Reply({"erased": case.id}, (f"The case {case.number} was erased from this machine.",))


def _enrol(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import enrolment

    fhir_auth, dicomweb_auth = server_words.credentials(options)
    with unlocked(options) as session:
        server = enrolment.enrol(
            session,
            options.fhir_url,
            options.dicomweb_url,
            fhir_auth,
            dicomweb_auth,
            reviewer=options.reviewer,
            quality_review=options.quality_review,
        )
    lines = [f"Enrolled with {server.fhir_url}.", *(f"  {name}: {finding}" for name, finding in server.facts)]
    return Reply({"server": server.id, "facts": dict(server.facts)}, lines)


def _check_server(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import enrolment

    fhir_auth, dicomweb_auth = server_words.credentials(options)
    facts = enrolment.check(options.fhir_url, options.dicomweb_url, fhir_auth, dicomweb_auth)
    code = Exit.SERVER if enrolment.unusable(facts) else Exit.DONE
    return Reply(dict(facts), table(("What", "Found"), facts), code)


def _sync(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import sync

    last = [""]

    def say(progress: Progress) -> None:
        total = "" if progress.total is None else f" {progress.done} of {progress.total}"
        if not options.json and sys.stderr.isatty() and last[0] != progress.step + total:
            sys.stderr.write(f"\r\033[K{progress.step}{total}")
            last[0] = progress.step + total

    with unlocked(options) as session:
        report = (sync.retry_failed if options.retry else sync.run)(session, Job(say))
        lacking = sync.lacking(session)
    if last[0]:
        sys.stderr.write("\r\033[K")
    lines = [*report.lines, *(f"  {one.case}: {one.item}: {one.why}" for one in lacking)]
    if lacking:
        lines.append("`consilium sync --retry` asks for these again.")
    facts = {**msgspec.to_builtins(report), "lacking": lacking}
    return Reply(facts, lines, Exit.SERVER if report.problems else Exit.DONE)


def _profile(options: argparse.Namespace) -> Reply:
    given = {field.name: getattr(options, field.name) for field in fields(Author)}
    with unlocked(options) as session:
        author = session.vault.profile.author()
        changes: dict[str, Any] = {name: text for name, text in given.items() if text is not None}
        if "licence_ends" in changes:
            changes["licence_ends"] = PartialDate(changes["licence_ends"])
            if not changes["licence_ends"].valid:
                raise BadInput("The end of the licence is not a date.", "Write it as 2026-12-31.")
        if changes:
            author = replace(author, **changes)
            session.vault.profile.set_author(author)
    lines = [f"{field.name.replace('_', ' ')}: {_shown(getattr(author, field.name))}" for field in fields(Author)]
    return Reply(author, lines)


def _shown(value: object) -> str:
    return value.shown if isinstance(value, PartialDate) else str(value)
