"""Time stamps and revocation data put into a signed letter: they fit, change nothing else, are checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reviewer_app import report
from reviewer_app.errors import SigningProblem
from tests.signing_authority import NOW, Authority
from tests.unit.report.test_report_conformance import countersigned, failures


@pytest.fixture
def authority():
    return Authority("http://127.0.0.1:1")


@pytest.fixture
def signed(letter, authority):
    return report.sign(built(letter), report.read_identity(*authority.signer()[:2], NOW), NOW)


def built(letter):
    items = [report.Evidence(n, "fhir", f"X/{n}/_history/1", f"{n:064x}", f"{n:064x}") for n in range(1, 6)]
    made = report.manifest(letter.opinion, letter.case.number, letter.made_at, items, ["X/1/_history/1"], b"seed")
    return report.build(replace(letter, manifest=made))


def test_a_time_stamp_goes_into_the_reserved_space_and_changes_no_other_byte(signed, authority):
    stamped = report.stamped(signed, authority.stamp)
    assert len(stamped) == len(signed)
    hole = signed.index(b"/Contents <") + 11
    end = signed.index(b">", hole)
    assert (stamped[:hole], stamped[end:]) == (signed[:hole], signed[end:])
    assert (report.is_stamped(signed), report.is_stamped(stamped)) == (False, True)
    verdict = report.verify(stamped, [authority.pem])
    assert verdict.ok, verdict.lines
    assert verdict.signers[0].stamped is not None
    assert "vouched for by a time-stamp authority" in verdict.signers[0].line
    assert failures(stamped) == []


def test_a_time_stamp_of_an_authority_that_is_not_trusted_vouches_for_nothing(signed, authority):
    stamped = report.stamped(signed, Authority().stamp)
    verdict = report.verify(stamped, [authority.pem])
    assert verdict.signers[0].stamped is None
    assert "not verified" in verdict.signers[0].line


def test_a_time_stamp_of_something_else_is_refused(signed, letter, authority):
    from asn1crypto import tsp

    def swapped(request):
        other = tsp.TimeStampReq.load(request)
        other["message_imprint"]["hashed_message"] = bytes(32)
        return authority.stamp(other.dump(force=True))

    with pytest.raises(SigningProblem, match="something else"):
        report.stamped(signed, swapped)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"0\x03\x02\x01\x02"])
def test_an_answer_that_is_no_time_stamp_is_one_sentence(signed, answer):
    with pytest.raises(SigningProblem, match="no usable time stamp"):
        report.stamped(signed, lambda _: answer)


def test_a_letter_the_director_signed_already_gets_no_time_stamp(signed, authority):
    director = report.read_identity(*authority.signer("Dr Director")[:2], NOW)
    with pytest.raises(SigningProblem, match="signed again"):
        report.stamped(countersigned(signed, director), authority.stamp)


def test_revocation_lists_make_it_lasting_and_the_director_may_still_sign(signed, authority):
    stamped = report.stamped(signed, authority.stamp)
    asked = report.revocation_questions(stamped, [authority.pem])
    assert {one.lists for one in asked} == {("http://127.0.0.1:1/root.crl",)}
    lasting = report.with_revocation_data(stamped, [authority.list()], [], [authority.pem])
    assert lasting.startswith(stamped)
    verdict = report.verify(lasting, [authority.pem])
    assert verdict.ok, verdict.lines
    director = report.read_identity(*authority.signer("Dr Director")[:2], NOW)
    twice = report.verify(countersigned(lasting, director), [authority.pem])
    assert twice.ok, twice.lines


def test_a_revoked_signer_is_not_accepted_whether_the_list_is_brought_or_within(letter, authority):
    content, password, certificate = authority.signer()
    signed = report.sign(built(letter), report.read_identity(content, password, NOW), NOW)
    assert report.verify(signed, [authority.pem]).ok
    authority.revoked.append(certificate.serial_number)
    verdict = report.verify(signed, [authority.pem], [authority.list()])
    assert not verdict.ok
    assert any("revoked" in problem for problem in verdict.problems), verdict.problems
    with pytest.raises(SigningProblem):
        report.with_revocation_data(report.stamped(signed, authority.stamp), [authority.list()], [], [authority.pem])


def test_lists_of_another_authority_are_refused(signed, authority):
    with pytest.raises(SigningProblem):
        report.with_revocation_data(report.stamped(signed, authority.stamp), [Authority().list()], [], [authority.pem])


@pytest.fixture
def responding():
    return Authority(responder="http://127.0.0.1:1/ocsp")


def asked_and_answered(pdf, authority):
    questions = report.revocation_questions(pdf, [authority.pem])
    return [authority.answer(one.request) for one in questions if one.responder]


def test_answers_of_a_responder_make_it_lasting_without_any_list(letter, responding):
    signed = report.sign(built(letter), report.read_identity(*responding.signer()[:2], NOW), NOW)
    stamped = report.stamped(signed, responding.stamp)
    answers = asked_and_answered(stamped, responding)
    assert len(answers) == 2  # the signer and the time-stamp authority
    assert not report.verify(stamped, [responding.pem]).signers[0].checked
    lasting = report.with_revocation_data(stamped, [], answers, [responding.pem])
    verdict = report.verify(lasting, [responding.pem])
    assert verdict.ok, verdict.lines
    assert verdict.signers[0].checked
    assert "not revoked, says the issuer" in verdict.signers[0].line
    # what is added after a signature cannot be covered by it; the validator asks it
    assert [one.split(":")[0] for one in failures(lasting)] == ["3a PDFA3A-SIGNATURE-BYTERANGE-001"]
    with pytest.raises(SigningProblem):
        report.with_revocation_data(stamped, [], answers[:1], [responding.pem])
    with pytest.raises(SigningProblem):
        report.with_revocation_data(stamped, [], [b"0\x03\n\x01\x06"], [responding.pem])


def test_an_answer_that_a_signer_was_revoked_is_not_put_in(letter, responding):
    content, password, certificate = responding.signer()
    stamped = report.stamped(report.sign(built(letter), report.read_identity(content, password, NOW), NOW),
                             responding.stamp)  # fmt: skip
    responding.revoked.append(certificate.serial_number)
    with pytest.raises(SigningProblem):
        report.with_revocation_data(stamped, [], asked_and_answered(stamped, responding), [responding.pem])


def test_a_revoked_signer_fails_whenever_the_letter_was_stamped(letter, responding):
    content, password, certificate = responding.signer()
    before = NOW - timedelta(days=3)  # the certificate is revoked since yesterday
    signed = report.sign(built(letter), report.read_identity(content, password, before), before)
    responding.revoked.append(certificate.serial_number)
    for at in (before, NOW):
        stamped = report.stamped(signed, lambda request, at=at: responding.stamp(request, at))
        assert report.verify(stamped, [responding.pem]).ok
        assert not report.verify(stamped, [responding.pem], [responding.list()]).ok


def test_a_stamped_letter_outlasts_the_certificate_of_its_signer_and_one_without_does_not(letter):
    authority = Authority()
    content, password, _ = authority.signer(days=-2)
    then = NOW - timedelta(days=3)
    signed = report.sign(built(letter), report.read_identity(content, password, then), then)
    late = report.verify(signed, [authority.pem])
    assert late.intact
    assert not late.trusted
    stamped = report.stamped(signed, lambda request: authority.stamp(request, then))
    verdict = report.verify(stamped, [authority.pem])
    assert verdict.ok, verdict.lines
    too_late = report.stamped(signed, lambda request: authority.stamp(request, NOW - timedelta(days=1)))
    assert not report.verify(too_late, [authority.pem]).trusted
