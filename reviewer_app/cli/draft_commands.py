"""Commands around a draft: versions, requests and messages to the case manager, letters after release, snippets."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from reviewer_app.cli.describing import on_case
from reviewer_app.cli.profile_folder import unlocked
from reviewer_app.cli.replies import Reply
from reviewer_app.domain.asking import RequestStanding, Wanted
from reviewer_app.domain.circumstances import AmendmentKind
from reviewer_app.domain.differences import Change, Difference
from reviewer_app.services import amending, asking, blind, opinions, templates, versions, worklist


def add_to(acts: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands, which belong to `consilium opinion`."""
    on_case(acts, "versions", "versions of the draft, newest first", shared).set_defaults(run=_versions)
    diff = on_case(acts, "diff", "what changed from a version to the draft", shared)
    diff.add_argument("revision", type=int, metavar="REVISION", help="its number, as `opinion versions` lists them")
    diff.set_defaults(run=_diff)
    restore = on_case(acts, "restore", "make a version the draft again; nothing is lost by it", shared)
    restore.add_argument("revision", type=int, metavar="REVISION", help="its number, as `opinion versions` lists them")
    restore.set_defaults(run=_restore)
    ask = on_case(acts, "ask", "ask the case manager for a missing record, or list what was asked", shared)
    ask.add_argument("words", metavar="TEXT", nargs="?", default="", help="what is missing; none lists the requests")
    ask.add_argument("--kind", choices=[kind.value for kind in Wanted], default=Wanted.OTHER.value, help="of record")
    ask.add_argument("--by", default="", metavar="DAY", help="needed by, 2026-11-30")
    ask.add_argument("--blocking", action="store_true", help="the opinion cannot go on without it")
    ask.set_defaults(run=_ask)
    withdraw = on_case(acts, "withdraw", "take a request for a missing record back", shared)
    withdraw.add_argument(
        "request", metavar="REQUEST", help="its id, or the beginning of one; `opinion ask` lists them"
    )
    withdraw.set_defaults(run=_withdraw)
    on_case(acts, "resume", "go on with a case that waits for information", shared).set_defaults(run=_resume)
    message = on_case(acts, "message", "write to the case manager, or read the thread", shared)
    message.add_argument("text", metavar="TEXT", nargs="?", default="", help="what to write; none shows the thread")
    message.add_argument("--urgent", action="store_true", help="it is shown first")
    message.set_defaults(run=_message)
    amend = on_case(acts, "amend", "open a letter that follows the released one, or leave it", shared)
    amend.add_argument("--kind", choices=[kind.value for kind in AmendmentKind], help="of letter")
    amend.add_argument("--abandon", action="store_true", help="leave the released letter as it is")
    amend.set_defaults(run=_amend)
    mode = on_case(acts, "blind", "hide the first opinion of a case until a provisional diagnosis is saved", shared)
    mode.add_argument("mode", choices=["on", "off", "reveal"], help="reveal: show it from now on, and note when")
    mode.set_defaults(run=_blind)
    snippets = on_case(acts, "snippets", "texts to begin with, for a case", shared)
    snippets.add_argument("--keep", nargs=2, metavar=("KEYWORD", "TEXT"), help="keep an own one")
    snippets.add_argument("--drop", metavar="KEYWORD", help="take an own one away")
    snippets.set_defaults(run=_snippets)


def _versions(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        found = versions.listing(session, worklist.find(session, options.case).id)
    lines = [
        f"{one.revision:>5}  {one.saved:%Y-%m-%d %H:%M:%S}{'  the draft' * one.newest}{'  written apart' * one.aside}"
        for one in found
    ]
    return Reply(found, lines or ["Nothing is written yet."])


def _diff(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        found = versions.compared(session, worklist.find(session, options.case).id, options.revision)
    return Reply(found, [line for one in found for line in (one.title, f"  {_shown(one)}")] or ["Nothing differs."])


def _shown(difference: Difference) -> str:
    marks = {Change.SAME: ("", ""), Change.REMOVED: ("[-", "-]"), Change.ADDED: ("{+", "+}")}
    return "".join(f"{marks[run.change][0]}{run.text}{marks[run.change][1]}" for run in difference.runs)


def _restore(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        saved = opinions.save(session, versions.restored(session, case.id, options.revision))
    return Reply({"revision": saved.revision}, (f"Version {options.revision} is the draft again.",))


def _ask(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        if options.words:
            asking.ask(session, case.id, Wanted(options.kind), options.words, by=options.by, blocking=options.blocking)
        found = asking.standing(session, case.id)
    return _requests(found)


def _requests(found: Sequence[RequestStanding]) -> Reply:
    return Reply(found, [f"{one.request.id[:8]}  {one.said}" for one in found] or ["Nothing was asked for."])


def _withdraw(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        asking.withdraw(session, case.id, options.request)
        found = asking.standing(session, case.id)
    return _requests(found)


def _resume(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        asking.resume(session, case.id)
    return Reply({"case": case.id, "state": "in-review"}, ("The case is in review again.",))


def _message(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        if options.text:
            asking.write(session, case.id, options.text, urgent=options.urgent)
        found = asking.thread(session, case.id)
    return Reply(found, [f"{one.sent.shown}  {one.sender}: {one.text}" for one in found] or ["No messages."])


def _amend(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        if options.abandon:
            amending.abandon(session, case.id)
            return Reply({"amends": None}, ("The released letter stays as it is.",))
        draft = amending.begin(session, case.id, AmendmentKind(options.kind or AmendmentKind.ADDENDUM.value))
    said = "Write it with `consilium opinion set`; amends.reason and amends.sections are needed."
    return Reply(draft.amends, (f"It follows the letter {draft.amends.sha256[:12]}.", said))


def _blind(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        if options.mode == "reveal":
            opinions.save(session, blind.reveal(session, opinions.open(session, case.id)))
        else:
            blind.choose(session, case.id, blind=options.mode == "on")
        hidden = blind.hidden(session, case.id)
    return Reply({"hidden": hidden}, (f"The first opinion is {'hidden' if hidden else 'shown'}.",))


def _snippets(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        if options.keep:
            templates.keep(session, *options.keep)
        if options.drop:
            templates.drop(session, options.drop)
        found = templates.offered(session, case)
    return Reply(found, [f";{one.keyword:<14} {one.field or 'any field':<24} {one.text}" for one in found])
