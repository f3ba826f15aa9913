"""Drafts, signed opinions, the outbox, the profile and the audit log."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from reviewer_app.domain.delivery import OutboxKind, OutboxState
from reviewer_app.domain.opinion import Author, Section
from reviewer_app.domain.profile import AuthKind, Credentials, Server
from reviewer_app.errors import BadInput, NotAllowed, NotFound, VaultTampered
from reviewer_app.vault import Vault
from reviewer_app.vault.opinions import RECENT


def test_every_save_is_a_snapshot_that_can_be_read_again(vault, make):
    assert vault.opinions.latest(make.CASE) is None
    first = vault.opinions.save(make.opinion("first"), 0)
    second = vault.opinions.save(first.with_text(Section.DIAGNOSIS, "second"), first.revision)
    assert (first.revision, second.revision) == (1, 2)
    assert vault.opinions.latest(make.CASE) == second
    assert vault.opinions.at(make.CASE, 1) == first
    assert [revision for revision, _ in vault.opinions.history(make.CASE)] == [1, 2]
    with pytest.raises(NotFound):
        vault.opinions.at(make.CASE, 3)


def test_a_draft_changed_elsewhere_is_never_overwritten_and_neither_text_is_lost(vault, make):
    base = vault.opinions.save(make.opinion("base"), 0)
    mine = vault.opinions.save(base.with_text(Section.DIAGNOSIS, "mine"), base.revision)
    with pytest.raises(BadInput, match="another window"):
        vault.opinions.save(base.with_text(Section.DIAGNOSIS, "theirs"), base.revision)
    assert vault.opinions.latest(make.CASE) == mine
    ((revision, _),) = vault.opinions.set_aside(make.CASE)
    assert vault.opinions.at(make.CASE, revision).text(Section.DIAGNOSIS) == "theirs"
    after = vault.opinions.save(mine.with_text(Section.DIAGNOSIS, "both"), mine.revision)
    assert vault.opinions.latest(make.CASE) == after


def test_a_conflicting_text_survives_the_transaction_it_was_saved_in(vault, make):
    vault.opinions.save(make.opinion("mine"), 0)
    with pytest.raises(BadInput):
        make.undone(
            vault,
            lambda: vault.outbox.put(make.CASE, OutboxKind.OPINION, "{}", ""),
            lambda: vault.opinions.save(make.opinion("theirs"), 0),
        )
    ((revision, _),) = vault.opinions.set_aside(make.CASE)
    assert vault.opinions.at(make.CASE, revision).text(Section.DIAGNOSIS) == "theirs"
    assert vault.outbox.all() == ()


def test_of_two_that_save_at_once_one_wins_and_both_texts_are_kept(vault, make):
    base = vault.opinions.save(make.opinion("base"), 0)
    lost = []

    def save(text: str) -> None:
        try:
            vault.opinions.save(base.with_text(Section.DIAGNOSIS, text), base.revision)
        except BadInput:
            lost.append(text)

    threads = [threading.Thread(target=save, args=(text,)) for text in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [vault.opinions.at(make.CASE, revision) for revision, _ in vault.opinions.history(make.CASE)]
    assert len(lost) == 5
    assert sorted(opinion.text(Section.DIAGNOSIS) for opinion in kept) == ["a", "b", "base", "c", "d", "e", "f"]


def test_old_snapshots_are_thinned_but_never_the_newest_the_signed_or_those_set_aside(vault, make):
    opinion = vault.opinions.save(make.opinion("start"), 0)
    vault.opinions.sign(opinion.id, make.CASE, 1, make.AT, "Dr. Q", b"%PDF")
    with pytest.raises(BadInput):
        vault.opinions.save(make.opinion("aside"), 0)
    for count in range(400):
        opinion = vault.opinions.save(opinion.with_text(Section.DIAGNOSIS, f"text {count}"), opinion.revision)
    kept = [revision for revision, _ in vault.opinions.history(make.CASE)]
    assert len(kept) < 200
    assert {1, 2} <= set(kept)
    newest = range(opinion.revision - RECENT + 1, opinion.revision + 1)
    assert set(newest) <= set(kept)
    assert vault.opinions.latest(make.CASE) == opinion


def test_a_signed_pdf_comes_back_as_it_was_signed(vault, make):
    assert vault.opinions.signed(make.CASE) is None
    opinion = vault.opinions.save(make.opinion(), 0)
    signed = vault.opinions.sign(opinion.id, make.CASE, 1, make.AT, "Dr. Q", b"%PDF signed", clock_offset=-1.5)
    assert vault.opinions.signed(make.CASE) == signed
    assert vault.opinions.pdf(signed) == b"%PDF signed"


def test_a_recalled_opinion_no_longer_stands_and_is_not_destroyed(vault, make):
    opinion = vault.opinions.save(make.opinion(), 0)
    signed = vault.opinions.sign(opinion.id, make.CASE, 1, make.AT, "Dr. Q", b"%PDF")
    vault.opinions.recall(make.CASE)
    assert vault.opinions.signed(make.CASE) is None
    assert vault.opinions.pdf(signed) == b"%PDF"
    with pytest.raises(NotFound):
        vault.opinions.recall(make.CASE)


def test_a_damaged_signed_pdf_is_never_shown(vault, make, home):
    opinion = vault.opinions.save(make.opinion(), 0)
    signed = vault.opinions.sign(opinion.id, make.CASE, 1, make.AT, "Dr. Q", b"%PDF")
    path = home / "objects" / make.CASE / f"{signed.pdf}.sealed"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(VaultTampered):
        vault.opinions.pdf(signed)


def test_the_outbox_tells_what_is_due_oldest_first(vault, make):
    first, second = (vault.outbox.put(make.CASE, OutboxKind.TASK_STATE, f'{{"n": {n}}}', "3") for n in (1, 2))
    assert vault.outbox.due() == (first, second)
    vault.outbox.set(first.id, OutboxState.INFLIGHT)
    vault.outbox.count_attempt(first.id)
    assert vault.outbox.due() == (second,)
    vault.outbox.requeue_inflight()
    assert [(entry.id, entry.attempts) for entry in vault.outbox.due()] == [(first.id, 1), (second.id, 0)]
    vault.outbox.set(second.id, OutboxState.BLOCKED, "The server said no.")
    assert vault.outbox.all(make.CASE)[1].reason == "The server said no."
    assert vault.outbox.all("f" * 32) == ()


def test_only_a_verified_entry_has_a_moment_of_delivery_and_it_is_final(vault, make):
    entry = vault.outbox.put(make.CASE, OutboxKind.OPINION, "{}", "3")
    vault.outbox.set(entry.id, OutboxState.ACKNOWLEDGED)
    assert vault.outbox.get(entry.id).verified_at is None
    vault.outbox.set(entry.id, OutboxState.VERIFIED)
    assert vault.outbox.get(entry.id).verified_at is not None
    for state in (OutboxState.QUEUED, OutboxState.RECALLED, OutboxState.BLOCKED):
        with pytest.raises(NotAllowed):
            vault.outbox.set(entry.id, state)
    assert vault.outbox.get(entry.id).state is OutboxState.VERIFIED


def test_an_unknown_entry_is_said_so(vault):
    with pytest.raises(NotFound):
        vault.outbox.set(99, OutboxState.QUEUED)
    with pytest.raises(NotFound):
        vault.outbox.count_attempt(99)


def test_servers_and_their_credentials_are_kept(vault):
    server = Server("s1", "https://fhir", "https://pacs", Credentials(AuthKind.BASIC, "me", "secret"))
    vault.profile.put_server(server)
    vault.profile.put_server(Server("s2", "https://other", ""))
    assert vault.profile.servers() == (server, Server("s2", "https://other", ""))
    vault.cursors.set("s1", "tasks", "2026-11-22")
    vault.profile.remove_server("s1")
    assert vault.cursors.get("s1", "tasks") is None
    with pytest.raises(NotFound):
        vault.profile.server("s1")


def test_author_identity_and_values_are_kept(vault):
    assert (vault.profile.author(), vault.profile.identity(), vault.profile.value("x")) == (Author(), None, None)
    vault.profile.set_author(Author("Dr. Quiroga", "Hepatobiliary surgery"))
    vault.profile.set_identity(b"\x30\x82", "password")
    vault.profile.set_value("identity-password", "another")
    assert vault.profile.author().name == "Dr. Quiroga"
    assert vault.profile.identity() == (b"\x30\x82", "password")
    assert vault.profile.value("identity-password") == "another"


def test_cursors_contacts_and_views_are_kept(vault, make):
    later = make.AT + timedelta(seconds=90)
    vault.cursors.set("s1", "tasks", "a")
    vault.cursors.set("s1", "tasks", "b")
    vault.cursors.contact("s1", make.AT, later)
    vault.views.viewed(make.CASE, "series:1.2", make.AT)
    vault.views.viewed(make.CASE, "series:1.2", later)
    assert (vault.cursors.get("s1", "tasks"), vault.cursors.get("s1", "other")) == ("b", None)
    assert vault.cursors.last_contact("s1") == (make.AT, later)
    assert vault.cursors.last_contact("s2") is None
    assert vault.views.all(make.CASE) == {"series:1.2": later}


@pytest.fixture
def logged(vault, make):
    for number in range(450):
        vault.audit.append("view", make.CASE, f"record {number}")
    return vault


def test_an_untouched_log_verifies_over_closing_and_opening(logged, home, make):
    assert logged.audit.verify() == (450, None)
    logged.close()
    again = Vault.open(home, make.PASSPHRASE)
    again.audit.append("unlock")
    assert again.audit.verify() == (451, None)
    assert [entry.kind for entry in again.audit.all()][-2:] == ["view", "unlock"]
    again.close()


@pytest.mark.parametrize(
    ("attack", "intact", "problem"),
    [
        ("UPDATE audit SET detail = 'other' WHERE seq = 77", 76, "entry 77 was changed"),
        ("UPDATE audit SET at = '2020' WHERE seq = 77", 76, "entry 77 was changed"),
        ("DELETE FROM audit WHERE seq = 100", 99, "entry 100 is missing"),
        ("DELETE FROM audit WHERE seq > 300", 300, "entries up to 400 were removed or rewritten"),
        ("UPDATE checkpoints SET signature = x'00' WHERE seq = 200", 450, "the checkpoint at entry 200 was changed"),
    ],
)
def test_a_changed_log_is_found(logged, attack, intact, problem):
    logged._database.execute(attack)
    assert logged.audit.verify() == (intact, problem)


def test_the_log_outlives_the_case_it_speaks_of(logged, make):
    logged.cases.erase(make.CASE)
    assert logged.audit.verify() == (450, None)
