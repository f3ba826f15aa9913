"""Making, opening and closing a vault, and what it leaves on the disk."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlcipher3

from reviewer_app.domain.delivery import OutboxKind
from reviewer_app.errors import (
    DiskFull,
    VaultExists,
    VaultInUse,
    VaultLocked,
    VaultTampered,
    VaultTooNew,
)
from reviewer_app.vault import Vault, slots


def test_everything_is_there_again_after_closing_and_opening(vault, home, make):
    vault.opinions.save(make.opinion("kept"), 0)
    vault.images.put(make.CASE, *make.instance())
    vault.close()
    again = Vault.open(home, make.PASSPHRASE)
    assert again.cases.get(make.CASE) == make.case()
    assert again.opinions.latest(make.CASE).texts == make.opinion("kept").texts
    assert again.images.file(make.CASE, make.instance()[0].uid) == make.instance()[1]
    again.close()


def test_only_the_owner_may_read_what_the_vault_writes(vault, home, make):
    vault.images.put(make.CASE, *make.instance())
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    vault.records.hold(make.CASE, make.record().id, 0, b"%PDF")
    for path in (home, *home.rglob("*")):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_a_second_vault_is_never_made_over_the_first(home, make):
    before = (home / "vault.json").read_bytes()
    with pytest.raises(VaultExists):
        Vault.create(home, make.PASSPHRASE)
    assert (home / "vault.json").read_bytes() == before


def test_a_vault_that_is_open_cannot_be_opened_again(vault, home, make):
    with pytest.raises(VaultInUse):
        Vault.open(home, make.PASSPHRASE)
    code = f"from pathlib import Path\nfrom reviewer_app.vault import Vault\nVault.open(Path({str(home)!r}), 'x' * 12)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "VaultInUse" in done.stderr


def test_a_failed_unlock_leaves_the_vault_free(home, make):
    with pytest.raises(Exception, match="passphrase"):
        Vault.open(home, "a wrong passphrase")
    Vault.open(home, make.PASSPHRASE).close()


def test_after_closing_every_store_says_locked(vault, make):
    vault.images.put(make.CASE, *make.instance())
    vault.close()
    vault.close()
    uses = [
        vault.cases.all,
        lambda: vault.cases.put(make.case()),
        lambda: vault.records.all(make.CASE),
        lambda: vault.results.all(make.CASE),
        lambda: vault.images.put(make.CASE, *make.instance()),
        lambda: vault.images.reader(make.CASE, make.SERIES),
        lambda: vault.opinions.save(make.opinion(), 0),
        vault.outbox.due,
        vault.profile.author,
        lambda: vault.cursors.get("s1", "tasks"),
        lambda: vault.views.all(make.CASE),
        lambda: vault.audit.append("open"),
        lambda: vault.transaction().__enter__(),
    ]
    for use in uses:
        with pytest.raises(VaultLocked):
            use()


def test_a_schema_of_a_newer_program_is_refused(vault, home, make):
    vault._database.execute("PRAGMA user_version = 9999")
    vault.close()
    with pytest.raises(VaultTooNew):
        Vault.open(home, make.PASSPHRASE)


def read_every_page(home: Path, passphrase: str) -> None:
    vault = Vault.open(home, passphrase)
    try:
        vault._database.rows("PRAGMA integrity_check")
    finally:
        vault.close()


@pytest.mark.parametrize("position", [5, 3000, 5 * 4096 + 17])
def test_a_damaged_database_is_an_error_and_never_a_new_one(vault, home, make, position):
    vault.close()
    path = home / "vault.db"
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    with pytest.raises(VaultTampered):
        read_every_page(home, make.PASSPHRASE)


def test_a_missing_database_is_an_error_and_never_a_new_one(home, make):
    (home / "vault.db").unlink()
    with pytest.raises(VaultTampered, match="database"):
        Vault.open(home, make.PASSPHRASE)
    assert not (home / "vault.db").exists()


def test_a_crash_before_the_keys_are_written_leaves_no_vault_and_a_free_place(tmp_path, monkeypatch, make):
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(slots, "write", crash)
        with pytest.raises(KeyboardInterrupt):
            Vault.create(tmp_path, make.PASSPHRASE)
    assert not Vault.exists(tmp_path)
    Vault.create(tmp_path, make.PASSPHRASE)[0].close()


def test_a_crash_after_the_keys_are_written_leaves_a_vault_that_opens(tmp_path, monkeypatch, make):
    write = slots.write

    def crash(*arguments: object) -> None:
        write(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(slots, "write", crash)
        with pytest.raises(KeyboardInterrupt):
            Vault.create(tmp_path, make.PASSPHRASE)
    vault = Vault.open(tmp_path, make.PASSPHRASE)
    vault.cases.put(make.case())
    vault.close()


def test_the_database_is_opened_as_the_security_notes_say(vault):
    def pragma(name: str) -> object:
        return vault._database.row(f"PRAGMA {name}")[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("temp_store") == 2
    assert pragma("secure_delete") == 1
    assert pragma("trusted_schema") == 0
    assert pragma("foreign_keys") == 1
    assert str(pragma("cipher_memory_security")) == "1"


def test_the_database_does_not_open_without_the_key(home):
    connection = sqlcipher3.connect(str(home / "vault.db"))
    with pytest.raises(sqlcipher3.DatabaseError):
        connection.execute("SELECT * FROM cases")
    connection.close()


def test_no_word_of_a_case_is_on_the_disk_in_plain(vault, home, make):
    marker = "Quetzalcoatlus"
    vault.cases.put(make.case(number=marker))
    vault.records.put(make.CASE, make.record(title=marker, files=1), marker.encode())
    vault.records.hold(make.CASE, make.record().id, 0, marker.encode() * 1000)
    vault.opinions.save(make.opinion(marker), 0)
    vault.images.put(make.CASE, *make.instance(value=marker.encode() * 1000))
    vault.images.set_thumbnail(make.CASE, make.SERIES, marker.encode() * 100)
    vault.views.viewed(make.CASE, marker, make.AT)
    vault.profile.set_value("word", marker)
    found = []
    for state in ("open", "closed"):
        files = [path for path in home.rglob("*") if path.is_file()]
        found += [(state, path) for path in files if marker.encode() in path.read_bytes() or marker in path.name]
        assert any(path.name == "vault.db" and path.stat().st_size for path in files)
        vault.close()
    assert found == []


def test_neither_keys_nor_passphrase_reach_the_log(home, make, caplog):
    caplog.set_level(logging.DEBUG)
    vault = Vault.open(home, make.PASSPHRASE)
    key = vault._keys.database.hex()
    vault.cases.put(make.case())
    vault.close()
    assert key not in caplog.text
    assert make.PASSPHRASE not in caplog.text


def test_files_without_a_row_are_swept_at_the_next_unlock(vault, home, make):
    vault.images.put(make.CASE, *make.instance())
    folder = home / "objects" / make.CASE
    kept = set(folder.iterdir())
    (folder / ("f" * 32 + ".sealed")).write_bytes(b"left by a transaction that was undone")
    (folder / "half.sealed.new").write_bytes(b"left by a crash")
    (home / "objects" / ("e" * 32)).mkdir()
    vault.close()
    Vault.open(home, make.PASSPHRASE).close()
    assert set(folder.iterdir()) == kept
    assert [path.name for path in (home / "objects").iterdir()] == [make.CASE]


def test_an_undone_transaction_leaves_nothing(vault, make):
    with pytest.raises(make.Undone):
        make.undone(
            vault,
            lambda: vault.records.put(make.CASE, make.record(), b"{}"),
            lambda: vault.outbox.put(make.CASE, OutboxKind.OPINION, "", ""),
        )
    assert vault.records.all(make.CASE) == ()
    assert vault.outbox.all() == ()


def test_an_inner_transaction_that_fails_undoes_only_itself(vault, make):
    with vault.transaction():
        vault.records.put(make.CASE, make.record("DocumentReference/a"), b"{}")
        with pytest.raises(make.Undone):
            make.undone(vault, lambda: vault.records.put(make.CASE, make.record("DocumentReference/b"), b"{}"))
    assert [record.id for record in vault.records.all(make.CASE)] == ["DocumentReference/a"]


def test_an_outer_transaction_that_fails_undoes_the_inner_one_too(vault, make):
    def inner() -> None:
        with vault.transaction():
            vault.records.put(make.CASE, make.record(), b"{}")

    with pytest.raises(make.Undone):
        make.undone(vault, inner)
    assert vault.records.all(make.CASE) == ()


def test_nothing_slips_in_after_the_disk_ended_a_transaction(vault, make):
    with pytest.raises(DiskFull):
        make.undone(
            vault,
            lambda: vault._database._connection.execute("ROLLBACK"),  # what SQLite does by itself on a full disk
            lambda: vault.records.put(make.CASE, make.record(), b"{}"),
        )
    assert vault.records.all(make.CASE) == ()


def test_many_threads_write_one_at_a_time(vault, make):
    def write(number: int) -> None:
        for turn in range(10):
            with vault.transaction():
                vault.records.put(make.CASE, make.record(f"DocumentReference/{number}-{turn}"), b"{}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(vault.records.all(make.CASE)) == 60


def test_the_unlock_screen_loads_no_key_code():
    code = (
        "import sys, reviewer_app.vault\n"
        "print([name for name in ('cryptography', 'argon2', 'sqlcipher3', 'msgspec') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.strip() == "[]"


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path, make):
    blocked = Path(tmp_path / "file")
    blocked.write_text("not a folder")
    with pytest.raises(Exception, match="folder"):
        Vault.create(blocked / "home", make.PASSPHRASE)
