"""What a case takes, when it may be erased, and what is then left of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app.domain.case import Consent
from reviewer_app.domain.delivery import OutboxKind
from reviewer_app.domain.opinion import Section
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import NotAllowed
from reviewer_app.services import opinions, storage
from tests.desks import CASE_ID, open_session


@pytest.fixture
def session(tmp_path):
    made = open_session(tmp_path / "home")
    yield made
    made.close()


def put(session, state, **changes):
    session.vault.cases.put(replace(session.vault.cases.get(CASE_ID), state=state, **changes))


def test_an_open_case_is_not_erased(session):
    with pytest.raises(NotAllowed, match="still open"):
        storage.erase(session, CASE_ID)
    assert storage.held(session)[0].hindrance


def test_the_draft_of_a_cancelled_case_is_kept_until_a_person_decides(session):
    opinions.save(session, opinions.open(session, CASE_ID).with_text(Section.HISTORY, "A lump."))
    put(session, CaseState.CANCELLED)
    with pytest.raises(NotAllowed, match="cannot be changed"):
        opinions.save(session, opinions.open(session, CASE_ID))
    with pytest.raises(NotAllowed, match="draft that was never signed"):
        storage.erase(session, CASE_ID)
    assert storage.held(session)[0].draft
    storage.erase(session, CASE_ID, draft_too=True)
    assert session.vault.cases.all() == ()
    last = session.vault.audit.all()[-1]
    assert (last.kind, last.case, last.detail) == ("erased", CASE_ID, "by hand")


def test_nothing_named_after_an_erased_case_stays_in_the_profile(session):
    session.vault.profile.set_value(f"known-records:{CASE_ID}", "[]")
    session.vault.cursors.set("srv", f"records:{CASE_ID}", "x")
    put(session, CaseState.CLOSED)
    assert storage.held(session)[0].size > 0
    storage.erase(session, CASE_ID)
    assert session.vault.profile.value(f"known-records:{CASE_ID}") is None
    assert session.vault.cursors.get("srv", f"records:{CASE_ID}") is None


def test_a_signed_opinion_no_server_has_is_sealed_when_consent_ends_and_erased_only_by_hand(session):
    session.vault.outbox.put(CASE_ID, OutboxKind.OPINION, "{}", "1")
    put(session, CaseState.SIGNED)
    with pytest.raises(NotAllowed):
        storage.erase(session, CASE_ID)
    put(session, CaseState.SIGNED, consent=Consent("Consent/c1", "inactive"))
    assert not storage.withdraw_consent(session, session.vault.cases.get(CASE_ID))
    assert session.vault.cases.all()
    storage.erase(session, CASE_ID)
    assert session.vault.cases.all() == ()


def test_a_draft_is_in_the_log_once_a_quarter_of_an_hour(session):
    draft = opinions.open(session, CASE_ID)
    for words in ("A", "A l", "A lump"):
        draft = opinions.save(session, draft.with_text(Section.HISTORY, words))
    kinds = [(one.kind, one.detail) for one in session.vault.audit.all() if one.case == CASE_ID]
    assert kinds.count(("draft saved", "1")) == 1
    assert len([kind for kind, _ in kinds if kind == "draft saved"]) == 1
