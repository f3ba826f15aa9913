"""The readable opinion: sections of the Composition in the order of the letter, each in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from reviewer_app.domain.asked import asked
from reviewer_app.domain.opinion import Opinion, Section
from reviewer_app.domain.rows import rows_of
from reviewer_app.fhir import systems
from reviewer_app.fhir.narrative import escaped

Lists = Sequence[tuple[str, Sequence[str]]]


def sections(
    opinion: Opinion, records: Lists, entries: Mapping[str, str], cited: Sequence[str]
) -> list[dict[str, Any]]:
    """Every section that the letter has.

    Args:
        records: Lists of records with their titles: reviewed, not available, not reviewed.
        entries: References of the delivered pieces by output name.
        cited: References of the cited records, which stand with the list of records.
    """
    answers, form = entries.get("answers", ""), entries.get("opinion-form", "")
    made = [
        _section("summary", "Outcome and key message", _summary(opinion), [form]),
        _text(opinion, Section.WHY_ASKED),
        _section("answers", "Answers to the questions", _answers(opinion), [answers]),
        _section("records", "Records reviewed", _listed(records), cited),
        _text(opinion, Section.HISTORY),
        _section("first-opinion", "First opinion", _first(opinion)),
        _section("diagnosis", Section.DIAGNOSIS.shown, _diagnosis(opinion)),
    ]
    for code, title, said in _conditional(opinion):
        if said:
            made.append(_section(code, title, said))
    made += [
        _section("options", "Options", _rows(opinion, "option")),
        _text(opinion, Section.RECOMMENDATION),
        _section("next-steps", "Next steps", _rows(opinion, "step")),
        _section("trials", "Clinical trials", _joined(_rows(opinion, "trial"), opinion.no_trial), empty="notasked"),
        _section("limitations", Section.LIMITATIONS.shown, _limitations(opinion)),
        _section("status", "Status of this advice", opinion.fixed.status),
    ]
    for section in (Section.REFERENCES, Section.PATIENT_PAGE):
        if opinion.text(section):
            made.append(_text(opinion, section))
    return made


def _conditional(opinion: Opinion) -> tuple[tuple[str, str, str], ...]:
    return (
        ("amends", "What this letter changes", _record(opinion.amends) if opinion.amends.begun else ""),
        ("urgent", "Urgent findings communicated", _rows(opinion, "urgent")),
        ("imaging", Section.IMAGING.shown, opinion.text(Section.IMAGING)),
        ("differential", "Differential diagnosis", _rows(opinion, "differential")),
        ("prognosis", Section.PROGNOSIS.shown, _prognosis(opinion)),
        ("changes", "Treatment changes", _rows(opinion, "change")),
        ("in-person", "To be seen in person", _record(opinion.in_person) if opinion.in_person.needed else ""),
        ("specialties", "Further specialties", _rows(opinion, "specialty")),
        ("form", opinion.form.title or "Form of the programme", _form(opinion)),
        ("call", "Call with the referring doctor", _record(opinion.call) if opinion.call.begun else ""),
    )


def _form(opinion: Opinion) -> str:
    return "\n".join(f"{item.text}: {item.said}" for item in asked(opinion) if item.answers)


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _summary(opinion: Opinion) -> str:
    return _joined(
        opinion.outcome.shown,
        f"Chosen because: {opinion.outcome.override_reason}" if opinion.outcome.override_reason else "",
        opinion.outcome.no_opinion,
        opinion.confirming_sentence,
        opinion.text(Section.KEY_MESSAGE),
    )


def _answers(opinion: Opinion) -> str:
    lines = []
    for question in opinion.questions:
        answer = opinion.answer(question.id)
        sure = f"\nConfidence: {answer.confidence.value}" if answer.confidence else ""
        lines.append(f"{question.number}. {question.text}\n{answer.said or '-'}{sure}")
    return "\n\n".join(lines)


def _listed(lists: Lists) -> str:
    return _joined(*("\n".join((f"{title}:", *(lines or ("none",)))) for title, lines in lists))


def _first(opinion: Opinion) -> str:
    first = opinion.first_opinion
    by = ", ".join(part for part in (first.author, first.date.shown) if part)
    return _joined(by, first.diagnosis and f"Diagnosis: {first.diagnosis}", first.plan and f"Plan: {first.plan}")


def _diagnosis(opinion: Opinion) -> str:
    sure = f"Certainty: {opinion.certainty.value}" if opinion.certainty else ""
    own = " ".join(part for part in (opinion.own_diagnosis, f"({opinion.own_code})" * bool(opinion.own_code)) if part)
    return _joined(own, opinion.text(Section.DIAGNOSIS), sure)


def _prognosis(opinion: Opinion) -> str:
    not_given = f"Not given: {opinion.prognosis_not_given}" if opinion.prognosis_not_given else ""
    return _joined(opinion.text(Section.PROGNOSIS), not_given)


def _limitations(opinion: Opinion) -> str:
    why = opinion.incomplete_studies_reason
    missing = f"Signed with images missing: {why}" if why else ""
    return _joined(opinion.fixed.limitation, opinion.text(Section.LIMITATIONS), missing)


def _rows(opinion: Opinion, family: str) -> str:
    return _joined(*(_record(row) for row in rows_of(opinion, family)))


def _record(record: Any) -> str:
    """Column and value, one a line; flags only where they are set."""
    lines = []
    for field in fields(record):
        value = getattr(record, field.name)
        title = field.name.replace("_", " ").capitalize()
        if field.name == "id" or value in ("", None, False):
            continue
        lines.append(title if value is True else f"{title}: {getattr(value, 'value', value)}")
    return "\n".join(lines)


def _text(opinion: Opinion, section: Section) -> dict[str, Any]:
    return _section(section.value, section.shown, opinion.text(section))


def _section(
    code: str, title: str, said: str, entries: Iterable[str] = (), *, empty: str = "unavailable"
) -> dict[str, Any]:
    """R4 asks of a section that it has text, entries or a reason why it is empty; ours always has text."""
    made: dict[str, Any] = {
        "title": title,
        "code": {"coding": [{"system": systems.SECTION, "code": code}]},
        "text": {"status": "generated", "div": escaped(said or "Nothing to say.")},
    }
    if references := [{"reference": ref} for ref in entries if ref]:
        made["entry"] = references
    elif not said:
        made["emptyReason"] = {"coding": [{"system": systems.EMPTY_REASON, "code": empty}]}
    return made
