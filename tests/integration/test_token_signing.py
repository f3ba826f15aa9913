"""Signing an opinion with a card: the PIN is asked for each signature and kept nowhere."""

from __future__ import annotations

import json

import pytest

from reviewer_app.cli import main
from reviewer_app.domain.profile import TokenChoice
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import NotAllowed, SigningProblem
from reviewer_app.services import identity, signing, verification
from tests import soft_token
from tests.desks import CASE_ID, PASSPHRASE, open_session
from tests.integration.test_signing import write
from tests.signing_authority import Authority


def test_an_opinion_is_signed_with_a_card_by_its_pin_and_by_nothing_else(tmp_path):
    path = soft_token.driver()
    soft_token.prepare(tmp_path)
    authority = Authority()
    soft_token.make_token("card")
    soft_token.put_key(path, "card", "ec", authority)
    session = open_session(tmp_path / "home")
    write(session)
    assert not identity.asks_pin(session)
    name = identity.use_token(session, TokenChoice(path, "card"), soft_token.PIN)
    assert (identity.current(session), identity.asks_pin(session)) == (name, True)
    with pytest.raises(NotAllowed):
        identity.make_practice(session)
    shown = signing.preview(session, CASE_ID)
    for pin in ("", "999999"):
        with pytest.raises(SigningProblem, match="PIN"):
            signing.sign(session, CASE_ID, shown, pin)
        assert session.vault.cases.get(CASE_ID).state is CaseState.IN_REVIEW
    signed = signing.sign(session, CASE_ID, shown, soft_token.PIN)
    assert signed.signer == name
    assert verification.verify(signing.pdf(session, CASE_ID), [identity.certificate(session)]).ok
    kept = [row[0] for row in session.vault._database.rows("SELECT value FROM profile")]
    assert not any(soft_token.PIN.encode() in bytes(value) for value in kept)
    session.close()


def test_the_terminal_lists_what_tokens_offer_and_signs_with_the_one_that_is_named(tmp_path, monkeypatch, capsys):
    path = soft_token.driver()
    soft_token.prepare(tmp_path)
    soft_token.make_token("card")
    soft_token.put_key(path, "card", "ec", Authority())
    open_session(tmp_path / "home").close()
    monkeypatch.setenv("CONSILIUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONSILIUM_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("CONSILIUM_PIN", soft_token.PIN)
    assert main(["identity", "token", path, "--json"]) == 0
    (offer,) = json.loads(capsys.readouterr().out)
    assert (offer["label"], offer["key"], offer["name"], offer["usable"]) == ("card", "07", "Dr Token ec", True)
    assert main(["identity", "token", path, "card", "--key", "08"]) != 0
    assert "No certificate on this token belongs to a private key" in capsys.readouterr().err
    assert main(["identity", "token", path, "card", "--key", offer["key"]]) == 0
    capsys.readouterr()
    assert main(["identity", "show"]) == 0
    assert "Signs as Dr Token ec." in capsys.readouterr().out
