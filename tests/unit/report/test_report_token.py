"""Signing with a token: the key stays in it, the PIN is asked each time, and the letter is as any other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pkcs11 import TokenFlag
from pkcs11.exceptions import MultipleTokensReturned, PinExpired, PinIncorrect, PinLocked

from reviewer_app import report
from reviewer_app.errors import SigningProblem
from reviewer_app.report import token as tokens
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


def test_the_certificates_of_every_token_are_told_without_a_pin(token):
    offered = {one.token.label: one for one in report.token_offers(token[0], NOW)}
    for kind in ("rsa", "ec"):
        offer = offered[f"card-{kind}"]
        assert (offer.name, offer.issuer, offer.token.key, offer.problem) == (f"Dr Token {kind}", "Test root", "07", "")
        assert report.read_token(offer.token, soft_token.PIN, NOW).name == offer.name
    late = next(one for one in report.token_offers(token[0], NOW + timedelta(days=900)) if one.name == "Dr Token ec")
    assert "expired" in late.problem
    with pytest.raises(SigningProblem, match="expired"):
        report.read_token(late.token, soft_token.PIN, NOW + timedelta(days=900))


class LockingToken:
    """A token as cards are and the software token is not: it counts wrong PINs and locks."""

    def __init__(self, flags=0, problem=PinIncorrect):
        self.flags, self._problem = TokenFlag(flags), problem

    def get_token(self, token_label):
        assert token_label == "card"
        return self

    def open(self, user_pin):
        raise self._problem


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (LockingToken(), "The PIN is wrong. Type it again; a token locks after a few wrong PINs."),
        (LockingToken(TokenFlag.USER_PIN_FINAL_TRY), "One try is left"),
        (LockingToken(TokenFlag.USER_PIN_LOCKED), "The token is locked now"),
        (LockingToken(problem=PinLocked), "The token is locked. Unlock it with the programme of its maker."),
        (LockingToken(problem=PinExpired), "The PIN has expired."),
        (LockingToken(problem=MultipleTokensReturned), "Two tokens are named card."),
    ],
)
def test_what_is_wrong_with_a_pin_is_said_with_how_many_tries_are_left(monkeypatch, card, said):
    monkeypatch.setattr(tokens, "_library", lambda _driver: card)
    with pytest.raises(SigningProblem) as told:
        report.read_token(report.token_of("driver", "card"), "123456", NOW)
    assert said in str(told.value)
