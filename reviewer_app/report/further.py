"""Parts that only some letters have: urgent findings, trials, need to be seen, the call, what the letter amends."""

from __future__ import annotations

from reportlab.platypus import Flowable, Table

from reviewer_app.domain.asked import asked
from reviewer_app.domain.circumstances import AmendmentKind
from reviewer_app.domain.opinion import Opinion
from reviewer_app.report.flow import citations, grid, heading, padding, para, prose, table
from reviewer_app.report.letter import Letter
from reviewer_app.report.styles import ALERT, TINT

_AMENDS = {
    AmendmentKind.ADDENDUM: "ADDENDUM: the original letter stays valid; this is added to it",
    AmendmentKind.AMENDMENT: "AMENDMENT: this letter takes the place of the original",
    AmendmentKind.CORRECTION: "CORRECTION OF AN ERROR: this letter takes the place of the original",
    AmendmentKind.RETRACTION: "RETRACTION: the original letter is withdrawn and must not be relied on",
}


def amendment(letter: Letter, width: float) -> list[Table]:
    """What this letter does to an earlier one, before everything else (rule A1)."""
    follows = letter.opinion.amends
    if not follows.begun:
        return []
    facts = (
        ("Reason", follows.reason),
        ("Sections", follows.sections),
        ("Original", f"opinion {follows.original}" if follows.original else ""),
        ("SHA-256", follows.sha256),
        ("To be confirmed by", follows.second_person),
    )
    title = _AMENDS[follows.kind] if follows.kind else "This letter follows an earlier one"
    rows: list[list[Flowable]] = [[para(title, "outcome")]]
    rows += [[para(f"{label}: {words}", "small")] for label, words in facts if words]
    look = (("BACKGROUND", (0, 0), (-1, -1), TINT), ("LINEBEFORE", (0, 0), (0, -1), 2.4, ALERT))
    return [grid(rows, [width], *look, *padding(11, 10, 2, 2), ("BOTTOMPADDING", (0, -1), (-1, -1), 8))]


def urgent(opinion: Opinion, width: float) -> list[Flowable]:
    """Urgent findings with the six facts of how each was told."""
    if not opinion.urgent:
        return []
    rows: list[list[Flowable | list[Flowable]]] = [
        [para(title, "head") for title in ("Urgent finding", "Seen", "Told by", "Told to", "Received")]
    ]
    for row in opinion.urgent:
        how = ", ".join(filter(None, (row.received, row.method, "read back" if row.read_back else "")))
        finding = prose(row.finding or "\u2013", "small", citations(opinion, f"urgent:{row.id}"))
        rows.append(
            [finding, *(prose(text or "\u2013", "small") for text in (row.identified, row.told_by, row.receiver, how))]
        )
    shares = (0.36, 0.15, 0.16, 0.16, 0.17)
    return [heading("Urgent findings"), table(rows, [width * share for share in shares])]


def trials(opinion: Opinion, width: float) -> list[Flowable]:
    """Clinical trials, or why none is named."""
    if not opinion.trials:
        return [heading("Clinical trials"), *prose(f"None named: {opinion.no_trial}")] if opinion.no_trial else []
    rows: list[list[Flowable | list[Flowable]]] = [
        [para(title, "head") for title in ("Trial", "Register", "Eligibility", "Where")]
    ]
    for row in opinion.trials:
        name = prose(row.name or "\u2013", "small", citations(opinion, f"trial:{row.id}"))
        rows.append([name, *(prose(text or "\u2013", "small") for text in (row.registry, row.eligibility, row.where))])
    return [heading("Clinical trials"), table(rows, [width * 0.3, width * 0.16, width * 0.34, width * 0.2])]


def in_person(opinion: Opinion) -> list[Flowable]:
    """Whether, where and when the patient must be seen."""
    need = opinion.in_person
    if not need.needed:
        return []
    facts = (
        ("Where", need.where),
        ("Specialty", need.specialty),
        ("By when", need.by_when),
        ("Expected stay", need.stay),
        ("Fitness to travel", need.fitness),
    )
    made: list[Flowable] = [heading("To be seen in person"), para("The patient should be examined in person.")]
    return made + [piece for label, words in facts if words for piece in prose(f"{label}: {words}", "tight")]


def specialties(opinion: Opinion, width: float) -> list[Flowable]:
    """Other specialties that should look at the case."""
    if not opinion.specialties:
        return []
    rows: list[list[Flowable | list[Flowable]]] = [[para("Specialty", "head"), para("Asked", "head")]]
    rows += [
        [prose(row.specialty or "\u2013", "small"), prose(row.question or "\u2013", "small")]
        for row in opinion.specialties
    ]
    return [heading("Further specialties"), table(rows, [width * 0.3, width * 0.7])]


def call(opinion: Opinion) -> list[Flowable]:
    """Minutes of the call with the referring doctor."""
    held = opinion.call
    if not held.begun:
        return []
    present = [("the referring doctor", held.consultant_present), ("the patient", held.patient_present)]
    who = [words for words, there in present if there] + [part for part in (held.others,) if part]
    facts = (
        ("Held", held.held),
        ("Present", ", ".join(who)),
        ("Result", held.result.value if held.result else ""),
        ("Not agreed", held.remaining),
    )
    made: list[Flowable] = [heading("Call with the referring doctor")]
    made += [piece for label, words in facts if words for piece in prose(f"{label}: {words}", "tight")]
    return [*made, *prose(held.minutes)]


def form(opinion: Opinion) -> list[Flowable]:
    """What the programme's own form asks beside the letter."""
    answered = [item for item in asked(opinion) if item.answers]
    made: list[Flowable] = [heading(opinion.form.title or "Form of the programme")] if answered else []
    for item in answered:
        made += prose(f"{item.text}: {item.said}")
    return made
