"""The vault in the terminal: what each case takes, erasing one, an older copy that is only read, own snippets."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reviewer_app.cli.main import main
from reviewer_app.cli.replies import Exit
from reviewer_app.domain.states import CaseState
from reviewer_app.services import session as sessions
from tests.desks import CASE_ID, PASSPHRASE, open_session


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONSILIUM_PASSPHRASE", PASSPHRASE)
    open_session(tmp_path / "home").close()
    return tmp_path / "home"


def run(capsys, home, *words):
    status = main(["--home", str(home), "--json", *words])
    said = capsys.readouterr()
    return status, json.loads(said.out or said.err)


def test_a_case_that_is_over_is_erased_and_an_open_one_is_not(home, capsys):
    status, (row,) = run(capsys, home, "vault", "storage")
    assert (status, row["number"], row["erasable"]) == (Exit.DONE, "SO-2026-000123", False)
    assert row["bytes"] > 0
    assert run(capsys, home, "vault", "erase", "SO-2026")[0] == Exit.REFUSED
    session = sessions.unlock(home, PASSPHRASE)
    session.vault.cases.put(replace(session.vault.cases.get(CASE_ID), state=CaseState.CLOSED))
    session.close()
    assert run(capsys, home, "vault", "erase", "SO-2026") == (Exit.DONE, {"erased": CASE_ID})
    assert run(capsys, home, "vault", "storage") == (Exit.DONE, [])


def test_an_older_copy_says_so_syncs_nothing_and_is_written_again_only_on_request(home, capsys):
    session = sessions.unlock(home, PASSPHRASE)
    session.vault.freeze("This vault is an older copy.")
    session.close()
    assert run(capsys, home, "vault", "unlock-check")[1]["read_only"] == "This vault is an older copy."
    assert run(capsys, home, "sync")[0] == Exit.VAULT
    assert run(capsys, home, "vault", "go-on")[0] == Exit.DONE
    assert run(capsys, home, "vault", "go-on")[0] == Exit.REFUSED
    status, verdict = run(capsys, home, "audit", "verify")
    assert (status, verdict["problem"], verdict["compared"]) == (Exit.DONE, "", 0)


def test_commands_open_the_vault_with_the_recovery_key_and_the_log_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("CONSILIUM_PASSPHRASE", raising=False)
    home, file = tmp_path / "home", tmp_path / "key"
    session, key = sessions.create(home, PASSPHRASE)
    session.close()
    file.write_text(key + "\n", "utf-8")
    assert run(capsys, home, "--key-file", str(file), "vault", "unlock-check")[0] == Exit.DONE
    assert run(capsys, home, "vault", "unlock-check", "--key-file", str(file))[0] == Exit.DONE
    assert run(capsys, home, "vault", "unlock-check")[0] != Exit.DONE
    monkeypatch.setenv("CONSILIUM_RECOVERY_KEY", key)
    assert run(capsys, home, "vault", "unlock-check")[0] == Exit.DONE
    session = sessions.unlock(home, PASSPHRASE)
    ways = [entry.detail for entry in session.vault.audit.all() if entry.kind == "unlock"]
    session.close()
    assert ways == ["created", *["recovery key"] * 3, "passphrase"]


def test_servers_that_cannot_be_asked_are_an_error_of_the_server_not_of_the_log(home, capsys):
    session = sessions.unlock(home, PASSPHRASE)
    first = session.vault.audit.all()[0]
    session.vault.cursors.set("srv", "audit", f"{first.seq} {first.chained}")
    session.close()
    assert run(capsys, home, "audit", "verify", "--server")[0] == Exit.SERVER


def test_an_own_snippet_is_kept_offered_and_taken_away(home, capsys):
    snippets = ("opinion", "snippets", "SO-2026-000123")
    assert run(capsys, home, *snippets, "--keep", "Mine", "My own words.")[1][0]["keyword"] == "mine"
    left = run(capsys, home, *snippets, "--drop", "Mine")[1]
    assert "mine" not in [one["keyword"] for one in left]
    assert run(capsys, home, *snippets, "--drop", "Mine")[0] == Exit.NOT_FOUND
