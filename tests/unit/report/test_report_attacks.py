"""Further attacks on signed letters: signatures cut off, weaker ones put in place, certificates of others."""

from __future__ import annotations

import io
import shutil
import subprocess

import pytest
from pyhanko.sign import fields, signers

from reviewer_app import report
from reviewer_app.errors import SigningProblem
from reviewer_app.report import seal
from reviewer_app.services import verification
from tests.signing_authority import NOW, Authority
from tests.unit.report.test_report_conformance import countersigned
from tests.unit.report.test_report_signature import _attachment, _overlay
from tests.unit.report.test_report_timestamp import built


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def unsigned(letter):
    return built(letter)


@pytest.fixture
def people(authority):
    return [report.read_identity(*authority.signer(name)[:2], NOW) for name in ("Dr Signer", "Dr Director")]


def signed_otherwise(pdf, who, **options):
    meta = signers.PdfSignatureMetadata(
        "Specialist", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, **options
    )
    out = io.BytesIO()
    signers.PdfSigner(meta, signer=seal._KeySigner(who)).sign_pdf(
        seal.Appending(io.BytesIO(pdf)), existing_fields_only=True, output=out
    )
    return out.getvalue()


def appended(pdf, change):
    writer = seal.Appending(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_signature_without_certification_is_not_accepted_nor_what_is_added_to_it(unsigned, people, authority):
    weak = signed_otherwise(unsigned, people[0], certify=False)
    for pdf in (weak, appended(weak, _overlay), appended(weak, _attachment)):
        verdict = report.verify(pdf, [authority.pem])
        assert not verdict.ok
        assert any("certify" in problem for problem in verdict.problems)


def test_a_letter_closed_for_all_changes_cannot_be_countersigned_unnoticed(unsigned, people, authority):
    closed = signed_otherwise(unsigned, people[0], certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES)
    assert report.verify(closed, [authority.pem]).ok
    with pytest.raises(SigningProblem):
        countersigned(closed, people[1])


def test_a_directors_signature_that_was_cut_off_is_missed_where_it_is_required(unsigned, people, authority):
    once = report.sign(unsigned, people[0], NOW)
    twice = countersigned(once, people[1])
    assert verification.verify(twice, [authority.pem], required=["Director"]).ok
    cut = twice[: len(once)]
    assert verification.verify(cut, [authority.pem]).ok
    verdict = verification.verify(cut, [authority.pem], required=["Director"])
    assert not verdict.ok
    assert verdict.problems == ("The signature Director is missing.",)


@pytest.mark.parametrize("cut", [1, 200, 30_000])
def test_a_shortened_file_is_not_valid(unsigned, people, authority, cut):
    assert not report.verify(report.sign(unsigned, people[0], NOW)[:-cut], [authority.pem]).intact


@pytest.mark.parametrize("more", [b"\n", b"\n%garbage\n", b"\0" * 5000])
def test_anything_behind_the_end_is_not_valid(unsigned, people, authority, more):
    assert not report.verify(report.sign(unsigned, people[0], NOW) + more, [authority.pem]).intact


def test_the_signatures_of_two_letters_cannot_be_exchanged(unsigned, reworded, people, authority):
    from reviewer_app.domain.opinion import Section

    one = report.sign(unsigned, people[0], NOW)
    other = report.sign(built(reworded(Section.DIAGNOSIS, "No cancer.")), people[0], NOW)
    begin = (one.index(b"/Contents <"), other.index(b"/Contents <"))
    end = (one.index(b">", begin[0]), other.index(b">", begin[1]))
    swapped = one[: begin[0]] + other[begin[1] : end[1]] + one[end[0] :]
    assert len(swapped) == len(one)
    assert not report.verify(swapped, [authority.pem]).intact


def test_the_director_alone_does_not_make_a_letter(unsigned, people, authority):
    verdict = report.verify(countersigned(unsigned, people[1]), [authority.pem])
    assert not verdict.ok
    assert "The specialist's signature is missing." in verdict.problems


def test_poppler_agrees_on_two_signatures_and_on_a_changed_byte(unsigned, people, tmp_path):
    if not shutil.which("pdfsig"):
        pytest.skip("needs poppler-utils")
    twice = countersigned(report.sign(unsigned, people[0], NOW), people[1])
    changed = bytearray(twice)
    changed[twice.index(b"stream") + 40] ^= 1
    for name, content, valid in (("twice", twice, 2), ("changed", bytes(changed), 0)):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(content)
        said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
        assert said.count("Signature is Valid") == valid
