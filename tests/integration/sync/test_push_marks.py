"""Measurements and key images on a real image server: stored once, read back, never in the way of the opinion."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import replace

import pytest

from reviewer_app.dicom.web import DicomWeb
from reviewer_app.domain.dates import now
from reviewer_app.domain.delivery import OutboxKind, OutboxState
from reviewer_app.domain.ids import OpinionId
from reviewer_app.domain.marks import KeyImage, Marks
from reviewer_app.domain.measurement import Shape, spanned
from reviewer_app.domain.opinion import Answer, Confidence, Section, begin
from reviewer_app.domain.outcome import DiagnosisRelation, Outcome, TreatmentRelation
from reviewer_app.domain.places import ImagePlace
from reviewer_app.domain.states import CaseState
from reviewer_app.jobs import Job
from reviewer_app.services import acts, measuring, own_records, push_marks, signing, standing, worklist
from reviewer_app.services.frames import FrameSource
from tests.integration.fault_proxy import Fault, Kind, always, times

pytestmark = pytest.mark.servers


@pytest.fixture
def ready(desk, shared):
    """A desk that pulled a case with its images, measured on them and signed."""
    bundle = json.loads((shared / "data/cases/case-05-lung-nodules/bundle.json").read_bytes())
    desk.server_put(next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Task"))
    assert desk.sync().images
    session, case = desk.session, desk.case("CASE-05")
    worklist.accept(session, case.id, worklist.attest(independent=True, competent=True, timely=True))
    case = worklist.open_case(session, case.id)
    opinion = begin(OpinionId(str(uuid.uuid4())), case, now()).with_text(Section.KEY_MESSAGE, "Biopsy first.")
    opinion = opinion.with_answer(Answer(case.questions[0].id, "Yes.", Confidence.HIGH))
    opinion = replace(
        opinion, outcome=Outcome(DiagnosisRelation.SAME, TreatmentRelation.MODIFIED), marks=marks_on(session, case)
    )
    opinion = session.vault.opinions.save(opinion, 0)
    with session.vault.transaction():
        pdf = b"%PDF-1.7 signed " + os.urandom(4000)
        signed = session.vault.opinions.sign(opinion.id, case.id, opinion.revision, now(), "Dr. S. Marchetti", pdf)
        session.vault.cases.put(replace(case, state=CaseState.SIGNED))
        acts.queue_delivery(session, case, signed)
    return desk


def marks_on(session, case) -> Marks:
    """A length and an ellipse on every image of the case, the first a key image; a length across slices of the CT."""
    marks = Marks()
    for instance in instances(session, case):
        place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid)
        for shape in (Shape.LENGTH, Shape.ELLIPSE):
            drawn = measuring.begin(shape, place, [(210.3, 200.0), (300.0, 280.7)], "here", "largest")
            marks = marks.with_measurement(measuring.measured(drawn, frame_of(session, case, instance)))
        if instance.modality == "CT":
            span = spanned(((-10.123, 20.0, 30.0), (-10.0, 25.5, -41.7)), instance.frame_of_reference, "9 slices")
            across = measuring.begin(Shape.LENGTH, place, [], "CT, coronal reformat", "largest")
            marks = marks.with_measurement(measuring.across(across, span))
        if not marks.key_images:
            marks = marks.with_key_image(KeyImage(place, now(), "here"))
    return marks


def instances(session, case):
    studies = session.vault.images.studies(case.id)
    found = [
        i for study in studies for series in study.series for i in session.vault.images.instances(case.id, series.uid)
    ]
    return [instance for instance in found if instance.pixels is not None and instance.modality in ("CT", "CR")]


def frame_of(session, case, instance):
    return FrameSource(session.vault.images.reader(case.id, instance.series_uid), session.workers).load(instance, 0)


def entry_of(desk, kind: OutboxKind = OutboxKind.MARKS):
    return next(entry for entry in desk.session.vault.outbox.all(desk.case("CASE-05").id) if entry.kind is kind)


def on_server(desk) -> list[bytes]:
    """Every SR and key object of the case's studies, past the proxy."""
    session, case = desk.session, desk.case("CASE-05")
    studies = {instance.study_uid for instance in instances(session, case)}
    found = []
    with DicomWeb(desk.clinic.dicomweb_url, desk.clinic.dicomweb_auth) as web:
        for study in studies:
            for series in web.series(study, Job()):
                if series.modality in ("SR", "KO"):
                    found += [
                        web.instance(study, series.uid, uid, Job())
                        for uid, _ in web.instances(study, series.uid, Job())
                    ]
    return found


def mine(desk) -> list[Marks]:
    """What the server holds of this opinion: other tests left theirs."""
    wanted = desk.session.vault.opinions.latest(desk.case("CASE-05").id).marks
    ids = {known.id for known in wanted.measurements}
    held = [desk.session.workers.marks(part10) for part10 in on_server(desk)]
    return [marks for marks in held if {known.id for known in marks.measurements} & ids]


