"""Documents nobody would want to get, through a real sync: each is kept byte for byte, and shown or says why not."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import RecordClass
from reviewer_app.services import documents, records, summary
from reviewer_app.services.documents import DocumentView
from tests.integration.fault_proxy import Fault, Kind

pytestmark = pytest.mark.servers
PATIENT = "case-05-lung-nodules-patient"
HUGE = b"A line of a very long record.\n" * (50 * 1024 * 1024 // 30)
HTML = b"<p>Stable disease</p><script>steal()</script><img src='http://203.0.113.9/x.png'><a href='file:///etc'>more"
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ClinicalDocument/>'


def document(number: str, content_type: str, **more: object) -> dict[str, object]:
    return {
        "resourceType": "DocumentReference", "id": number, "status": "current", "description": number,
        "subject": {"reference": f"Patient/{PATIENT}"}, "date": "2026-10-01T08:00:00Z",
        "content": [{"attachment": {"contentType": content_type, "url": f"Binary/{number}"}}], **more,
    }  # fmt: skip


def inline(number: str, content_type: str, content: bytes) -> dict[str, object]:
    attachment = {"contentType": content_type, "data": base64.b64encode(content).decode()}
    return document(number, content_type, content=[{"attachment": attachment}])


@pytest.fixture(scope="module")
def contents(shared: Path) -> dict[str, tuple[str, bytes]]:
    data = shared / "data"
    return {
        "doctype": ("application/xml", DOCTYPE),
        "html": ("text/html", HTML),
        "locked-pdf": ("application/pdf", (data / "pdf/valid/libreoffice-writer-password.pdf").read_bytes()),
        "broken-pdf": ("application/pdf", (data / "hostile/pdf/truncated.pdf").read_bytes()),
        "unknown-kind": ("application/x-genome", b"\x01\x02ACGT"),
    }


@pytest.fixture(scope="module")
def synced(make_clinic, contents, tmp_path_factory):
    """One sync of a case with all of them, and what it said."""
    from tests.integration.sync.conftest import desk_on

    with desk_on(make_clinic("case-05-lung-nodules"), tmp_path_factory.mktemp("home")) as desk:
        for number, (kind, content) in contents.items():
            desk.server_put(inline(number, kind, content))
        huge = {"resourceType": "Binary", "id": "huge", "contentType": "text/plain"}
        desk.server_put({**huge, "data": "eA=="})
        whole = json.dumps({**huge, "data": base64.b64encode(HUGE).decode()}).encode()
        desk.server_put(document("huge", "text/plain"))
        circle = {"code": "appends", "target": {"reference": "DocumentReference/circle"}}
        around = {**inline("circle", "text/plain", b"round and round"), "relatesTo": [circle]}
        desk.server_put(around)
        desk.server_put({**inline("turned", "text/plain", b"plain"), "description": "Letter \u202egnp.exe"})
        desk.fhir.rules = [lambda how, path: Fault(Kind.REPLACE, body=whole) if path.endswith("/Binary/huge") else None]
        report = desk.sync()
        yield desk, report


def view_of(desk, number: str) -> DocumentView:
    return documents.describe(desk.session, desk.case("CASE-05").id, RecordId(f"DocumentReference/{number}"), 0)


def test_nothing_else_is_missing_because_of_them(synced):
    desk, report = synced
    case = desk.case("CASE-05")
    assert report.problems == ()
    every = records.listing(desk.session, case.id)
    assert sum(record.record_class is RecordClass.RESULT for record in every) > 90
    assert summary.summary(desk.session, case.id).sections


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("doctype", "document type"),
        ("locked-pdf", "password"),
        ("broken-pdf", "damaged"),
        ("unknown-kind", "application/x-genome cannot be shown"),
    ],
)
def test_what_cannot_be_shown_says_why_and_is_kept_byte_for_byte(synced, contents, number, reason):
    desk, _ = synced
    view = view_of(desk, number)
    assert view.kind == "unknown"
    assert reason in view.problem
    identifier = RecordId(f"DocumentReference/{number}")
    assert desk.session.vault.records.content(desk.case("CASE-05").id, identifier, 0) == contents[number][1]


def test_scripts_and_remote_pictures_of_a_page_are_left_out_and_its_words_are_shown(synced):
    assert view_of(synced[0], "html").text == "Stable disease\nmore"


def test_fifty_megabytes_arrive_whole_and_are_shown_as_far_as_can_be_read(synced):
    desk, _ = synced
    held = desk.session.vault.records.content(desk.case("CASE-05").id, RecordId("DocumentReference/huge"), 0)
    assert held == HUGE
    view = view_of(desk, "huge")
    assert view.text.startswith("A line of a very long record.")
    assert view.text.endswith("more than this is not shown here.")


def test_a_document_that_refers_to_itself_is_a_document_like_others(synced):
    desk, _ = synced
    assert view_of(desk, "circle").text == "round and round"


def test_a_title_cannot_turn_the_direction_of_its_line(synced):
    desk, _ = synced
    record = records.record(desk.session, desk.case("CASE-05").id, RecordId("DocumentReference/turned"))
    assert record.title == "Letter gnp.exe"
