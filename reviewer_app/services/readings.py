"""Objects without pixels as something to read: reports, waveforms, documents, selections; and the header of any object.

Parsed in workers; call on a background thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.domain.ids import CaseId, InstanceUid, SeriesUid
from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.patient import Patient, mismatch
from reviewer_app.domain.reading import HeaderLine, Reading, Waveform
from reviewer_app.domain.record import Page
from reviewer_app.errors import NotFound, Unreadable
from reviewer_app.services.session import Session

PAGE_WIDTH = 900
_MOST_OBJECTS = 20
_MOST_PAGES = 40
_PDF = "application/pdf"
_COMPANIONS = {
    "PR": "Presentation states change how other images are shown: they are offered on the images that they belong to.",
    "SEG": "Segments are drawn over the images that they belong to.",
    "RTSTRUCT": "Structures are drawn over the images that they belong to.",
}


def read(session: Session, case_id: CaseId, series_uid: SeriesUid, patient: Patient) -> Reading:
    """What the objects of a series say, one after another.

    Args:
        patient: Of the case; what is about anybody else is refused.

    Raises:
        NotFound: Nothing of the series is held.
        Unreadable: It cannot be taken to be about the patient of the case.
    """
    held = session.vault.images.instances(case_id, series_uid)
    if not held:
        raise NotFound("No object of this series is on this machine.", "Sync to fetch it.")
    _refuse_strangers(session, case_id, series_uid, held, patient)
    title = ""
    lines: list[str] = []
    problems: list[str] = []
    waveforms: list[Waveform] = []
    pages: list[Page] = []
    for instance in sorted(held, key=lambda known: known.number)[:_MOST_OBJECTS]:
        try:
            if instance.encapsulated_type == _PDF:
                pages += _pages(session, case_id, instance)
                title = title or "Document"
                continue
            if instance.modality in _COMPANIONS:
                problems.append(_COMPANIONS[instance.modality])
            said = session.workers.told(session.vault.images.file(case_id, instance.uid))
        except Unreadable as error:
            problems.append(error.message)
            continue
        title = title or said.title
        lines += [*([""] if lines else []), *said.lines]
        waveforms += said.waveforms
        problems += [said.problem] if said.problem and instance.modality not in _COMPANIONS else []
    if len(held) > _MOST_OBJECTS:
        problems.append(f"These are the first {_MOST_OBJECTS} of {len(held)} objects.")
    return Reading(
        title,
        tuple(lines),
        waveforms=tuple(waveforms),
        pages=tuple(pages),
        note=" ".join(dict.fromkeys(problems)),
        identity=held[0].identity,
    )


def _refuse_strangers(
    session: Session, case_id: CaseId, series_uid: SeriesUid, held: Sequence[Instance], patient: Patient
) -> None:
    series = (known for study in session.vault.images.studies(case_id) for known in study.series)
    why = next((known.mismatch for known in series if known.uid == series_uid), "")
    for instance in held:
        why = why or mismatch(patient, instance.identity) or ""
    if why:
        raise Unreadable(
            f"It cannot be taken to be about the patient of this case: {why}.",
            "Ask the sender whom it is about; it is not shown.",
        )


def _pages(session: Session, case_id: CaseId, instance: Instance) -> list[Page]:
    file = session.vault.images.file(case_id, instance.uid)
    document = file[instance.value_offset : instance.value_offset + instance.value_length]
    count = session.workers.pdf_info(document)
    return [session.workers.pdf_page(document, index, PAGE_WIDTH) for index in range(min(count, _MOST_PAGES))]


def header(session: Session, case_id: CaseId, instance: InstanceUid) -> Reading:
    """The header of an instance, an element a line; private elements are marked.

    Raises:
        Unreadable: It cannot be read.
        NotFound: It is not held.
    """
    lines = session.workers.header(session.vault.images.file(case_id, instance))
    identity = session.vault.images.instance(case_id, instance).identity
    private = frozenset(place for place, line in enumerate(lines) if line.private)
    shown = tuple(header_text(line) for line in lines)
    note = f"{len(lines)} elements, {len(private)} of them private."
    return Reading("Header", shown, private, note=note, identity=identity, searched=True)


def header_text(line: HeaderLine) -> str:
    """One element as a line: `(0010,0010) PN  Patient's Name: value`, indented within sequences."""
    indent = "    " * line.depth
    if not line.tag:
        return f"{indent}{line.name or line.value}"
    mark = "private  " if line.private else ""
    return f"{indent}({line.tag}) {line.vr or '--'}  {mark}{line.name or 'not described'}: {line.value}".rstrip()
