"""Servers, secrets and options in the terminal: no secret goes to a host it was not given for."""

from __future__ import annotations

import argparse
import getpass
import io
import json

import pytest

from reviewer_app.cli import server_words
from reviewer_app.cli.main import main
from reviewer_app.cli.replies import Exit
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.profile import AuthKind, Credentials
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.errors import BadInput
from reviewer_app.jobs import Job
from reviewer_app.services import session as sessions
from reviewer_app.services import sync
from tests.desks import CASE_ID, PASSPHRASE, open_session

pytestmark = pytest.mark.usefixtures("hurry")
FHIR, SAME, OTHER = "https://a.example/fhir", "https://a.example:8443/dicom-web", "https://b.example/dicom-web"
NOBODY = Credentials()


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for name in (server_words.PASSWORD, server_words.TOKEN):
        monkeypatch.delenv(name, raising=False)


def credentials(*words):
    parser = argparse.ArgumentParser()
    server_words.add_to(parser)
    return server_words.credentials(parser.parse_args(words))


def test_credentials_are_shared_by_servers_of_one_host_alone():
    login = ("--user", "ann", "--password", "secret")
    ann = Credentials(AuthKind.BASIC, "ann", "secret")
    assert credentials(FHIR, SAME, *login) == (ann, ann)
    assert credentials(FHIR, OTHER, *login) == (ann, NOBODY)
    token = Credentials(AuthKind.BEARER, "", "abc")
    assert credentials(FHIR, OTHER, *login, "--dicomweb-token", "abc") == (ann, token)


def test_secrets_come_from_files_and_environment(tmp_path, monkeypatch):
    file = tmp_path / "secret"
    file.write_text("from file\nmore\n", "utf-8")
    assert credentials(FHIR, SAME, "--user", "ann", "--password-file", str(file))[0].secret == "from file"
    assert credentials(FHIR, OTHER, "--dicomweb-token-file", str(file)) == (
        NOBODY,
        Credentials(AuthKind.BEARER, "", "from file"),
    )
    monkeypatch.setenv(server_words.PASSWORD, "from environment")
    assert credentials(FHIR, SAME, "--user", "ann")[0].secret == "from environment"
    monkeypatch.setenv(server_words.TOKEN, "bearer")
    assert credentials(FHIR, OTHER) == (Credentials(AuthKind.BEARER, "", "bearer"), NOBODY)
    with pytest.raises(BadInput, match="cannot be read"):
        credentials(FHIR, SAME, "--token-file", str(tmp_path / "absent"))


def test_a_user_without_password_and_terminal_is_refused_with_what_to_give():
    with pytest.raises(BadInput, match="without a password") as refusal:
        credentials(FHIR, SAME, "--user", "ann")
    assert "--password-file" in refusal.value.advice


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    monkeypatch.setenv("CONSILIUM_HOME", str(folder))
    monkeypatch.setenv("CONSILIUM_PASSPHRASE", PASSPHRASE)
    open_session(folder).close()
    return folder


def test_options_stand_before_a_command_as_well_as_after_it(home, capsys):
    for words in (["--json", "worklist"], ["worklist", "--json"]):
        assert main(words) == Exit.DONE
        assert json.loads(capsys.readouterr().out)[0]["number"] == "SO-2026-000123"
    assert main(["--home", str(home / "nothing"), "--json", "worklist"]) == Exit.VAULT
    assert main(["--home", str(home), "worklist"]) == Exit.DONE


def test_a_new_passphrase_is_typed_twice(tmp_path, monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.delenv("CONSILIUM_PASSPHRASE", raising=False)
    monkeypatch.setattr("sys.stdin", Terminal())
    answers = iter((PASSPHRASE, PASSPHRASE + "x", PASSPHRASE, PASSPHRASE))
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(answers))
    create = ["vault", "create", "--home", str(tmp_path / "new")]
    assert main(create) == Exit.USAGE
    assert "differ" in capsys.readouterr().err
    assert not (tmp_path / "new" / "vault.db").exists()
    assert main(create) == Exit.DONE


def test_a_check_of_servers_that_refuse_fails(capsys):
    nowhere = "http://127.0.0.1:9"
    assert main(["check-server", f"{nowhere}/fhir", f"{nowhere}/dicom-web", "--json"]) == Exit.SERVER
    assert "cannot be used" in json.loads(capsys.readouterr().out)["FHIR server"]


def test_a_sync_names_what_could_not_be_had_and_asks_again_on_request(home, capsys):
    session = sessions.unlock(home, PASSPHRASE)
    lost = RecordId("DocumentReference/lost")
    attached = (Attachment("application/pdf", "Scan", "Binary/1"),)
    session.vault.records.put(CASE_ID, Record(lost, "1", RecordClass.DOCUMENT, "Scan", attachments=attached), b"{}")
    session.vault.records.refuse(CASE_ID, lost, 0, "It arrived damaged.")
    session.close()
    assert main(["sync", "--json"]) == Exit.SERVER  # the server of this profile is not there
    told = json.loads(capsys.readouterr().out)
    assert told["lacking"] == [{"case": "SO-2026-000123", "item": lost, "why": "It arrived damaged."}]
    assert told["problems"]
    assert main(["sync"]) == Exit.SERVER
    said = capsys.readouterr().out
    assert f"{lost}: It arrived damaged." in said
    assert "sync --retry" in said
    assert main(["sync", "--retry", "--json"]) == Exit.SERVER
    assert json.loads(capsys.readouterr().out)["lacking"] == []
    session = sessions.unlock(home, PASSPHRASE)
    assert [(record.id, index) for record, index in session.vault.records.unheld(CASE_ID)] == [(lost, 0)]
    session.close()


def test_what_could_not_be_had_is_said_of_open_cases(tmp_path):
    session = open_session(tmp_path / "home")
    assert sync.lacking(session) == ()
    assert sync.retry_failed(session, Job()).problems
    session.close()
