"""Attachments of a real vault as pages or text, whatever their type says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.errors import NotFound, Unreadable
from reviewer_app.services import documents
from reviewer_app.services.session import Session
from tests.desks import CASE_ID, open_session

LETTER = RecordId("DocumentReference/letter")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = open_session(tmp_path)
    yield made
    made.close()


def hold(session: Session, data: bytes, content_type: str) -> None:
    record = Record(LETTER, "1", RecordClass.DOCUMENT, "Letter", attachments=(Attachment(content_type),))
    session.vault.records.put(CASE_ID, record, b"{}")
    session.vault.records.hold(CASE_ID, LETTER, 0, data)


@pytest.mark.parametrize(
    ("name", "content_type", "pages"),
    [
        ("case-02-multiple-sclerosis/documents/neurology_note.pdf", "application/pdf", 3),
        ("case-02-multiple-sclerosis/documents/neurology_note.pdf", "application/octet-stream", 3),
        ("case-02-multiple-sclerosis/documents/csf_fax.tif", "image/tiff", 1),
        ("case-01-breast-staging/documents/referral_photo.jpg", "image/jpeg", 1),
    ],
)
def test_pages_are_counted_and_rendered_by_what_the_file_is(
    session: Session, shared: Path, name: str, content_type: str, pages: int
):
    hold(session, (shared / "data" / "cases" / name).read_bytes(), content_type)
    view = documents.describe(session, CASE_ID, LETTER)
    assert (view.kind, view.pages, view.problem) == ("pages", pages, "")
    page = documents.page(session, CASE_ID, LETTER, 0, pages - 1, 500)
    assert page.width == 500
    assert len(page.pixels) == page.stride * page.height


@pytest.mark.parametrize(
    ("name", "content_type", "words"),
    [
        ("case-02-multiple-sclerosis/documents/telefon.txt", "text/plain; charset=utf-8", "undrar över fertilitet"),
        ("case-04-coronary-surgery/documents/discharge.rtf", "text/rtf", "NSTEMI 2026-10-28"),
        ("case-03-kidney-disease/documents/referral_ccda.xml", "application/xml", "living donor kidney"),
    ],
)
def test_text_is_shown_as_text(session: Session, shared: Path, name: str, content_type: str, words: str):
    hold(session, (shared / "data" / "cases" / name).read_bytes(), content_type)
    view = documents.describe(session, CASE_ID, LETTER)
    assert view.kind == "text"
    assert words in view.text
    with pytest.raises(Unreadable, match="no pages"):
        documents.page(session, CASE_ID, LETTER, 0, 0, 500)


@pytest.mark.parametrize("content_type", ["text/html", "application/xhtml+xml; charset=utf-8"])
def test_xhtml_that_begins_as_xml_is_read_as_html_without_its_scripts(session: Session, content_type: str):
    html = (
        '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><script>alert(1)</script>'
        "</head><body><h1>Letter</h1><p>Stable \u00b7 disease</p></body></html>"
    )
    hold(session, html.encode(), content_type)
    view = documents.describe(session, CASE_ID, LETTER)
    assert view.text.split("\n") == ["Letter", "Stable \u00b7 disease"]


def test_a_pdf_wrapped_in_a_clinical_document_is_shown_as_pages(session: Session, shared: Path):
    import base64

    pdf = (shared / "data" / "pdf" / "valid" / "pdflatex-4-pages.pdf").read_bytes()
    body = f'<text mediaType="application/pdf" representation="B64">{base64.b64encode(pdf).decode()}</text>'
    wrapped = (
        f'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>{body}'
        "</nonXMLBody></component></ClinicalDocument>"
    )
    hold(session, wrapped.encode(), "application/xml")
    assert documents.describe(session, CASE_ID, LETTER).pages == 4
    assert documents.page(session, CASE_ID, LETTER, 0, 3, 300).count == 4


@pytest.mark.parametrize(
    ("data", "content_type", "reason"),
    [
        (b"MZ\x90\0\x03", "application/x-msdownload", "cannot be shown"),
        (b"%PDF-1.7 nothing more", "application/pdf", "damaged"),
        (b"\0\1\2\3", "text/plain", "not text"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "application/xml", "document type"),
    ],
)
def test_what_cannot_be_shown_says_why(session: Session, data: bytes, content_type: str, reason: str):
    hold(session, data, content_type)
    view = documents.describe(session, CASE_ID, LETTER)
    assert view.kind == "unknown"
    assert reason in view.problem


def test_a_document_that_has_not_arrived_says_so(session: Session):
    record = Record(LETTER, "1", RecordClass.DOCUMENT, "Letter", attachments=(Attachment("application/pdf"),))
    session.vault.records.put(CASE_ID, record, b"{}")
    assert "not arrived" in documents.describe(session, CASE_ID, LETTER).problem
    with pytest.raises(NotFound):
        documents.page(session, CASE_ID, LETTER, 0, 0, 100)


def test_an_attachment_that_does_not_exist_is_said(session: Session):
    assert documents.describe(session, CASE_ID, RecordId("DocumentReference/none")).problem
