"""Cases: finding, completeness, what is new, and erasing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from reviewer_app.domain.case import Attestation, Completeness
from reviewer_app.domain.delivery import OutboxKind
from reviewer_app.errors import BadInput, DiskFull, NotFound, VaultLocked

OTHER = "fedcba98765432100123456789abcdef"
PAGE, RESERVED = 4096, 80


@pytest.mark.parametrize(
    "text", ["2026-0117", "task/T1", "t1", "0123456789ABCDEF0123456789abcdef", "2026-0", " 01234 "]
)
def test_a_case_is_found_by_what_people_call_it(vault, make, text):
    vault.cases.put(make.case(OTHER, "2025-0900", "Task/zz"))
    assert vault.cases.find(text) == make.case()


def test_a_whole_name_wins_over_the_beginning_of_another(vault, make):
    vault.cases.put(make.case(OTHER, "2026-01170", "Task/t10"))
    assert vault.cases.find("2026-0117").number == "2026-0117"
    assert vault.cases.find("t1").task.ref == "Task/t1"


@pytest.mark.parametrize(
    ("text", "error"), [("2026", BadInput), ("t", BadInput), ("nothing", NotFound), ("", NotFound)]
)
def test_a_name_that_fits_several_cases_or_none_is_refused(vault, make, text, error):
    vault.cases.put(make.case(OTHER, "2026-0200", "Task/t2"))
    with pytest.raises(error):
        vault.cases.find(text)


def test_a_case_is_found_by_its_assignment(vault, make):
    assert vault.cases.by_task("s1", "Task/t1") == make.case()
    assert vault.cases.by_task("s2", "Task/t1") is None


def test_a_changed_case_keeps_its_place_its_key_and_what_was_remembered(vault, make):
    vault.cases.put(make.case(OTHER, "2", "Task/t2"))
    vault.images.put(make.CASE, *make.instance())
    vault.cases.set_arrangement(make.CASE, b"panes")
    vault.cases.put(replace(make.case(), title="Another title"))
    assert [case.title for case in vault.cases.all()] == ["Another title", "Pancreatic mass"]
    assert vault.cases.arrangement(make.CASE) == b"panes"
    assert vault.images.file(make.CASE, make.instance()[0].uid) == make.instance()[1]


@pytest.mark.parametrize("case_id", ["", "case-1", "../../etc", "0" * 31, "0" * 31 + "G", "A" * 32])
def test_a_case_id_that_could_name_another_folder_is_refused(vault, make, case_id):
    with pytest.raises(BadInput):
        vault.cases.put(make.case(case_id, "2", "Task/t2"))
    assert len(vault.cases.all()) == 1


def test_an_unknown_case_is_said_so(vault, make):
    attestation = Attestation(independent=True, competent=True, timely=True, at=make.AT)
    for use in (
        lambda: vault.cases.get(OTHER),
        lambda: vault.cases.completeness(OTHER),
        lambda: vault.cases.records_ready(OTHER, ready=True),
        lambda: vault.cases.opened(OTHER, make.AT),
        lambda: vault.cases.arrangement(OTHER),
        lambda: vault.cases.attest(OTHER, attestation),
        lambda: vault.cases.erase(OTHER),
        lambda: vault.outbox.put(OTHER, OutboxKind.OPINION, "{}", ""),
        lambda: vault.views.viewed(OTHER, "record:x", make.AT),
        lambda: vault.opinions.save(replace(make.opinion(), case=OTHER), 0),
        lambda: vault.records.put(OTHER, make.record(), b"{}"),
        lambda: vault.results.put(OTHER, [make.result(1)]),
    ):
        with pytest.raises(NotFound):
            use()


def test_an_attestation_is_kept(vault, make):
    assert vault.cases.attestation(make.CASE) is None
    attestation = Attestation(independent=True, competent=True, timely=False, at=make.AT)
    vault.cases.attest(make.CASE, attestation)
    assert vault.cases.attestation(make.CASE) == attestation


def test_completeness_counts_what_is_here_and_what_is_not(vault, make):
    assert vault.cases.completeness(make.CASE) == Completeness()
    vault.cases.records_ready(make.CASE, ready=True)
    vault.records.put(make.CASE, make.record(files=3), b"{}")
    vault.records.hold(make.CASE, make.record().id, 0, b"%PDF")
    vault.records.refuse(make.CASE, make.record().id, 1, "The server does not have it.")
    made = [make.instance(number) for number in (1, 2, 3)]
    vault.images.expect(make.CASE, make.study(), {make.SERIES: [instance.uid for instance, _ in made]})
    vault.images.put_many(make.CASE, made[:1])
    vault.images.fail(make.CASE, made[1][0].uid, "It is cut.")
    completeness = vault.cases.completeness(make.CASE)
    assert completeness == Completeness(
        records_ready=True, documents_held=1, documents=2, images_held=1, images=3, failed=2
    )
    assert not completeness.offline


def test_a_case_is_complete_offline_once_everything_is_held(vault, make):
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    vault.records.hold(make.CASE, make.record().id, 0, b"%PDF")
    vault.images.expect(make.CASE, make.study(), {make.SERIES: [make.instance()[0].uid]})
    vault.images.put(make.CASE, *make.instance())
    assert not vault.cases.completeness(make.CASE).offline
    vault.cases.records_ready(make.CASE, ready=True)
    assert vault.cases.completeness(make.CASE).offline


def test_new_records_are_counted_since_the_case_was_last_opened(vault, make):
    vault.records.put(make.CASE, make.record("DocumentReference/a"), b"{}")
    assert vault.cases.new_since_opened(make.CASE) == 0
    vault.cases.opened(make.CASE, make.AT)
    assert vault.cases.new_since_opened(make.CASE) == 0
    vault.records.put(make.CASE, make.record("DocumentReference/a"), b"{}")
    assert vault.cases.new_since_opened(make.CASE) == 0
    vault.records.put(make.CASE, make.record("DocumentReference/a", "2"), b"{}")
    vault.records.put(make.CASE, make.record("DocumentReference/b"), b"{}")
    assert vault.cases.new_since_opened(make.CASE) == 2
    vault.cases.opened(make.CASE, make.AT)
    vault.records.remove(make.CASE, "DocumentReference/b")
    vault.records.put(make.CASE, make.record("DocumentReference/c"), b"{}")
    assert vault.cases.new_since_opened(make.CASE) == 1


def decrypted(key: bytes, content: bytes, start: int, step: int) -> bytes:
    """Pages of a SQLCipher file or log; the salt stands before the first page."""
    out = b""
    for position in range(start, len(content) - PAGE + 1, step):
        page = content[position : position + PAGE]
        for skip in (0, 16):
            cipher = Cipher(algorithms.AES(key), modes.CBC(page[PAGE - RESERVED : PAGE - RESERVED + 16])).decryptor()
            out += cipher.update(page[skip : PAGE - RESERVED])
    return out


def everything(vault, home) -> bytes:
    key = bytes(vault._keys.database)
    out = decrypted(key, (home / "vault.db").read_bytes(), 0, PAGE)
    log = home / "vault.db-wal"
    return out + (decrypted(key, log.read_bytes(), 32 + 24, PAGE + 24) if log.exists() else b"")


def test_nothing_of_an_erased_case_can_be_decrypted_even_with_every_key(vault, make, home):
    vault.cases.put(make.case(OTHER, "stays-here", "Task/t2"))
    vault.records.put(make.CASE, make.record(title="xqzzymarker"), b"xqzzymarker" * 500)
    vault.opinions.save(make.opinion("xqzzymarker"), 0)
    vault.images.put(make.CASE, *make.instance())
    wrapped = vault._database.row("SELECT wrapped_key FROM cases WHERE id = ?", make.CASE)[0]
    before = everything(vault, home)
    assert wrapped in before
    assert b"xqzzymarker" in before
    vault.cases.erase(make.CASE)
    after = everything(vault, home)
    assert wrapped not in after
    assert b"xqzzymarker" not in after
    assert b"stays-here" in after
    assert not (home / "objects" / make.CASE).exists()
    assert [case.id for case in vault.cases.all()] == [OTHER]


def test_an_erased_case_stops_its_readers(vault, make):
    vault.images.put(make.CASE, *make.instance())
    reader = vault.images.reader(make.CASE, make.SERIES)
    vault.cases.erase(make.CASE)
    with pytest.raises(VaultLocked):
        reader.pixels(make.instance()[0].uid)


def test_erasing_that_is_undone_loses_nothing(vault, make):
    vault.images.put(make.CASE, *make.instance())
    with pytest.raises(make.Undone):
        make.undone(vault, lambda: vault.cases.erase(make.CASE))
    assert vault.images.file(make.CASE, make.instance()[0].uid) == make.instance()[1]


def test_a_full_disk_while_the_log_is_emptied_does_not_save_the_files_of_an_erased_case(vault, make, home, monkeypatch):
    def full() -> None:
        raise DiskFull("The disk is full.")

    vault.images.put(make.CASE, *make.instance())
    monkeypatch.setattr(vault._database, "truncate_log", full)
    with pytest.raises(DiskFull):
        vault.cases.erase(make.CASE)
    assert not (home / "objects" / make.CASE).exists()
    assert vault.cases.all() == ()


def test_a_case_assigned_again_after_erasing_starts_empty(vault, make):
    vault.images.put(make.CASE, *make.instance())
    vault.cases.erase(make.CASE)
    vault.cases.put(make.case())
    assert vault.images.studies(make.CASE) == ()
    vault.images.put(make.CASE, *make.instance())
    assert vault.images.file(make.CASE, make.instance()[0].uid) == make.instance()[1]
