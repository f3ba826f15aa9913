"""Passphrase, recovery key and key file."""

from __future__ import annotations

import json
import time
import unicodedata
from pathlib import Path

import pytest

from reviewer_app.errors import BadInput, NoVault, VaultTampered, VaultTooNew, WrongPassphrase
from reviewer_app.vault import Vault, attempts, recovery


def changed(home: Path, **values: object) -> None:
    """Change the passphrase slot of the key file."""
    path = home / "vault.json"
    document = json.loads(path.read_text())
    slot = document["slots"][0]
    slot["cost"].update({key: value for key, value in values.items() if key in slot["cost"]})
    slot.update({key: value for key, value in values.items() if key in slot})
    path.write_text(json.dumps(document))


def test_the_passphrase_opens_the_vault_and_another_does_not(home, make):
    Vault.open(home, make.PASSPHRASE).close()
    with pytest.raises(WrongPassphrase):
        Vault.open(home, make.PASSPHRASE + ".")


def test_a_passphrase_opens_however_the_keyboard_composes_its_accents(tmp_path):
    words = "größere Übersicht hält"
    Vault.create(tmp_path / "home", unicodedata.normalize("NFC", words))[0].close()
    Vault.open(tmp_path / "home", unicodedata.normalize("NFD", words)).close()


def test_a_short_passphrase_makes_no_vault(tmp_path):
    with pytest.raises(BadInput):
        Vault.create(tmp_path / "home", "short one")
    assert not Vault.exists(tmp_path / "home")


def test_the_recovery_key_sets_a_new_passphrase_and_ends_the_old_one(home, template, make):
    Vault.recover(home, template[1], "another long passphrase").close()
    Vault.open(home, "another long passphrase").close()
    with pytest.raises(WrongPassphrase):
        Vault.open(home, make.PASSPHRASE)


def test_the_recovery_key_stays_valid_after_it_was_used(home, template):
    Vault.recover(home, template[1], "another long passphrase").close()
    Vault.recover(home, template[1], "a third long passphrase").close()


def test_the_recovery_key_opens_the_vault_and_leaves_the_passphrase_as_it_is(home, template, make):
    keys = (home / "vault.json").read_bytes()
    Vault.open_with_recovery(home, template[1]).close()
    assert (home / "vault.json").read_bytes() == keys
    Vault.open(home, make.PASSPHRASE).close()
    with pytest.raises(WrongPassphrase):
        Vault.open_with_recovery(home, recovery.printed(bytes(32)))
    with pytest.raises(BadInput):
        Vault.open_with_recovery(home, template[1][:-1])
    Vault.open(home, make.PASSPHRASE).close()  # the refused ones left the vault free


def test_a_recovery_key_is_read_as_people_type_it(home, template):
    typed = template[1].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    Vault.recover(home, typed, "another long passphrase").close()


def test_a_mistyped_recovery_key_is_told_from_a_wrong_one(home, template):
    letters = template[1]
    mistyped = letters[:-1] + ("A" if letters[-1] != "A" else "B")
    with pytest.raises(BadInput, match="mistyped"):
        Vault.recover(home, mistyped, "another long passphrase")
    with pytest.raises(WrongPassphrase):
        Vault.recover(home, recovery.printed(bytes(32)), "another long passphrase")


def test_every_recovery_key_survives_printing():
    for key in (bytes(32), b"\xff" * 32, recovery.new_recovery_key()):
        assert recovery.parsed(recovery.printed(key)) == key


def test_a_changed_passphrase_replaces_the_old_one(vault, home, make):
    with pytest.raises(WrongPassphrase):
        vault.rekey("not the passphrase", "another long passphrase")
    vault.rekey(make.PASSPHRASE, "another long passphrase")
    vault.close()
    with pytest.raises(WrongPassphrase):
        Vault.open(home, make.PASSPHRASE)
    Vault.open(home, "another long passphrase").close()


