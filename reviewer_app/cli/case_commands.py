"""Commands that list cases and read one."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from reviewer_app.cli.describing import command, on_case
from reviewer_app.cli.profile_folder import unlocked
from reviewer_app.cli.replies import Reply, table
from reviewer_app.domain.case import Case, DeclineReason, WorklistEntry
from reviewer_app.domain.dates import in_words, now
from reviewer_app.domain.imaging import Study
from reviewer_app.services import records, worklist


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    listing = command(commands, "worklist", "assigned cases, what is due first comes first", shared)
    listing.set_defaults(run=_worklist)
    case = command(commands, "case", "show, accept or decline a case")
    acts = case.add_subparsers(dest="act", required=True, metavar="ACT")
    show = on_case(acts, "show", "patient, questions, records, images of a case", shared)
    show.set_defaults(run=_show)
    whole = on_case(acts, "summary", "problems, medications, allergies first; what is missing", shared)
    whole.add_argument("--system", choices=("received", "si", "conventional"), default="received", help="units")
    whole.set_defaults(run=_summary)
    accept = on_case(acts, "accept", "accept a case with attestation", shared)
    for name, words in (
        ("independent", "I am not involved in the treatment and have no conflict of interest"),
        ("competent", "the question lies within my field"),
        ("timely", "I can meet the deadline"),
    ):
        accept.add_argument(f"--{name}", action="store_true", help=words)
    accept.add_argument("--attest", action="store_true", help="all three")
    accept.set_defaults(run=_accept)
    decline = on_case(acts, "decline", "decline a case with a reason", shared)
    decline.add_argument("--reason", required=True, choices=[reason.value for reason in DeclineReason], help="why")
    decline.add_argument("--words", metavar="TEXT", default="", help="in your own words")
    decline.set_defaults(run=_decline)


def _worklist(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        entries = worklist.entries(session)
    rows = [_line(entry) for entry in entries]
    lines = table(("Case", "State", "Patient", "Question", "Due", "On this machine"), rows)
    return Reply([_facts(entry) for entry in entries], lines or ("No cases yet: enrol with a server, then sync.",))


def _line(entry: WorklistEntry) -> tuple[str, ...]:
    case, due = entry.case, entry.case.deadline
    words = f"{due.shown} ({in_words(due.last_moment, now())})" if due.last_moment else ""
    state = case.state.shown + (f"; {entry.pending}" if entry.pending else "")
    return (case.number, state, case.patient.name.shown, case.question_line, words, entry.completeness.shown)


def _facts(entry: WorklistEntry) -> dict[str, object]:
    case, held = entry.case, entry.completeness
    return {
        "id": case.id,
        "number": case.number,
        "task": case.task.ref,
        "state": case.state.value,
        "patient": case.patient.name.natural,
        "identifier": case.patient.identifier,
        "title": case.title,
        "questions": len(case.questions),
        "question": case.question_line,
        "specialty": case.specialty,
        "reasons": case.reasons,
        "priority": case.priority.value,
        "deadline": case.deadline.text,
        "decision_by": case.decision_by.text,
        "completeness": held,
        "offline": held.offline,
        "pending": entry.pending,
        "blocked": entry.blocked,
        "delivered": entry.delivered,
    }


def _show(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.reading(session, worklist.find(session, options.case).id)
        studies = session.vault.images.studies(case.id)
        every = records.listing(session, case.id)
        completeness = session.vault.cases.completeness(case.id)
        results = len(session.vault.results.all(case.id))
    counts: dict[str, int] = {}
    for record in every:
        counts[record.record_class.value] = counts.get(record.record_class.value, 0) + 1
    facts = {
        "case": case,
        "records": counts,
        "results": results,
        "studies": [_study(study) for study in studies],
        "completeness": completeness,
        "offline": completeness.offline,
    }
    held = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    lines = [*_about(case), f"Records: {held}; {results} results", *_images(studies), f"Here: {completeness.shown}"]
    return Reply(facts, lines)


def _about(case: Case) -> list[str]:
    questions = [f"  {question.number}. {question.text}" for question in case.questions]
    asked = f"{case.requester.name}, {case.requester.specialty}".rstrip(", ") if case.requester else "(not said)"
    return [
        f"{case.patient.banner(now())}   case {case.number}",
        case.title,
        f"State: {case.state.shown}; due {case.deadline.shown or '(no date)'}",
        f"Decision by: {case.decision_by.shown or '(not said)'}",
        f"Asked by: {asked}",
        "Questions:",
        *questions,
    ]


def _study(study: Study) -> dict[str, object]:
    return {
        "uid": study.uid,
        "date": study.date,
        "description": study.description,
        "series": [
            {
                "uid": series.uid,
                "modality": series.modality,
                "description": series.description,
                "expected": series.expected,
                "held": series.held,
                "mismatch": series.mismatch,
                "problems": series.problems,
            }
            for series in study.series
        ],
    }


def _images(studies: tuple[Study, ...]) -> list[str]:
    lines = ["Images:"]
    for study in studies:
        lines.append(f"  {study.date or '(no date)'}  {study.description}")
        lines += [
            f"    {series.modality:<9} {series.description}  {series.held} of {series.expected}  {series.mismatch}"
            for series in study.series
        ]
    return lines if len(lines) > 1 else ["Images: none"]


def _accept(options: argparse.Namespace) -> Reply:
    attestation = worklist.attest(
        independent=options.independent or options.attest,
        competent=options.competent or options.attest,
        timely=options.timely or options.attest,
    )
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        worklist.accept(session, case.id, attestation)
        state = session.vault.cases.get(case.id).state
    return Reply(
        {"case": case.id, "state": state}, (f"Case {case.number} is accepted; the next sync tells the server.",)
    )


def _decline(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        worklist.decline(session, case.id, DeclineReason(options.reason), options.words)
        state = session.vault.cases.get(case.id).state
    return Reply(
        {"case": case.id, "state": state}, (f"Case {case.number} is declined; the next sync tells the server.",)
    )


def _summary(options: argparse.Namespace) -> Reply:
    from reviewer_app.domain.analyte import System
    from reviewer_app.services import summary

    with unlocked(options) as session:
        case = worklist.reading(session, worklist.find(session, options.case).id)
        found = summary.summary(session, case.id, System(options.system))
    unsaid = "kept back until your own diagnosis is saved" if found.first_kept_back else "not said"
    lines = [*_about(case), f"First opinion: {found.first_opinion.diagnosis or f'({unsaid})'}"]
    lines += [f"{one.name}: {one.date.shown}" for one in found.key_dates]
    for section in found.sections:
        lines += ["", section.title]
        lines += [f"  {one.text}  {one.detail}  {one.date}  {one.status}".rstrip() for one in section.lines]
        lines += [] if section.lines else [f"  {section.empty}"]
    lines += ["", "Missing or old", *(f"  {gap.words}" for gap in found.gaps)]
    return Reply({"case": case.number, **msgspec.to_builtins(found, enc_hook=str)}, lines)
