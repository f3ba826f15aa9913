"""Commands about the audit log."""

from __future__ import annotations

import argparse
from typing import Any

from reviewer_app.cli.describing import command
from reviewer_app.cli.profile_folder import unlocked
from reviewer_app.cli.replies import Exit, Reply
from reviewer_app.jobs import Job


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    audit = command(commands, "audit", "the log of what was done")
    acts = audit.add_subparsers(dest="act", required=True, metavar="ACT")
    verify = command(acts, "verify", "was it changed, and what do servers lack?", shared)
    verify.add_argument("--server", action="store_true", help="ask the servers for what they were sent, too")
    verify.set_defaults(run=_verify)
    command(acts, "list", "every entry, oldest first", shared).set_defaults(run=_list)


def _verify(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import audit

    with unlocked(options) as session:
        verdict = audit.compare(session, Job()) if options.server else audit.verify(session)
    return Reply(verdict, verdict.lines, Exit.DONE if verdict.ok else Exit.NOT_VALID)


def _list(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        entries = session.vault.audit.all()
    lines = tuple(
        f"{one.seq:>6} {one.at:%Y-%m-%d %H:%M:%S} {one.kind} {one.case} {one.detail}".rstrip() for one in entries
    )
    return Reply(entries, lines)
