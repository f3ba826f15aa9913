"""The evidence of an opinion: each cited thing with the digest of what was received and of what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np

from reviewer_app import report
from reviewer_app.domain.case import Case
from reviewer_app.domain.ids import CaseId, InstanceUid, RecordId
from reviewer_app.domain.lab import Result
from reviewer_app.domain.opinion import Citation, ImagePlace, Opinion, RecordPlace, ResultPlace
from reviewer_app.report import Evidence, Plotted
from reviewer_app.services.frames import Frame
from reviewer_app.services.session import Session


def manifest(
    session: Session,
    case: Case,
    opinion: Opinion,
    made_at: datetime,
    seed: bytes,
    decoded: Mapping[ImagePlace, str | None],
    results: Iterable[Result],
) -> bytes:
    """The evidence manifest of a draft; the same for the same arguments.

    Args:
        seed: Secret of this letter.
        decoded: `content_of` each cited frame, None where it cannot be decoded.
        results: Of the case, as the letter prints them.

    Raises:
        NotFound: Something cited is not held.
        VaultTampered: It is no longer what was received.
    """
    known = session.vault.records.versions(case.id)
    courses = _courses(opinion, results)
    items = []
    for number, citation in enumerate(opinion.sources(), 1):
        item = _named(_item(session, opinion, number, citation, decoded), citation)
        place = citation.result
        if place is not None and place.whole:
            values = tuple(_plotted(session, case.id, result, known) for result in courses[place.trend])
            item = replace(item, values=values)
        items.append(item)
    records = [versioned(record, version) for record, version in known.items()]
    return report.manifest(opinion, case.number, made_at, items, records, seed)


def _named(item: Evidence, citation: Citation) -> Evidence:
    """With the words of its citation, so that a verifier who holds nothing can name it."""
    return replace(item, point=(*item.point, ("label", citation.label)))


def _item(
    session: Session, opinion: Opinion, number: int, citation: Citation, decoded: Mapping[ImagePlace, str | None]
) -> Evidence:
    if citation.record is not None:
        return _record(session, opinion.case, number, citation.record)
    if citation.result is not None:
        return _result(session, opinion.case, number, citation.result)
    if citation.image is not None:
        return _image(session, opinion.case, number, citation.image, decoded[citation.image])
    digest = report.received_digest(citation.reference.encode())
    return Evidence(number, "reference", citation.reference, digest, digest)


def _courses(opinion: Opinion, results: Iterable[Result]) -> dict[str, list[Result]]:
    """What is printed of each trend that is cited as a whole, oldest first."""
    places = [citation.result for citation in opinion.citations if citation.result is not None]
    made: dict[str, list[Result]] = {place.trend: [] for place in places if place.whole}
    for result in results:
        if made and not result.retracted and (course := made.get(result.key)) is not None:
            course.append(result)
    return {key: sorted(course, key=lambda result: result.when.sort_key) for key, course in made.items()}


def _plotted(session: Session, case_id: CaseId, result: Result, versions: Mapping[RecordId, str]) -> Plotted:
    version = versions.get(result.record, "")
    raw = session.vault.records.raw(case_id, result.record, version or None)
    return Plotted(
        versioned(result.record, version),
        result.component,
        result.when.text,
        result.value.shown if result.value else result.absent,
        report.received_digest(raw),
        report.fhir_digest(raw),
    )


def _record(session: Session, case_id: CaseId, number: int, place: RecordPlace) -> Evidence:
    version = place.version or None
    raw = session.vault.records.raw(case_id, place.record, version)
    ref = versioned(place.record, place.version)
    said = report.fhir_digest(raw)
    if not (place.page or place.quote):
        return Evidence(number, "fhir", ref, report.received_digest(raw), said)
    record = session.vault.records.get(case_id, place.record, version)
    point = _pairs(page=str(place.page or ""), quote=place.quote)
    if place.attachment >= len(record.attachments):
        return Evidence(number, "fhir", ref, report.received_digest(raw), said, point)
    content = session.vault.records.content(case_id, place.record, place.attachment, version)
    digest = report.received_digest(content)
    point = (*point, ("resource", said))
    return Evidence(number, "document", f"{ref}#attachment-{place.attachment}", digest, digest, point)


def _result(session: Session, case_id: CaseId, number: int, place: ResultPlace) -> Evidence:
    raw = session.vault.records.raw(case_id, place.record, place.version or None)
    ref = versioned(place.record, place.version)
    point = _pairs(component=place.component, analyte=place.trend)
    return Evidence(number, "fhir", ref, report.received_digest(raw), report.fhir_digest(raw), point)


def _image(session: Session, case_id: CaseId, number: int, place: ImagePlace, content: str | None) -> Evidence:
    uid = InstanceUid(place.instance)
    instance = session.vault.images.instance(case_id, uid)
    received = report.received_digest(session.vault.images.file(case_id, uid))
    window = place.window
    point = _pairs(
        dataset=instance.dataset_sha256,
        decoded="yes" if content else "no",
        series=place.series,
        study=place.study,
        window=f"{window[0]:g}/{window[1]:g}" if window else "",
    )
    return Evidence(number, "dicom", f"{uid}#frame-{place.frame}", received, content or received, point)


def content_of(frame: Frame) -> str:
    """Digest of the decoded stored values of a frame, whatever transfer syntax it came in."""
    stored = np.ascontiguousarray(frame.pixels, frame.pixels.dtype.newbyteorder("<"))
    return report.pixel_digest(stored.shape, stored.dtype.str, stored.tobytes())


def versioned(record: str, version: str) -> str:
    """`Observation/1/_history/2`; without the version where the server gives none."""
    return f"{record}/_history/{version}" if version else record


def _pairs(**parts: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, text) for name, text in parts.items() if text))
