"""From a worklist entry to its preview: every sentence that stands beside the table."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reviewer_app.domain.case import FIRST_KEPT_BACK, Case, Completeness, Consent, Person, WorklistEntry
from reviewer_app.domain.dates import in_words
from reviewer_app.domain.patient import clean
from reviewer_app.domain.states import CaseState, may_move
from reviewer_app.ui.worklist.state import Preview

_CLOSED_DESK = {CaseState.DECLINED, CaseState.CANCELLED}


def preview_of(entry: WorklistEntry, now: datetime) -> Preview:
    """What is said about one case."""
    case, patient = entry.case, entry.case.patient
    years = patient.age(now)
    born = patient.birth_date.shown or "no birth date"
    first = case.first_opinion
    said = (("Diagnosis", first.diagnosis), ("Plan", first.plan))
    return Preview(
        case=case.id,
        number=case.number,
        state=case.state.shown,
        patient=patient.name.shown,
        identity=f"{patient.sex_letter}   {born}{f' ({years})' if years is not None else ''}   {patient.identifier}",
        title=clean(case.title),
        questions=tuple(f"{question.number}. {clean(question.text)}" for question in case.questions),
        reasons=tuple(clean(reason) for reason in case.reasons),
        first_opinion=FIRST_KEPT_BACK
        if entry.first_kept_back
        else "\n".join(f"{caption}: {clean(text)}" for caption, text in said if text),
        wish=clean(case.patient_wish),
        facts=_facts(case, now),
        warnings=_warnings(entry, now),
        holdings=_holdings(entry.completeness),
        messages=tuple(f"{m.sent.shown}  {clean(m.sender)}: {clean(m.text)}" for m in case.messages[-3:]),
        decidable=may_move(case.state, CaseState.ACCEPTED),
        openable=case.state not in _CLOSED_DESK,
    )


def _facts(case: Case, now: datetime) -> tuple[tuple[str, str], ...]:
    facts = [("Case", case.number), ("State", case.state.shown)]
    for caption, date in (("Due", case.deadline), ("Decide by", case.decision_by)):
        moment = date.last_moment
        if moment is not None and not (caption == "Decide by" and case.state.done):
            facts.append((caption, f"{date.shown}  {in_words(moment, now)}"))
    if case.assigned:
        facts.append(("Assigned", case.assigned.shown))
    facts.append(("Specialty", clean(case.specialty) or "not said"))
    if case.requester is not None:
        facts.extend(_requester(case.requester, now))
    facts.append(("Consent", _consent(case.consent)))
    return tuple(facts)


def _requester(person: Person, now: datetime) -> list[tuple[str, str]]:
    who = ", ".join(clean(part) for part in (person.name, person.specialty, person.organisation) if part)
    facts = [("Asked by", who)]
    reach = "  ".join(clean(part) for part in (person.phone, person.email) if part)
    if reach:
        facts.append(("Reached at", reach))
    there = local_time(person.time_zone, now)
    if there:
        facts.append(("Time there", there))
    return facts


def local_time(zone: str, now: datetime) -> str:
    """`14:05 (Europe/Madrid, 6 h ahead of you)`, or empty where the zone is not known."""
    if not zone:
        return ""
    try:
        there = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    here = now.astimezone()
    apart = ((there.utcoffset() or here - here) - (here.utcoffset() or here - here)).total_seconds() / 3600
    distance = f"{abs(apart):g} h {'ahead of' if apart > 0 else 'behind'} you" if apart else "as here"
    return f"{there:%Y-%m-%d %H:%M}  ({zone}, {distance})"


def _consent(consent: Consent | None) -> str:
    if consent is None:
        return "none came with the case"
    ends = f" until {consent.ends.shown}" if consent.ends else ""
    return f"{consent.status}{ends}"


def _warnings(entry: WorklistEntry, now: datetime) -> tuple[str, ...]:
    case, said = entry.case, []
    if case.consent is None:
        said.append("No consent came with this case. Ask the case manager to add it, then sync.")
    elif problem := case.consent.problem(now):
        said.append(f"Do not use the records: {problem}. Ask the case manager.")
    moment = case.deadline.last_moment
    if moment is not None and moment < now and not case.state.done:
        said.append(f"This opinion is {in_words(moment, now)}.")
    if entry.blocked:
        said.append(f"The server refused what you sent: {clean(entry.blocked)}")
    if entry.pending:
        said.append(f"{entry.pending[:1].upper()}{entry.pending[1:]}. It is sent with the next sync.")
    return tuple(said)


def _holdings(completeness: Completeness) -> tuple[str, ...]:
    if not completeness.records_ready:
        return ("Records have not arrived completely. Sync before you decide.",)
    lines = [
        "Records: all here",
        f"Documents: {completeness.documents_held} of {completeness.documents}",
        f"Images: {completeness.images_held} of {completeness.images}",
    ]
    if completeness.failed:
        lines.append(f"{completeness.failed} could not be had; see Sync.")
    return tuple(lines)
