"""Gathering what the rules look at: the case, what was opened, what the cited items say, what is still awaited."""

from __future__ import annotations

import json
from collections.abc import Iterable

from reviewer_app.domain.amounts import without_amounts
from reviewer_app.domain.ids import CaseId, CitationId, InstanceUid, RecordId
from reviewer_app.domain.imaging import Study
from reviewer_app.domain.lab import Result
from reviewer_app.domain.opinion import Citation, Opinion
from reviewer_app.domain.places import ImagePlace
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.domain.rules import Desk
from reviewer_app.domain.rules.evidence import READ_ONE_BY_ONE
from reviewer_app.errors import NotFound
from reviewer_app.services import asking, blind, clock, own_records, templates
from reviewer_app.services.session import Session

_KNOWN = "known-records:"
"""Key under which the vault keeps which records had come when drafting began."""
_ARRIVING = READ_ONE_BY_ONE | {RecordClass.IMAGING}
_SIDES = {"L": "left", "R": "right", "B": "bilateral"}


def desk(session: Session, case_id: CaseId, opinion: Opinion) -> Desk:
    """All that the rules look at.

    Raises:
        NotFound: There is no such case.
    """
    vault = session.vault
    case = vault.cases.get(case_id)
    moment, passed = clock.latest(vault), clock.passed(vault, case.server)
    records, studies = vault.records.all(case_id), vault.images.studies(case_id)
    released = vault.opinions.signed(case_id) if opinion.amends.begun else None
    return Desk(
        case=case,
        opinion=opinion,
        author=vault.profile.author(),
        now=moment,
        attestation=vault.cases.attestation(case_id),
        contact=None if passed is None else moment - passed,
        lease_days=session.settings.number("lease_days"),
        records=records,
        results=vault.results.records(case_id),
        studies=studies,
        viewed=frozenset(vault.views.all(case_id)) | {f"record:{ref}" for ref in own_records.known(session, case_id)},
        cited_words=_cited_words(session, opinion, records, studies),
        late=_late(session, case_id, records),
        requests=asking.open_words(session, case_id),
        templates=templates.texts(),
        messages_pending=asking.messages_pending(session, case_id),
        original=(released.opinion, released.sha256) if released else ("", ""),
        first_hidden=blind.hidden(session, case_id),
    )


def note_records(session: Session, case_id: CaseId) -> None:
    """Remember what had come when drafting began; what comes later must be opened or listed (rule L4)."""
    if session.vault.profile.value(_KNOWN + case_id) is None:
        known = [record.id for record in _relevant(session.vault.records.all(case_id))]
        session.vault.profile.set_value(_KNOWN + case_id, json.dumps(known))


def _late(session: Session, case_id: CaseId, records: Iterable[Record]) -> tuple[Record, ...]:
    kept = session.vault.profile.value(_KNOWN + case_id)
    if kept is None:
        return ()
    known = frozenset(json.loads(kept))
    return tuple(record for record in _relevant(records) if record.id not in known)


def _relevant(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record.record_class in _ARRIVING and not record.unreadable]


def _cited_words(
    session: Session, opinion: Opinion, records: Iterable[Record], studies: Iterable[Study]
) -> dict[CitationId, str]:
    """What each cited item says, as far as it can be held against a text without opening files."""
    titles = {record.id: record.title for record in records}
    return {citation.id: _words(session, opinion, citation, titles, studies) for citation in opinion.citations}


def _words(
    session: Session, opinion: Opinion, citation: Citation, titles: dict[RecordId, str], studies: Iterable[Study]
) -> str:
    if citation.record is not None:
        return f"{titles.get(citation.record.record, '')}\n{citation.record.quote}"
    if citation.result is not None:
        found = session.vault.results.of(opinion.case, citation.result.record)
        return "\n".join(_result(one) for one in found if one.component == citation.result.component)
    if citation.image is not None:
        return "\n".join(_image(session, opinion, citation.image, studies))
    return ""


def _result(result: Result) -> str:
    return f"{result.name} {result.value.shown}" if result.value else result.name


def _image(session: Session, opinion: Opinion, place: ImagePlace, studies: Iterable[Study]) -> list[str]:
    said = []
    for study in studies:
        for series in study.series:
            if series.uid == place.series:
                said += [without_amounts(study.description), without_amounts(series.description), series.body_part]
                said.append(_SIDES.get(series.laterality, ""))
    try:
        instance = session.vault.images.instance(opinion.case, InstanceUid(place.instance))
        said.append(_SIDES.get(instance.laterality, ""))
    except NotFound:
        pass
    marks = [opinion.marks.find(identifier) for identifier in place.marks]
    return said + [quantity.shown for mark in marks if mark is not None for quantity in mark.values]
