"""Signed letters: what was previewed is what was signed, and no change of the file goes unnoticed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields

from reviewer_app import report
from reviewer_app.errors import BadInput
from reviewer_app.report import identity, seal

AT = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def who():
    return report.read_identity(*report.make_practice("Dr Aigerim Sadykova", AT), AT)


@pytest.fixture(scope="module")
def trust(who):
    return [report.anchor_pem(who)]


@pytest.fixture
def built(letter):
    items = [report.Evidence(n, "fhir", f"X/{n}/_history/1", f"{n:064x}", f"{n:064x}") for n in range(1, 6)]
    made = report.manifest(letter.opinion, letter.case.number, letter.made_at, items, ["X/1/_history/1"], b"seed")
    return report.build(replace(letter, manifest=made))


@pytest.fixture
def signed(built, who):
    return report.sign(built, who, AT)


def test_the_signed_file_begins_with_exactly_the_previewed_bytes(built, signed):
    assert signed.startswith(built)
    assert len(signed) > len(built)


def test_a_signed_letter_verifies_and_says_who_when_and_how_far_to_trust_the_time(signed, trust):
    verdict = report.verify(signed, trust)
    assert verdict.ok
    assert verdict.evidence == 5
    (signer,) = verdict.signers
    assert (signer.field, signer.name, signer.claimed) == ("Specialist", "Dr Aigerim Sadykova (practice)", AT)
    assert signer.stamped is None
    assert "not verified" in signer.line
    assert "Valid" in verdict.lines[0]


def test_without_the_certificate_it_is_intact_but_not_trusted(signed):
    verdict = report.verify(signed, [])
    assert verdict.intact
    assert not verdict.trusted
    assert not verdict.ok
    assert "No certificate to trust" in verdict.lines[-1]


def test_a_certificate_of_the_same_name_made_by_someone_else_is_not_trusted(built, trust):
    forger = report.read_identity(*report.make_practice("Dr Aigerim Sadykova", AT), AT)
    verdict = report.verify(report.sign(built, forger, AT), trust)
    assert (verdict.intact, verdict.trusted, verdict.ok) == (True, False, False)
    assert "does not lead to a certificate you trust" in verdict.lines[-1]


def test_a_certificate_that_has_expired_is_not_trusted_without_a_time_stamp(built):
    past = AT - timedelta(days=900)
    old = report.read_identity(*report.make_practice("Dr Old", past), past)
    verdict = report.verify(report.sign(built, old, past), [report.anchor_pem(old)])
    assert verdict.intact
    assert not verdict.ok


def test_what_is_no_certificate_cannot_be_trusted(signed):
    with pytest.raises(BadInput):
        report.verify(signed, [b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])


def test_the_stamp_says_who_when_and_that_the_clock_is_not_verified(signed, tmp_path):
    assert _appearance(signed)
    if not shutil.which("pdftotext"):
        pytest.skip("needs poppler-utils")
    file = tmp_path / "letter.pdf"
    file.write_bytes(signed)
    said = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert "Dr Aigerim Sadykova (practice)" in said
    assert f"{AT:%Y-%m-%d %H:%M:%S} UTC (local clock, not verified)" in said


def _appearance(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        field = next(field for field in opened.Root.AcroForm.Fields if field.T == "Specialist")
        return bytes(field.AP.N.read_bytes())


def test_there_is_room_for_a_time_stamp_and_an_empty_field_for_the_director(signed):
    reader = PdfFileReader(io.BytesIO(signed))
    start, first, second, _ = (int(number) for number in reader.embedded_signatures[0].byte_range)
    hole = signed[first + 1 : second - 1]
    assert start == 0
    assert len(hole) == seal.RESERVED
    assert len(hole) - len(hole.rstrip(b"0")) > 16000
    assert [name for name, value, _ in fields.enumerate_sig_fields(reader) if value is None] == ["Director"]


def test_the_director_may_sign_after_the_specialist(signed, trust):
    director = report.read_identity(*report.make_practice("Dr Director", AT), AT)
    released = report.sign(signed, director, AT, "Director")
    assert released.startswith(signed)
    verdict = report.verify(released, [*trust, report.anchor_pem(director)])
    assert verdict.ok, verdict.lines
    assert [signer.field for signer in verdict.signers] == ["Specialist", "Director"]
    with pikepdf.open(io.BytesIO(released)) as opened:
        fields = {str(field.T): field.V for field in opened.Root.AcroForm.Fields}
        assert opened.Root.Perms.DocMDP.ByteRange == fields["Specialist"].ByteRange
        assert "/Reference" in fields["Specialist"]
        assert "/Reference" not in fields["Director"]


def test_poppler_agrees_that_the_signature_is_valid_and_covers_the_file(signed, tmp_path):
    if not shutil.which("pdfsig"):
        pytest.skip("needs poppler-utils")
    file = tmp_path / "letter.pdf"
    file.write_bytes(signed)
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_openssl_agrees_that_the_signature_fits_the_signed_bytes(signed, trust, tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    reader = PdfFileReader(io.BytesIO(signed))
    _, first, second, rest = (int(number) for number in reader.embedded_signatures[0].byte_range)
    container = reader.embedded_signatures[0].signed_data
    info = cms.ContentInfo({"content_type": "signed_data", "content": container})
    for name, content in (
        ("cms.der", info.dump()),
        ("content", signed[:first] + signed[second : second + rest]),
        ("ca.pem", trust[0]),
    ):
        (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "content",
         "-CAfile", "ca.pem", "-purpose", "any", "-out", "/dev/null"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _spots(pdf: bytes) -> dict[str, int]:
    """One offset in each kind of bytes that the file has."""
    hole = re.search(rb"/Contents <", pdf)
    ranges = re.search(rb"/ByteRange \[", pdf)
    assert hole
    assert ranges
    return {
        "header": 5,
        "page content": pdf.find(b"stream\n") + 40,
        "font": pdf.find(b"/FontFile2") + 2,
        "colour profile": pdf.find(b"/OutputIntent") + 3,
        "metadata": pdf.find(b"<pdfaid:part>") + 13,
        "picture": pdf.find(b"/Subtype /Image") + 400,
        "cross references": pdf.find(b"\nxref\n") + 30,
        "trailer": pdf.find(b"trailer") + 12,
        "first end of file": pdf.find(b"%%EOF") + 1,
        "byte range": ranges.end() + 6,
        "start of signature": hole.end() + 2,
        "signature value": hole.end() + 900,
        "reserved space": hole.end() + seal.RESERVED - 50,
        "after the signature": hole.end() + seal.RESERVED + 4,
        "stamp": pdf.rfind(b"stream\n") + 12,
        "last cross references": pdf.rfind(b"startxref") + 11,
        "last end of file": pdf.rfind(b"%%EOF") + 2,
    }


def test_one_changed_byte_of_any_kind_is_found(signed, trust):
    passed = []
    for kind, offset in _spots(signed).items():
        for bit in (0, 5):
            altered = bytearray(signed)
            altered[offset] ^= 1 << bit
            verdict = report.verify(bytes(altered), trust)
            if verdict.ok or verdict.intact or not verdict.problems:
                passed.append(kind)
    assert passed == []


def test_no_hexadecimal_digit_of_the_signature_can_be_changed_unseen(signed, trust):
    """Every place of the container where a lenient reader might look away, and a sample of the rest."""
    reader = PdfFileReader(io.BytesIO(signed))
    _, first, second, _ = (int(number) for number in reader.embedded_signatures[0].byte_range)
    size = len(signed[first + 1 : second - 1].rstrip(b"0"))
    passed = []
    for place in [*range(120), *range(120, size, 37)]:
        altered = bytearray(signed)
        at = first + 1 + place
        altered[at] = ord(f"{(int(chr(altered[at]), 16) + 1) % 16:x}")
        if report.verify(bytes(altered), trust).ok:
            passed.append(place)
    assert passed == []


@pytest.mark.parametrize("added", [b"\n", b"\n%garbage\n", b"\x00" * 100])
def test_bytes_after_the_signature_are_found(signed, trust, added):
    verdict = report.verify(signed + added, trust)
    assert not verdict.intact
    assert not verdict.ok


def test_a_cut_file_is_not_valid(signed, trust):
    for length in (len(signed) - 1, len(signed) - 200, len(signed) // 2, 100, 0):
        verdict = report.verify(signed[:length], trust)
        assert not verdict.intact
        assert verdict.problems


def test_a_letter_without_its_signature_is_not_valid(built, signed, trust):
    assert report.verify(built, trust).lines[-1] == "The file carries no signature."
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as opened:
        for field in opened.Root.AcroForm.Fields:
            if "/V" in field:
                del field.V
        opened.save(out)
    assert not report.verify(out.getvalue(), trust).intact


def test_a_file_saved_again_by_another_program_is_not_valid(signed, trust):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as opened:
        opened.save(out)
    assert not report.verify(out.getvalue(), trust).intact


def _page_content(writer):
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)


def _picture(writer):
    for page in writer.root["/Pages"]["/Kids"]:
        objects = page.get_object()["/Resources"].get("/XObject", {})
        for name in list(objects):
            if objects[name].get("/Subtype") == "/Image":
                picture = objects[name]
                picture._data = bytes(len(picture.data))
                picture._encoded_data = None
                writer.mark_update(objects.raw_get(name))


def _overlay(writer):
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 600, 300, 650))),
            pdf_name("/Contents"): generic.pdf_string("no malignancy"),
            pdf_name("/F"): generic.NumberObject(4),
        }
    )
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])


def _script(writer):
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    )
    writer.update_root()


def _attachment(writer):
    file = embed.EmbeddedFileObject.from_file_data(writer, b'{"fake":1}', mime_type="application/json")
    embed.embed_file(writer, embed.FileSpec(file_spec_string="evil.json", embedded_data=file))


def _manifest(writer):
    file = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()
    file["/EF"]["/F"] = writer.add_object(generic.StreamObject(stream_data=b'{"forged":"manifest"}'))
    writer.update_container(file["/EF"])


def _stamp(writer):
    field = next(f.get_object() for f in writer.root["/AcroForm"]["/Fields"] if f.get_object()["/T"] == "Specialist")
    field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 10, 10)))
    writer.update_container(field)


@pytest.mark.parametrize(
    "attack", [_page_content, _picture, _overlay, _script, _attachment, _manifest, _stamp], ids=lambda f: f.__name__
)
def test_nothing_can_be_changed_by_appending_to_the_file(signed, trust, attack):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    attack(writer)
    out = io.BytesIO()
    writer.write(out)
    altered = out.getvalue()
    assert altered.startswith(signed)
    assert len(altered) > len(signed) + 100
    verdict = report.verify(altered, trust)
    assert not verdict.intact
    assert verdict.problems


def test_a_rewritten_byte_range_is_not_valid(signed, trust):
    found = re.search(rb"/ByteRange \[[^\]]*\]", signed)
    assert found
    altered = signed.replace(found[0], b"/ByteRange [0 10 20 30]".ljust(len(found[0])))
    assert not report.verify(altered, trust).intact


def test_a_letter_whose_manifest_does_not_check_out_is_not_accepted(letter, who, trust):
    verdict = report.verify(report.sign(report.build(letter), who, AT), trust)
    assert not verdict.ok
    assert any("manifest" in problem for problem in verdict.problems)


def test_any_other_file_is_a_sentence_and_not_a_crash(trust, shared):
    files = [
        *sorted((shared / "data" / "pdf" / "malformed").glob("*.pdf"))[:12],
        *sorted((shared / "data" / "hostile" / "pdf").glob("*"))[:12],
    ]
    assert len(files) > 5
    for content in [b"", b"%PDF-1.7", b"hello", *(file.read_bytes() for file in files if file.is_file())]:
        verdict = report.verify(content, trust)
        assert not verdict.ok
        assert verdict.problems


def test_the_root_certificate_is_not_hidden_in_the_signature(signed, who):
    reader = PdfFileReader(io.BytesIO(signed))
    embedded = reader.embedded_signatures[0].signed_data["certificates"]
    assert [one.chosen.subject.native["common_name"] for one in embedded] == [who.name]
    assert identity.pem(who.anchor).startswith(b"-----BEGIN CERTIFICATE-----")
