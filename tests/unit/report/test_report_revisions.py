"""What was changed in a signed letter is told by revision, in words: pages, annotations, fields, attachments."""

from __future__ import annotations

import io

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from reviewer_app import report
from tests.signing_authority import NOW, Authority
from tests.unit.report import test_report_signature as attacks
from tests.unit.report.test_report_conformance import countersigned
from tests.unit.report.test_report_timestamp import built


@pytest.fixture
def authority():
    return Authority()


@pytest.fixture
def signed(letter, authority):
    return report.sign(built(letter), report.read_identity(*authority.signer()[:2], NOW), NOW)


def _page_more(writer):
    pages = writer.root["/Pages"]
    pages["/Kids"].append(writer.add_object(pages["/Kids"][0].get_object()))
    pages["/Count"] = generic.NumberObject(int(pages["/Count"]) + 1)
    writer.update_container(pages)


def _field(writer):
    made = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): generic.pdf_string("Remark"),
            pdf_name("/V"): generic.pdf_string("accepted"),
        }
    )
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(made))
    writer.update_container(writer.root["/AcroForm"]["/Fields"])


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        (attacks._page_content, "Page 1: what is printed was changed."),
        (attacks._picture, "Page 5: what is printed was changed."),
        (attacks._overlay, "Page 1: an annotation (FreeText) was added."),
        (attacks._script, "Added: what happens when the file is opened."),
        (attacks._attachment, "The attachment evil.json was added."),
        (attacks._manifest, "The evidence manifest was exchanged."),
        (attacks._stamp, "The form field Specialist was changed."),
        (_page_more, "1 page was added."),
        (_field, "The form field Remark was added."),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_what_was_changed_is_said_with_its_place(signed, authority, attack, told):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    attack(writer)
    out = io.BytesIO()
    writer.write(out)
    verdict = report.verify(out.getvalue(), [authority.pem])
    assert not verdict.intact
    (revision,) = verdict.revisions
    assert revision.number == 3
    assert revision.signed == ()
    assert told in revision.changes
    assert not {one for one in revision.changes if one.startswith(("Page", "The form", "The att"))} - {told}
    assert any(told in line for line in verdict.lines)


def test_the_directors_signature_is_told_and_nothing_else(signed, authority):
    director = report.read_identity(*authority.signer("Dr Director")[:2], NOW)
    verdict = report.verify(countersigned(signed, director), [authority.pem])
    assert verdict.ok, verdict.lines
    (revision,) = verdict.revisions
    assert revision.signed == ("Director",)
    assert "The signature field Director was signed." in revision.changes
    assert not [one for one in revision.changes if one.startswith(("Page", "The att", "1 page"))]
    assert [signer.covers for signer in verdict.signers] == ["covers revisions 1 to 2 of 3", "covers the whole file"]


def test_a_letter_that_nobody_touched_has_no_later_revision(signed, authority):
    verdict = report.verify(signed, [authority.pem])
    assert verdict.revisions == ()
    assert not any("after the specialist signed" in line for line in verdict.lines)


def test_a_tree_of_pages_without_end_is_no_crash(signed, authority):
    def endless(writer):
        pages = writer.root["/Pages"]
        pages["/Kids"].append(writer.root.raw_get("/Pages"))
        pages["/Kids"].append(writer.root.raw_get("/Pages"))
        writer.update_container(pages)

    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    endless(writer)
    out = io.BytesIO()
    writer.write(out)
    verdict = report.verify(out.getvalue(), [authority.pem])
    assert not verdict.intact
    assert "What it changed cannot be told: the file is damaged." in verdict.revisions[0].changes
