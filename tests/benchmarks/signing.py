"""Preview, signature and verification of a letter; peers: reportlab, pyHanko and pdfsig doing the bare minimum."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import QuestionId
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
)
from reviewer_app.domain.outcome import DiagnosisRelation, Outcome, TreatmentRelation
from reviewer_app.services import identity, labs, opinions, records, signing, verification, viewing
from reviewer_app.services.session import Session
from tests.benchmarks import series, stock
from tests.benchmarks.figures import Figure, median, seconds
from tests.desks import CASE_ID, HAEMOGLOBIN, REPORT, open_session

_TIMES = 5
_IMAGES = 4


def figures(folder: Path) -> Iterator[Figure]:
    """A letter with two answers, four key images and a trend."""
    session = open_session(folder / "signing")
    try:
        _write(session)
        identity.make_practice(session)
        yield from _measured(session, folder)
    finally:
        session.close()


def _measured(session: Session, folder: Path) -> Iterator[Figure]:
    first = seconds(lambda: signing.preview(session, CASE_ID)) * 1e3
    previews, signs = [], []
    shown: list[signing.Preview] = []
    for _ in range(_TIMES):
        previews.append(seconds(lambda: shown.append(signing.preview(session, CASE_ID))) * 1e3)
        signs.append(seconds(lambda: signing.sign(session, CASE_ID, shown[-1])) * 1e3)
        pdf = signing.pdf(session, CASE_ID)
        signing.recall(session, CASE_ID)
    trust = [identity.certificate(session)]
    verify = median([seconds(lambda: verification.verify(pdf, trust)) * 1e3 for _ in range(_TIMES)])
    plain = median([seconds(_plain_letter) * 1e3 for _ in range(_TIMES)])
    bare_sign = median([seconds(lambda: _plain_signature(session, shown[-1].pdf)) * 1e3 for _ in range(_TIMES)])
    yield Figure("preview of the letter, first (libraries loaded)", first)
    yield Figure("preview of the letter", median(previews), "ms", plain, "reportlab, text only", 500)
    yield Figure("sign, checks and storing included", median(signs), "ms", bare_sign, "pyHanko, bare signature", 300)
    yield Figure("verify a letter with its evidence", verify, "ms", _pdfsig(pdf, folder), "pdfsig (Poppler)")


def _write(session: Session) -> None:
    """A draft that may be signed."""
    images = stock.indexed(session, series.ct(_IMAGES))
    stock.expect(session, [instance.uid for instance, _ in images])
    session.vault.images.put_many(CASE_ID, images)
    draft = opinions.open(session, CASE_ID)
    first = replace(draft.first_opinion, diagnosis="Early cancer", plan="Surgery", author="Dr Vogel")
    draft = replace(
        draft,
        first_opinion=replace(first, date=PartialDate("2026-11-01")),
        outcome=Outcome(DiagnosisRelation.SAME, TreatmentRelation.MODIFIED),
        changes=(TreatmentChange("c1", "Surgery at once", "Biopsy, then surgery", "The node decides the extent."),),
        next_steps=(NextStep("s1", "Biopsy of the node", "Dr Vogel", "by 2026-12-01", "Surgery"),),
        answers=tuple(
            Answer(QuestionId(question), "Yes, for the reasons given in the sections below.", Confidence.HIGH)
            for question in ("q1", "q2")
        ),
    )
    for section in Section:
        if section.core:
            draft = draft.with_text(section, f"What belongs under {section.shown.lower()}. " * 12)
    opinions.save(session, draft)
    result = ResultPlace(HAEMOGLOBIN, "1", "", "loinc:718-7")
    opinions.cite(session, CASE_ID, "section:diagnosis", Citable("Path", record=RecordPlace(REPORT, "1")))
    for question in ("q1", "q2"):
        opinions.cite(session, CASE_ID, f"answer:{question}", Citable("Hb", result=result))
    for instance, _ in images:
        place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, 1, (40, 400))
        opinions.cite(session, CASE_ID, "section:diagnosis", Citable("CT", image=place))
    records.opened(session, CASE_ID, REPORT)
    labs.opened(session, CASE_ID, ["loinc:718-7"])
    viewing.series(session, CASE_ID, series.series_uid())
    draft = opinions.open(session, CASE_ID)
    for finding in opinions.findings(session, CASE_ID):
        draft = opinions.acknowledge(draft, finding.rule)
    opinions.save(session, draft)


def _plain_letter() -> bytes:
    """Three pages of text."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

    style = getSampleStyleSheet()["BodyText"]
    out = io.BytesIO()
    page = [*(Paragraph("What belongs under this heading. " * 12, style) for _ in range(8)), PageBreak()]
    SimpleDocTemplate(out).build(page * 3)
    return out.getvalue()


def _plain_signature(session: Session, pdf: bytes) -> bytes:
    """An approval signature and nothing else."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf

    content, password = session.vault.profile.identity()
    signer = SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=password.encode())
    out = io.BytesIO()
    sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), PdfSignatureMetadata(field_name="Bare"), signer, output=out)
    return out.getvalue()


def _pdfsig(pdf: bytes, folder: Path) -> float | None:
    program = shutil.which("pdfsig")
    if program is None:
        return None
    file = folder / "letter.pdf"
    file.write_bytes(pdf)
    command = [program, "-nocert", str(file)]
    return median([seconds(lambda: subprocess.run(command, capture_output=True, check=False)) for _ in range(3)]) * 1e3