def test_delivered_measurements_are_on_the_image_server_with_the_same_values(ready):
    report = ready.sync()
    assert (report.delivered, report.problems) == (1, ())
    assert entry_of(ready).state is OutboxState.VERIFIED
    marks = ready.session.vault.opinions.latest(ready.case("CASE-05").id).marks
    held = [known for part in mine(ready) for known in part.measurements]
    assert push_marks.said(Marks(tuple(held))) == push_marks.said(replace(marks, key_images=()))
    session, case = ready.session, ready.case("CASE-05")
    for known in held:
        instance = session.vault.images.instance(case.id, known.place.instance)
        assert measuring.measured(known, frame_of(session, case, instance)).values == known.values
    keys = [key.place.instance for part10 in on_server(ready) for key in session.workers.marks(part10).key_images]
    assert marks.key_images[0].place.instance in keys


def test_a_key_image_is_on_the_image_server_as_it_was_seen_and_nothing_of_ours_comes_back_as_new(ready):
    session, case = ready.session, ready.case("CASE-05")
    before = {series.uid for study in session.vault.images.studies(case.id) for series in study.series}
    ready.sync()
    assert entry_of(ready).state is OutboxState.VERIFIED
    stored = own_records.series(session, case.id)
    assert len(stored) >= 3  # measurements, key objects, states
    ready.sync()
    after = {series.uid for study in session.vault.images.studies(case.id) for series in study.series}
    assert not stored & after
    assert before <= after
    marks = session.vault.opinions.latest(case.id).marks
    place = marks.key_images[0].place
    instance = session.vault.images.instance(case.id, place.instance)
    with DicomWeb(ready.clinic.dicomweb_url, ready.clinic.dicomweb_auth) as web:
        (series,) = (s for s in web.series(place.study, Job()) if s.modality == "PR" and s.uid in stored)
        ((uid, _),) = web.instances(place.study, series.uid, Job())
        state = session.workers.presentation(web.instance(place.study, series.uid, uid, Job()))
    assert not state.problem
    assert state.applies(instance.uid, 0)
    drawn = state.annotations[0].drawn
    lengths = [graphic.points for graphic in drawn.graphics if len(graphic.points) == 2]
    assert lengths == [known.points for known in marks.on(instance.uid, 1) if known.shape is Shape.LENGTH]
    assert any("mm" in line for words in drawn.words for line in words.lines)


def test_an_image_server_that_takes_nothing_does_not_hold_up_the_opinion(ready):
    ready.images.rules = [always(Fault(Kind.STATUS, status=403), "/studies", "POST")]
    report = ready.sync()
    assert report.delivered == 1
    assert entry_of(ready, OutboxKind.OPINION).state is OutboxState.VERIFIED
    assert entry_of(ready).state is not OutboxState.VERIFIED
    waiting = standing.standing(ready.session).waiting
    assert [one.what for one in waiting] == ["Measurements and key images"]
    ready.images.rules = []
    ready.sync()
    assert entry_of(ready).state in (OutboxState.VERIFIED, OutboxState.BLOCKED)


def test_a_lost_answer_leaves_each_object_once(ready):
    ready.images.rules = [times(1, Fault(Kind.LOSE), "/studies", "POST")]
    ready.sync()
    ready.images.rules = []
    ready.sync()
    assert entry_of(ready).state is OutboxState.VERIFIED
    ids = [known.id for part in mine(ready) for known in part.measurements]
    assert len(ids) == len(set(ids)) > 0


def test_measurements_never_go_before_their_opinion(ready):
    ready.fhir.rules = [
        always(Fault(Kind.LOSE), "/DocumentReference", "POST"),
        always(Fault(Kind.LOSE), "/DocumentReference", "PUT"),
    ]
    ready.sync()
    assert entry_of(ready, OutboxKind.OPINION).state is not OutboxState.VERIFIED
    assert (entry_of(ready).state, entry_of(ready).attempts) == (OutboxState.QUEUED, 0)
    assert mine(ready) == []


def test_recalling_the_opinion_recalls_its_measurements(ready):
    signing.recall(ready.session, ready.case("CASE-05").id)
    assert entry_of(ready).state is OutboxState.RECALLED


def test_an_opinion_without_marks_sends_nothing_to_the_image_server(ready):
    session, case = ready.session, ready.case("CASE-05")
    signing.recall(session, case.id)
    draft = session.vault.opinions.latest(case.id)
    plain = session.vault.opinions.save(replace(draft, marks=Marks()), draft.revision)
    before = len(session.vault.outbox.all(case.id))
    signed = session.vault.opinions.sign(plain.id, case.id, plain.revision, now(), "Dr. S", b"%PDF-1.7 again")
    acts.queue_delivery(session, case, signed)
    assert len(session.vault.outbox.all(case.id)) == before + 1
