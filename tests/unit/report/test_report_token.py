"""Signing with a token: the key stays in it, the PIN is asked each time, and the letter is as any other."""

from __future__ import annotations

import pytest

from reviewer_app import report
from reviewer_app.errors import SigningProblem
from tests import soft_token
from tests.signing_authority import NOW, Authority
from tests.unit.report.test_report_conformance import failures
from tests.unit.report.test_report_timestamp import built


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """A token with both kinds of keys, made once: (path of the driver, authority)."""
    path = soft_token.driver()
    soft_token.prepare(tmp_path_factory.mktemp("hsm"))
    authority = Authority()
    for kind in ("rsa", "ec"):
        soft_token.make_token(f"card-{kind}")
        soft_token.put_key(path, f"card-{kind}", kind, authority)
    return path, authority


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_letter_signed_with_a_token_verifies_and_is_archival(letter, token, kind):
    path, authority = token
    card = report.token_of(path, f"card-{kind}")
    holder = report.read_token(card, soft_token.PIN, NOW)
    assert holder.name == f"Dr Token {kind}"
    unsigned = built(letter)
    signed = report.sign_with_token(unsigned, holder.token, soft_token.PIN, NOW)
    assert signed.startswith(unsigned)
    verdict = report.verify(signed, [authority.pem])
    assert verdict.ok, verdict.lines
    assert verdict.signers[0].name == holder.name
    assert failures(signed) == []
    assert report.verify(report.stamped(signed, authority.stamp), [authority.pem]).ok


def test_a_wrong_pin_signs_nothing_and_says_so(letter, token):
    with pytest.raises(SigningProblem, match="PIN is wrong"):
        report.sign_with_token(built(letter), report.token_of(token[0], "card-ec"), "000000", NOW)


def test_a_token_that_is_not_there_and_a_driver_that_is_none_are_sentences(token, tmp_path):
    with pytest.raises(SigningProblem, match="no token named"):
        report.read_token(report.token_of(token[0], "another card"), soft_token.PIN, NOW)
    with pytest.raises(SigningProblem, match="driver"):
        report.read_token(report.token_of(str(tmp_path / "none.so"), "card-ec"), soft_token.PIN, NOW)


def test_an_empty_token_cannot_be_used(token):
    soft_token.make_token("empty")
    with pytest.raises(SigningProblem, match="No certificate"):
        report.read_token(report.token_of(token[0], "empty"), soft_token.PIN, NOW)
