"""An older copy of the vault is noticed and only read; a clock that is set back lengthens nothing."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from reviewer_app.domain import dates
from reviewer_app.domain.dates import now
from reviewer_app.errors import NotAllowed, VaultReadOnly
from reviewer_app.services import clock, opinions, records, signing, worklist
from reviewer_app.services import session as sessions
from reviewer_app.vault import head
from tests.desks import CASE_ID, PASSPHRASE, REPORT, open_session


class Ring:
    """What a keyring holds."""

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password


@pytest.fixture
def ring(monkeypatch):
    made = Ring()
    monkeypatch.setattr(head, "keyring", lambda: made)
    return made


@pytest.fixture
def older(tmp_path, ring):
    """A vault put back to the state before its last session."""
    home = tmp_path / "home"
    open_session(home).close()
    kept = tmp_path / "kept"
    shutil.copytree(home, kept)
    later = sessions.unlock(home, PASSPHRASE)
    later.close()
    newest = later.home / "objects" / CASE_ID
    newest.mkdir(exist_ok=True)
    (newest / ("ab" * 16 + ".sealed")).write_bytes(b"of the later state")
    (home / "vault.db").write_bytes((kept / "vault.db").read_bytes())
    return home


def test_a_vault_that_was_not_put_back_opens_for_writing(tmp_path, ring):
    open_session(tmp_path).close()
    for _ in range(2):
        session = sessions.unlock(tmp_path, PASSPHRASE)
        assert (session.vault.read_only, session.vault.guarded) == ("", True)
        session.close()
    (kept,) = ring.kept.values()
    assert head.Head.parsed(kept).seq >= 6


def test_an_older_copy_is_opened_for_reading_only_and_no_file_of_the_later_state_is_swept(older):
    session = sessions.unlock(older, PASSPHRASE)
    assert "older copy" in session.vault.read_only
    assert worklist.open_case(session, CASE_ID).number == "SO-2026-000123"
    records.opened(session, CASE_ID, REPORT)
    assert f"record:{REPORT}" in session.vault.views.all(CASE_ID)
    with pytest.raises(VaultReadOnly):
        opinions.save(session, opinions.open(session, CASE_ID))
    with pytest.raises(VaultReadOnly):
        session.vault.cases.erase(CASE_ID)
    assert (older / "objects" / CASE_ID / ("ab" * 16 + ".sealed")).exists()
    kinds = [entry.kind for entry in session.vault.audit.all()]
    assert "integrity failure" in kinds
    assert session.vault.audit.verify()[1] is None
    session.close()


def test_an_older_copy_stays_read_only_until_somebody_takes_it_for_the_right_one(older):
    sessions.unlock(older, PASSPHRASE).close()
    session = sessions.unlock(older, PASSPHRASE)
    assert session.vault.read_only
    name = session.vault.log_name
    sessions.go_on(session)
    assert session.vault.log_name != name  # the servers keep what they hold of the other one
    assert opinions.save(session, opinions.open(session, CASE_ID)).revision == 1
    session.close()
    again = sessions.unlock(older, PASSPHRASE)
    assert not again.vault.read_only
    with pytest.raises(NotAllowed):
        sessions.go_on(again)
    again.close()


@pytest.mark.parametrize("answer", [None, "", "rubbish", "12"])
def test_a_keyring_that_lost_its_word_keeps_nobody_out(tmp_path, ring, monkeypatch, answer):
    open_session(tmp_path).close()
    monkeypatch.setattr(ring, "get_password", lambda *_: answer)
    session = sessions.unlock(tmp_path, PASSPHRASE)
    assert not session.vault.read_only
    session.close()


def test_a_keyring_that_breaks_or_is_missing_keeps_nobody_out(tmp_path, monkeypatch):
    def broken():
        raise RuntimeError

    for place in (broken, lambda: None):
        monkeypatch.setattr(head, "keyring", place)
        session = open_session(tmp_path / str(id(place)))
        assert (session.vault.read_only, session.vault.guarded) == ("", False)
        session.close()


def test_unlock_and_lock_are_in_the_log(tmp_path):
    session, key = sessions.create(tmp_path, PASSPHRASE)
    session.close()
    session = sessions.recover(tmp_path, key, "another four random words")
    told = [(entry.kind, entry.detail) for entry in session.vault.audit.all()]
    assert told == [("unlock", "created"), ("lock", ""), ("unlock", "recovery key"), ("key change", "passphrase")]
    session.close()


@pytest.fixture
def set_clock(monkeypatch):
    """Turns the clock by days."""
    true = now

    def turn(days):
        for module in (dates, clock, worklist, signing):
            monkeypatch.setattr(module, "now", lambda: true() + timedelta(days=days), raising=False)

    return turn


def test_a_clock_set_back_does_not_lengthen_the_lease(tmp_path, set_clock):
    session = open_session(tmp_path)
    worklist.open_case(session, CASE_ID)
    set_clock(13)
    worklist.open_case(session, CASE_ID)
    set_clock(1)
    assert clock.passed(session.vault, "srv") >= timedelta(days=12, hours=23)
    clock.note(session.vault)
    assert session.vault.audit.all()[-1].kind == "clock anomaly"
    with pytest.raises(NotAllowed, match="set back"):
        clock.require_sound(session.vault)
    set_clock(15)
    with pytest.raises(NotAllowed, match="more than 14 days"):
        worklist.open_case(session, CASE_ID)
    session.close()


def test_a_contact_with_the_server_ends_the_doubt_about_the_clock(tmp_path, set_clock):
    session = open_session(tmp_path)
    set_clock(3000)
    clock.note(session.vault)
    set_clock(0)
    assert clock.behind(session.vault)
    clock.contact(session.vault, "srv", now())
    clock.require_sound(session.vault)
    assert clock.passed(session.vault, "srv") < timedelta(minutes=1)
    session.close()


def test_a_clock_that_differs_from_the_servers_is_one_entry_not_one_a_contact(tmp_path):
    session = open_session(tmp_path)
    for _ in range(3):
        clock.contact(session.vault, "srv", now() - timedelta(hours=2))
    kinds = [entry.kind for entry in session.vault.audit.all()]
    assert kinds.count("clock anomaly") == 1
    session.close()