@pytest.mark.parametrize(
    "weakened",
    [
        {"memory": 1024},
        {"passes": 1},
        {"lanes": 0},
        {"memory": 1 << 30},
        {"passes": 1000},
        {"lanes": 99},
        {"cost": None},
    ],
)
def test_a_slot_that_asks_for_a_cost_we_never_set_is_refused_before_it_is_tried(home, make, weakened):
    changed(home, **weakened)
    with pytest.raises(VaultTampered):
        Vault.open(home, make.PASSPHRASE)


def test_a_changed_cost_within_bounds_does_not_open(home, make):
    changed(home, passes=4)
    with pytest.raises(WrongPassphrase):
        Vault.open(home, make.PASSPHRASE)


@pytest.mark.parametrize("change", [{"id": "AAAA"}, {"wrapped": "AAAA"}])
def test_a_changed_slot_is_told_from_a_wrong_passphrase(home, make, change):
    changed(home, **change)
    with pytest.raises(VaultTampered):
        Vault.open(home, make.PASSPHRASE)


def test_a_slot_of_another_vault_does_not_open_this_one(home, tmp_path, make):
    Vault.create(tmp_path / "other", make.PASSPHRASE)[0].close()
    mine, other = (json.loads((folder / "vault.json").read_text()) for folder in (home, tmp_path / "other"))
    mine["slots"] = other["slots"]
    (home / "vault.json").write_text(json.dumps(mine))
    with pytest.raises(VaultTampered):
        Vault.open(home, make.PASSPHRASE)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1, "vault": "AA==", "slots": []}', "no json"])
def test_a_damaged_key_file_is_an_error_and_never_a_new_vault(home, make, text):
    (home / "vault.json").write_text(text)
    with pytest.raises(VaultTampered):
        Vault.open(home, make.PASSPHRASE)


def test_a_key_file_of_a_newer_program_is_refused(home, make):
    path = home / "vault.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(VaultTooNew):
        Vault.open(home, make.PASSPHRASE)


def test_a_missing_key_file_is_an_error_and_never_a_new_vault(home, make):
    (home / "vault.json").unlink()
    assert Vault.exists(home)
    with pytest.raises(VaultTampered, match="key file"):
        Vault.open(home, make.PASSPHRASE)


def test_no_vault_is_said_so(tmp_path, make):
    assert not Vault.exists(tmp_path)
    with pytest.raises(NoVault):
        Vault.open(tmp_path, make.PASSPHRASE)


def test_wrong_tries_make_the_next_one_wait_longer_and_longer(tmp_path):
    path, waits = tmp_path / "attempts.json", []
    for _ in range(14):
        attempts.charge(path)
        waits.append(attempts.seconds_to_wait(path, now=json.loads(path.read_text())["last"]))
    assert waits[: attempts.FREE - 1] == [0, 0]
    earned = waits[attempts.FREE - 1 :]
    assert earned == sorted(earned)
    assert earned[0] == 2
    assert earned[-1] == attempts.LONGEST


def test_the_wait_survives_a_restart_and_holds_for_the_right_passphrase_too(home, make):
    for _ in range(attempts.FREE):
        with pytest.raises(WrongPassphrase):
            Vault.open(home, "a wrong passphrase")
    assert Vault.seconds_to_wait(home) > 0
    with pytest.raises(WrongPassphrase, match="Wait"):
        Vault.open(home, make.PASSPHRASE)


def test_the_wait_ends_and_the_right_passphrase_clears_it(home, make):
    (home / "attempts.json").write_text(json.dumps({"tries": 5, "last": time.time() - 1000}))
    Vault.open(home, make.PASSPHRASE).close()
    assert not (home / "attempts.json").exists()


def test_a_clock_set_back_does_not_lengthen_the_wait(tmp_path):
    path = tmp_path / "attempts.json"
    path.write_text(json.dumps({"tries": 4, "last": time.time() + 1e9}))
    assert attempts.seconds_to_wait(path) == 4


def test_a_try_is_counted_before_it_is_made(home, monkeypatch):
    monkeypatch.setattr("reviewer_app.vault.slots.unlock_with_passphrase", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Vault.open(home, "a wrong passphrase")
    assert json.loads((home / "attempts.json").read_text())["tries"] == 1
