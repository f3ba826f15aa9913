"""U, L and A rules: what must reach somebody, what limits the opinion, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reviewer_app.domain.circumstances import AmendmentKind, FixedTexts
from reviewer_app.domain.opinion import Section, section_anchor
from reviewer_app.domain.record import RecordClass
from reviewer_app.domain.rules.findings import Desk, Finding, Rule
from reviewer_app.domain.tables import METHODS, UrgentFinding

_DIGEST = 64


def told(desk: Desk) -> Iterator[Finding]:
    """U1: an urgent finding has its six facts; a message that still waits was not communicated."""
    for row in desk.opinion.urgent:
        anchor = f"urgent:{row.id}"
        facts = {
            "what was found": row.finding, "when it was identified": row.identified, "who told it": row.told_by,
            "who was told": row.receiver, "when it was received": row.received, "how it was told": row.method,
        }  # fmt: skip
        absent = [name for name, said in facts.items() if not said.strip()]
        if absent:
            yield desk.block("U1", f"Urgent finding: add {', '.join(absent)}.", anchor)
        elif problem := _times(row):
            yield desk.block("U1", problem, anchor)
        elif row.method not in METHODS:
            yield desk.block("U1", f"Say how the urgent finding was told: {', '.join(METHODS)}.", anchor)
        elif row.method == "message" and desk.messages_pending:
            yield desk.block("U1", "The message still waits to be sent: call, or sync and confirm its receipt.", anchor)


def _times(row: UrgentFinding) -> str:
    try:
        seen, had = (datetime.fromisoformat(said.strip()) for said in (row.identified, row.received))
        late = seen.replace(tzinfo=None) > had.replace(tzinfo=None)
    except ValueError:
        return "Urgent finding: write both moments as 2026-11-15 11:02."
    return "Urgent finding: it cannot have been received before it was identified." if late else ""


def requests_listed(desk: Desk) -> Iterator[Finding]:
    """L1: what was asked for and has not come is named in the limitations."""
    anchor = section_anchor(Section.LIMITATIONS)
    said = _plain(desk.opinion.text(Section.LIMITATIONS))
    for wanted in desk.requests:
        if _plain(wanted) not in said:
            yield desk.block(
                "L1", f"Say in the limitations that this was asked for and has not come: {wanted}.", anchor
            )


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip(" .").split())


def fixed_texts(desk: Desk) -> Iterator[Finding]:
    """L2: the sentences that every letter carries are there, unedited."""
    if desk.opinion.fixed != FixedTexts():
        yield desk.block(
            "L2", "The fixed sentences of this draft are not those of the programme: take them over.", "fixed-texts"
        )


def seen_in_person(desk: Desk) -> Iterator[Finding]:
    """L3: who must be seen in person knows where, by whom, by when, how long, and whether travel is possible."""
    need = desk.opinion.in_person
    parts = {
        "where": need.where, "specialty": need.specialty, "by when": need.by_when, "expected stay": need.stay,
        "fitness to travel": need.fitness,
    }  # fmt: skip
    absent = [name for name, said in parts.items() if not said.strip()]
    if need.needed and absent:
        yield desk.block("L3", f"To be seen in person: add {', '.join(absent)}.", "in-person")


def late_records(desk: Desk) -> Iterator[Finding]:
    """L4: what arrived after drafting began was opened, or is listed as not reviewed."""
    listed = {edit.record for edit in desk.opinion.record_edits}
    series = {record.id: _series_of(desk, record.links) for record in desk.late}
    for record in desk.late:
        known = {f"record:{record.id}", *series[record.id]} & desk.viewed
        if not known and record.id not in listed and not record.retracted:
            what = "images" if record.record_class is RecordClass.IMAGING else "record"
            yield desk.block(
                "L4", f"Open the {what} that came after you began (“{record.title}”), or list it.", "records"
            )


def _series_of(desk: Desk, links: tuple[str, ...]) -> set[str]:
    """What is viewed when a series of the linked studies is opened."""
    return {
        f"series:{series.uid}" for study in desk.studies if f"study-uid:{study.uid}" in links for series in study.series
    }


def amendment(desk: Desk) -> Iterator[Finding]:
    """A1: a later letter says what kind it is, why, what it touches, and which letter it follows."""
    amends = desk.opinion.amends
    if not amends.begun:
        return
    parts: dict[str, object] = {
        "its kind": amends.kind, "the reason": amends.reason.strip(), "the sections touched": amends.sections.strip(),
        "the id of the original": amends.original,
    }  # fmt: skip
    absent = [name for name, said in parts.items() if not said]
    if len(amends.sha256) != _DIGEST:
        absent.append("the hash of the original")
    if amends.kind is AmendmentKind.RETRACTION and not amends.second_person.strip():
        absent.append("the second person who confirms it")
    if absent:
        yield desk.block("A1", f"What this letter changes: add {', '.join(absent)}.", "amends")
    elif desk.original not in (("", ""), (amends.original, amends.sha256)):
        yield desk.block("A1", "The original named here is not the released letter of this case.", "amends")


RULES: tuple[Rule, ...] = (
    told,
    requests_listed,
    fixed_texts,
    seen_in_person,
    late_records,
    amendment,
)
