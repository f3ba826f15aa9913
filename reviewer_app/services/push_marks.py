"""Telling the image server what was measured: an SR, a key object document and presentation states, by STOW-RS.

They follow the signed opinion and never hold it up: an image server that takes nothing blocks only its own entry.
Done means: fetched back, byte for byte an object whose points and values are those of the draft that was signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewer_app import __version__
from reviewer_app.domain.case import Case
from reviewer_app.domain.delivery import OutboxEntry, OutboxKind, OutboxState
from reviewer_app.domain.ids import InstanceUid, StudyUid
from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.marks import Marks
from reviewer_app.domain.measurement import Measurement
from reviewer_app.domain.places import ImagePlace
from reviewer_app.errors import BrokenAnswer, Offline, Unauthorised, WrongAddress
from reviewer_app.services import acts, own_records
from reviewer_app.services.push_task import Blocked
from reviewer_app.services.rounds import Round

if TYPE_CHECKING:
    from reviewer_app.dicom.marks_objects import Authorship, MadeObject
    from reviewer_app.dicom.web import DicomWeb


def may_go(turn: Round, entry: OutboxEntry) -> bool:
    """Whether the opinion that the marks belong to is delivered."""
    digest = acts.delivery_of(entry).pdf_sha256
    sent = (known for known in turn.session.vault.outbox.all(entry.case) if known.kind is OutboxKind.OPINION)
    return any(known.state is OutboxState.VERIFIED and acts.delivery_of(known).pdf_sha256 == digest for known in sent)


def deliver(turn: Round, entry: OutboxEntry, case: Case) -> None:
    """Store every object, then fetch it back.

    Raises:
        Blocked: What the server gives back says something else.
        ServerRefused: The image server stores no such objects.
        BrokenAnswer: The image server cannot be used now; it is tried at the next round.
    """
    from reviewer_app.dicom.web import DicomWeb

    vault = turn.session.vault
    act = acts.delivery_of(entry)
    marks = vault.opinions.at(case.id, act.revision).marks
    by = _authorship(turn, entry)
    try:
        with DicomWeb(turn.server.dicomweb_url, turn.server.dicomweb_auth) as web:
            for study in dict.fromkeys(place.study for place in _places(marks)):
                for made, meant in _objects(turn, case, study, marks, by):
                    turn.job.check()
                    own_records.note_series(turn.session, case.id, made.series)
                    web.store(made.part10, study, made.series, made.uid, turn.job)
                    _require_same(turn, web, study, made, meant)
    except (Offline, Unauthorised, WrongAddress) as error:
        raise BrokenAnswer(error.message, error.advice) from error
    vault.outbox.set(entry.id, OutboxState.VERIFIED)
    vault.audit.append("marks-delivered", case.id, act.pdf_sha256)


def _authorship(turn: Round, entry: OutboxEntry) -> Authorship:
    from reviewer_app.dicom.marks_objects import Authorship

    act = acts.delivery_of(entry)
    signed = turn.session.vault.opinions.signed(entry.case)
    name = signed.signer if signed is not None else turn.session.vault.profile.author().name
    return Authorship(f"{act.opinion}/{act.revision}", name, act.signed_at, __version__)


def _objects(
    turn: Round, case: Case, study: StudyUid, marks: Marks, by: Authorship
) -> Iterator[tuple[MadeObject, Marks | None]]:
    """The objects of one study, each with the marks it means; None for a presentation state, which means a look."""
    from reviewer_app.dicom import key_states, marks_objects

    measured = tuple(m for m in marks.measurements if m.place.study == study and marks_objects.can_report(m))
    keys = tuple(key for key in marks.key_images if key.place.study == study)
    instances = _instances(turn, case, (*(m.place for m in measured), *(key.place for key in keys)))
    if not instances:
        return
    header = turn.session.workers.study_header(turn.session.vault.images.file(case.id, next(iter(instances))))
    if measured:
        made = marks_objects.measurement_report(header, measured, instances, by)
        yield made, Marks(measurements=measured)
    if keys:
        yield marks_objects.key_objects(header, keys, instances, by), Marks(key_images=keys)
    seen = [key for key in keys if key_states.can_state(instances[key.place.instance])]
    for number, key in enumerate(seen, start=1):
        drawn = marks.on(key.place.instance, key.place.frame)
        yield key_states.key_state(header, key, number, drawn, instances[key.place.instance], by), None


def _instances(turn: Round, case: Case, places: tuple[ImagePlace, ...]) -> dict[InstanceUid, Instance]:
    images = turn.session.vault.images
    return {uid: images.instance(case.id, uid) for uid in dict.fromkeys(place.instance for place in places)}


def _places(marks: Marks) -> Iterator[ImagePlace]:
    yield from (known.place for known in marks.measurements)
    yield from (known.place for known in marks.key_images)


def _require_same(turn: Round, web: DicomWeb, study: StudyUid, made: MadeObject, meant: Marks | None) -> None:
    held, workers = web.instance(study, made.series, made.uid, turn.job), turn.session.workers
    if meant is None:
        same = workers.presentation(held) == workers.presentation(made.part10)
    else:
        same = said(workers.marks(held)) == said(meant)
    if not same:
        raise Blocked("The image server gives back other measurements than were stored: a person decides.")


def said(marks: Marks) -> tuple[frozenset[object], frozenset[object]]:
    """What marks say, in a form that can be compared: without when and how they were seen."""
    measured = frozenset(_said(known) for known in marks.measurements)
    return measured, frozenset((key.place.instance, key.place.frame) for key in marks.key_images)


def _said(known: Measurement) -> object:
    place = known.place
    box = known.shape.region and len(known.points) == 2  # noqa: PLR2004 - two corners, whichever came first
    points = (
        tuple(zip(*(sorted(axis) for axis in zip(*known.points, strict=True)), strict=True)) if box else known.points
    )
    basis = known.basis if known.lengthy else None
    where = (known.span.ends, known.span.reference) if known.span is not None else points
    return known.id, known.shape, place.instance, place.frame, where, known.text, basis, known.values
