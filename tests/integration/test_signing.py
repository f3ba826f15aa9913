"""Signing over a real vault: preview, refusals, signature, outbox, recall, export, what was reviewed."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace

import pytest

from reviewer_app.domain.dates import PartialDate, now
from reviewer_app.domain.delivery import OutboxKind, OutboxState
from reviewer_app.domain.ids import QuestionId, RecordId
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.domain.opinion import (
    Answer,
    Citable,
    Confidence,
    ImagePlace,
    NextStep,
    RecordPlace,
    ResultPlace,
    Section,
    TreatmentChange,
    TreatmentOption,
)
from reviewer_app.domain.outcome import DiagnosisRelation, Outcome, TreatmentRelation
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import BadInput, NotAllowed, NotFound, SigningProblem
from reviewer_app.jobs import Job
from reviewer_app.services import acts, export, identity, labs, opinions, records, signing, verification
from tests.desks import CASE_ID, HAEMOGLOBIN, REPORT, open_session
from tests.printed import pages_of
from tests.vaulted_images import ingest

MARK = "Elisabeth"


@pytest.fixture
def session(tmp_path):
    session = open_session(tmp_path / "home")
    yield session
    session.close()


@pytest.fixture
def ready(session):
    """A session whose draft may be signed."""
    write(session)
    identity.make_practice(session)
    return session


def write(session):
    draft = opinions.open(session, CASE_ID)
    first = replace(draft.first_opinion, diagnosis="Early cancer", plan="Surgery", author="Dr Vogel")
    draft = replace(
        draft,
        first_opinion=replace(first, date=PartialDate("2026-11-01")),
        outcome=Outcome(DiagnosisRelation.SAME, TreatmentRelation.MODIFIED),
        changes=(TreatmentChange("c1", "Surgery at once", "Biopsy, then surgery", "The node decides the extent."),),
        next_steps=(NextStep("s1", "Biopsy of the node", "Dr Vogel", "by 2026-12-01", "Surgery with frozen section"),),
        options=(
            TreatmentOption("o1", "Biopsy first", recommended=True, benefit="Right extent", risk="Bleeding",
                            no_treatment="Unknown stage", alternative="Frozen section", availability="On site"),
        ),
        answers=(
            Answer(QuestionId("q1"), "Yes: the node takes up the tracer and that changes the stage.", Confidence.HIGH),
            Answer(QuestionId("q2"), "This can only be decided once the biopsy of the node is known.", Confidence.LOW),
        ),
    )  # fmt: skip
    for section in Section:
        if section.core:
            draft = draft.with_text(section, f"What belongs under {section.shown.lower()}, in one sentence.")
    draft = opinions.save(session, draft)
    result = Citable("Hb", result=ResultPlace(HAEMOGLOBIN, "1", "", "loinc:718-7"))
    record = Citable("Path", record=RecordPlace(REPORT, "1"))
    opinions.cite(session, CASE_ID, "section:diagnosis", record)
    opinions.cite(session, CASE_ID, "answer:q1", result)
    opinions.cite(session, CASE_ID, "answer:q2", Citable("Paper", reference="Lancet 2024; 1: 2"))
    opinions.cite(session, CASE_ID, "option:o1", record)
    records.opened(session, CASE_ID, REPORT)
    labs.opened(session, CASE_ID, ("loinc:718-7",))


def text_of(pdf):
    return re.sub(r"\s+", " ", " ".join(pages_of(pdf)))


def test_what_is_signed_is_what_was_previewed_and_it_verifies(ready):
    shown = signing.preview(ready, CASE_ID)
    signed = signing.sign(ready, CASE_ID, shown)
    pdf = signing.pdf(ready, CASE_ID)
    assert pdf.startswith(shown.pdf)
    verdict = verification.verify(pdf, [identity.certificate(ready)])
    assert verdict.ok, verdict.lines
    assert verdict.evidence == 3  # one of the four citations names a document again
    assert signed.signer == verdict.signers[0].name


def test_signing_moves_the_case_and_queues_exactly_one_delivery_of_these_bytes(ready):
    signed = signing.sign(ready, CASE_ID, signing.preview(ready, CASE_ID))
    assert ready.vault.cases.get(CASE_ID).state is CaseState.SIGNED
    (entry,) = [entry for entry in ready.vault.outbox.all(CASE_ID) if entry.kind is OutboxKind.OPINION]
    delivery = acts.delivery_of(entry)
    assert (delivery.pdf_sha256, delivery.revision, delivery.opinion) == (
        signed.sha256,
        signed.revision,
        signed.opinion,
    )
    assert ready.vault.audit.all()[-1].kind == "signed"


def test_signing_names_everything_that_is_left_to_do(session):
    identity.make_practice(session)
    opinions.save(session, opinions.open(session, CASE_ID))
    with pytest.raises(NotAllowed) as refusal:
        signing.sign(session, CASE_ID, signing.preview(session, CASE_ID))
    assert {"Q1:", "O1:", "F1:", "N1:"} <= set(refusal.value.advice.split())
    assert session.vault.opinions.signed(CASE_ID) is None
    assert session.vault.cases.get(CASE_ID).state is CaseState.IN_REVIEW


def test_a_preview_with_other_bytes_is_not_signed(ready):
    shown = signing.preview(ready, CASE_ID)
    with pytest.raises(NotAllowed, match="not the one that was previewed"):
        signing.sign(ready, CASE_ID, replace(shown, pdf=shown.pdf + b" "))
    forged = shown.pdf.replace(b"%PDF-1.7", b"%PDF-1.6")
    with pytest.raises(NotAllowed, match="not the one that was previewed"):
        signing.sign(ready, CASE_ID, replace(shown, pdf=forged, sha256=hashlib.sha256(forged).hexdigest()))


def test_only_the_newest_preview_can_be_signed(ready):
    earlier = signing.preview(ready, CASE_ID)
    newest = signing.preview(ready, CASE_ID)
    with pytest.raises(NotAllowed, match="previewed last"):
        signing.sign(ready, CASE_ID, earlier)
    assert signing.sign(ready, CASE_ID, newest)


def test_a_draft_edited_after_the_preview_is_not_signed(ready):
    shown = signing.preview(ready, CASE_ID)
    draft = opinions.open(ready, CASE_ID)
    opinions.save(ready, draft.with_text(Section.DIAGNOSIS, "Something else altogether."))
    with pytest.raises(NotAllowed, match="changed after the preview"):
        signing.sign(ready, CASE_ID, shown)


def test_records_that_changed_after_the_preview_are_not_signed_over(ready):
    shown = signing.preview(ready, CASE_ID)
    late = Record(RecordId("Condition/late"), "1", RecordClass.CONDITION, "Another disease")
    ready.vault.records.put(CASE_ID, late, b'{"resourceType":"Condition"}')
    with pytest.raises(NotAllowed, match="changed after the preview"):
        signing.sign(ready, CASE_ID, shown)


def test_without_an_identity_nothing_is_signed_and_it_says_what_to_do(session):
    write(session)
    with pytest.raises(SigningProblem, match="no signing certificate") as refusal:
        signing.sign(session, CASE_ID, signing.preview(session, CASE_ID))
    assert "Import" in refusal.value.advice
    assert session.vault.cases.get(CASE_ID).state is CaseState.IN_REVIEW


def test_an_opinion_is_signed_once(ready):
    shown = signing.preview(ready, CASE_ID)
    signing.sign(ready, CASE_ID, shown)
    with pytest.raises(NotAllowed, match="cannot be signed"):
        signing.sign(ready, CASE_ID, shown)


def test_a_recalled_opinion_can_be_written_and_signed_again(ready):
    signing.sign(ready, CASE_ID, signing.preview(ready, CASE_ID))
    signing.recall(ready, CASE_ID)
    assert ready.vault.cases.get(CASE_ID).state is CaseState.IN_REVIEW
    assert [entry.state for entry in ready.vault.outbox.all(CASE_ID)] == [OutboxState.RECALLED]
    with pytest.raises(NotFound):
        signing.pdf(ready, CASE_ID)
    opinions.save(ready, opinions.open(ready, CASE_ID).with_text(Section.HISTORY, "The history, told better."))
    again = signing.sign(ready, CASE_ID, signing.preview(ready, CASE_ID))
    assert verification.verify(signing.pdf(ready, CASE_ID), [identity.certificate(ready)]).ok
    assert [entry.state for entry in ready.vault.outbox.all(CASE_ID)] == [OutboxState.RECALLED, OutboxState.QUEUED]
    assert acts.delivery_of(ready.vault.outbox.all(CASE_ID)[-1]).pdf_sha256 == again.sha256


@pytest.mark.parametrize("state", [OutboxState.INFLIGHT, OutboxState.ACKNOWLEDGED, OutboxState.VERIFIED])
def test_an_opinion_the_server_may_have_cannot_be_recalled(ready, state):
    signing.sign(ready, CASE_ID, signing.preview(ready, CASE_ID))
    (entry,) = ready.vault.outbox.all(CASE_ID)
    ready.vault.outbox.set(entry.id, state)
    with pytest.raises(NotAllowed, match="delivery has begun"):
        signing.recall(ready, CASE_ID)
    assert ready.vault.cases.get(CASE_ID).state is CaseState.SIGNED
    assert signing.pdf(ready, CASE_ID)


def test_an_attempt_without_an_answer_forbids_recall_and_a_refusal_does_not(ready):
    signing.sign(ready, CASE_ID, signing.preview(ready, CASE_ID))
    (entry,) = ready.vault.outbox.all(CASE_ID)
    ready.vault.outbox.count_attempt(entry.id)
    with pytest.raises(NotAllowed):
        signing.recall(ready, CASE_ID)
    ready.vault.outbox.set(entry.id, OutboxState.BLOCKED, "The server refused it.")
    assert signing.recall(ready, CASE_ID).case == CASE_ID


def test_the_letter_says_what_was_reviewed_what_was_missing_and_what_was_not(ready):
    attachment = Attachment("application/pdf", "Slides", problem="The server no longer has it.")
    for record in (
        Record(RecordId("DocumentReference/unread"), "1", RecordClass.DOCUMENT, "Old letter", PartialDate("2020-02")),
        Record(RecordId("DocumentReference/gone"), "1", RecordClass.REPORT, "Slides", attachments=(attachment,)),
    ):
        ready.vault.records.put(CASE_ID, record, b"{}")
    study = Study("1.2", "2026-10-01 10:00", "Thorax", modalities=("CT",), series=(Series("1.2.1", "1.2", "CT"),))
    ready.vault.images.expect(CASE_ID, study, {"1.2.1": ["1.2.1.1", "1.2.1.2"]})
    text = text_of(signing.preview(ready, CASE_ID).pdf)
    reviewed, rest = text.split("Not available")
    missing, unread = rest.split("Not reviewed")[:2]
    assert "Pathology report" in reviewed
    assert "Haemoglobin" in reviewed
    assert "The server no longer has it" in missing
    assert "0 of 2 images received" in missing
    assert "Old letter" in unread.split("History in brief")[0]


def test_the_manifest_proves_the_bytes_that_the_server_sent(ready):
    from reviewer_app import report

    shown = signing.preview(ready, CASE_ID)
    items = {item["id"]: item for item in json.loads(report.attached_manifest(shown.pdf))["evidence"]}
    raw = ready.vault.records.raw(CASE_ID, REPORT)
    assert items["E1"]["ref"] == "DocumentReference/path1/_history/1"
    assert items["E1"]["received"] == report.received_digest(raw)
    assert items["E2"]["content"] == report.fhir_digest(ready.vault.records.raw(CASE_ID, HAEMOGLOBIN))


def test_a_cited_image_is_in_the_letter_with_its_window_and_in_the_manifest_with_its_pixels(ready, shared):
    from reviewer_app import report

    scans = shared / "data" / "cases" / "case-01-breast-staging" / "dicom" / "planning_petct"
    part10 = min(scans.glob("CT*.dcm")).read_bytes()
    instance = ready.workers.index(part10)
    series = Series(instance.series_uid, instance.study_uid, "CT", 2, "planning")
    study = Study(instance.study_uid, "2026-08-20 10:05", "PET-CT", modalities=("CT",), series=(series,))
    ready.vault.images.expect(CASE_ID, study, {instance.series_uid: [instance.uid]})
    ready.vault.images.put(CASE_ID, instance, part10)
    ready.vault.views.viewed(CASE_ID, f"series:{instance.series_uid}", now())
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, 1, (40.0, 400.0))
    opinions.cite(ready, CASE_ID, "section:diagnosis", Citable("CT", image=place))
    shown = signing.preview(ready, CASE_ID)
    text = text_of(shown.pdf)
    assert "window width 400, centre 40" in text
    assert "PET-CT, series 2 (planning)" in text
    item = json.loads(report.attached_manifest(shown.pdf))["evidence"][-1]
    assert (item["kind"], item["ref"]) == ("dicom", f"{instance.uid}#frame-1")
    assert item["received"] == report.received_digest(part10)
    assert item["point"]["dataset"] == instance.dataset_sha256
    assert item["point"]["decoded"] == "yes"
    assert item["content"] != item["received"]
    signing.sign(ready, CASE_ID, shown)
    assert verification.verify(signing.pdf(ready, CASE_ID), [identity.certificate(ready)]).ok


def test_a_zoomed_image_is_cut_as_it_was_seen_with_its_marks_and_a_scale_bar_of_true_length(ready, shared):
    from reviewer_app.domain.ids import MeasurementId
    from reviewer_app.domain.marks import Marks
    from reviewer_app.domain.measurement import Measurement, Quantity, Shape
    from reviewer_app.services import key_images

    scans = shared / "data" / "cases" / "case-01-breast-staging" / "dicom" / "planning_petct"
    ingest(ready, [min(scans.glob("CT*.dcm"))])
    (study,) = ready.vault.images.studies(CASE_ID)
    (instance,) = ready.vault.images.instances(CASE_ID, study.series[0].uid)
    mark = MeasurementId("m1")
    place = ImagePlace(
        study.uid, study.series[0].uid, instance.uid, 1, (40.0, 400.0), zoom=2, center=(0.25, 0.75), marks=(mark,)
    )
    whole = replace(place, zoom=1.0, marks=())
    columns, rows = instance.pixels.columns, instance.pixels.rows
    spacing = instance.frames[0].spacing
    ends = ((0.0, rows / 2), (columns / 2, float(rows)))
    drawn = Measurement(mark, Shape.LENGTH, place, ends, now(), values=(Quantity("Length", 41.25, "mm"),),
                        basis=spacing.basis)  # fmt: skip
    draft = opinions.cite(ready, CASE_ID, "section:diagnosis", Citable("CT", image=place))
    draft = opinions.cite(ready, CASE_ID, "section:diagnosis", Citable("CT", image=whole))
    draft = opinions.save(ready, replace(draft, marks=Marks(measurements=(drawn,))))
    made = key_images.pictures(ready, draft)
    cut, uncut = made[place], made[whole]
    assert (cut.page.width, cut.page.height) == (columns // 2, rows // 2)
    assert (pixels_of(cut.page) == pixels_of(uncut.page)[rows // 2 :, : columns // 2]).all()
    assert cut.millimetre == pytest.approx(1 / spacing.column)
    assert uncut.millimetre == pytest.approx(1 / spacing.column)
    (line,) = cut.marks
    assert (line.label, line.paths) == ("41.2 mm", (((0.0, 0.0), (1.0, 1.0)),))
    assert uncut.marks == ()
    turned = key_images.drawn(cut_frame(ready, instance), replace(place, rotation=90), drawn)
    assert turned.paths == (((1.0, 0.0), (0.0, 1.0)),)
    text = text_of(signing.preview(ready, CASE_ID).pdf)
    assert "41.2 mm" in text
    assert "enlarged 2 times" in text
    assert re.search(r"\b(20|50|100|200) mm", text)


def cut_frame(session, instance):
    from reviewer_app.services import picturing

    return picturing.cited(session, CASE_ID, ImagePlace(instance.study_uid, instance.series_uid, instance.uid), 512)[0]


def pixels_of(page):
    import numpy as np

    return np.frombuffer(page.pixels, np.uint32).reshape(page.height, page.width)


def test_text_that_cannot_be_printed_is_refused_and_not_lost(ready):
    draft = opinions.open(ready, CASE_ID)
    opinions.save(ready, draft.with_text(Section.HISTORY, "The note says ไทย."))
    with pytest.raises(BadInput, match="U\\+0E17"):
        signing.preview(ready, CASE_ID)


def test_export_writes_the_signed_bytes_and_never_into_the_vault_or_over_another_file(ready, tmp_path):
    with pytest.raises(NotFound):
        export.save(ready, CASE_ID, tmp_path / "out", Job())
    signing.sign(ready, CASE_ID, signing.preview(ready, CASE_ID))
    letter, manifest = export.save(ready, CASE_ID, tmp_path / "out", Job())
    assert letter.read_bytes() == signing.pdf(ready, CASE_ID)
    assert json.loads(manifest.read_bytes())["type"].startswith("consilium-evidence")
    assert export.save(ready, CASE_ID, tmp_path / "out", Job()) == (letter, manifest)
    letter.write_bytes(b"mine")
    with pytest.raises(BadInput):
        export.save(ready, CASE_ID, tmp_path / "out", Job())
    assert letter.read_bytes() == b"mine"
    with pytest.raises(BadInput):
        export.save(ready, CASE_ID, ready.home / "objects", Job())


def test_nothing_readable_is_left_on_the_disk_by_preview_and_signing(ready, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    signing.sign(ready, CASE_ID, signing.preview(ready, CASE_ID))
    found = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in (MARK.encode(), b"%PDF", b"HD-4471902"))
    ]
    assert found == []


def test_a_practice_identity_is_kept_as_long_as_it_serves(ready):
    name = identity.current(ready)
    authority = identity.certificate(ready)
    assert identity.make_practice(ready) == name
    assert identity.certificate(ready) == authority
    ready.vault.profile.set_author(replace(ready.vault.profile.author(), name="Dr. Other"))
    assert identity.make_practice(ready) == "Dr. Other (practice)"


def test_practice_never_replaces_an_imported_identity(session):
    from reviewer_app import report

    content, password = report.make_practice("Dr. Sofia Marchetti", now())
    assert identity.current(session) is None
    name = identity.import_pkcs12(session, content, password)
    assert identity.current(session) == name
    with pytest.raises(NotAllowed):
        identity.make_practice(session)
    with pytest.raises(SigningProblem):
        identity.import_pkcs12(session, content, "wrong")
    assert identity.current(session) == name
